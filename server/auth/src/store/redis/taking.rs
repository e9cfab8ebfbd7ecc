//! A take: what it asks of its script, and what the script gave.

use redis::Value;

use super::{
    keys,
    record::{Malformed, at_issuer, digits, moment_or_none, packed},
    rows,
};
use crate::{
    clock::Timestamp,
    store::{MARK_LIFETIME, Mark, MarkRule, RETENTION, Selector, SessionRow, Take, Taken},
};

/// The arguments, in the order in which `lua/take.lua` reads them.
pub(super) fn arguments(take: &Take, store: &str, now: Timestamp) -> Vec<Vec<u8>> {
    let (once, once_until) = take.once.as_ref().map_or_else(Default::default, |once| {
        (claim(once.purpose, &once.id), digits(once.until))
    });
    let row_marks = match take.marks {
        MarkRule::None => "none",
        MarkRule::Sid | MarkRule::SidOfTaken => "sid",
        MarkRule::Subject => "subject",
    };
    // That of the selector itself; those of the rows are written where the rows are.
    let own_mark = Mark::written_by(&take.selector, take.marks, &[], now);
    let own_mark = own_mark.keys().next().map(mark).unwrap_or_default();
    let moment = match &take.selector {
        Selector::Subject {
            started_by: Some(started_by),
            ..
        } => now.min(*started_by),
        _ => now,
    };
    let (queue_reason, due_at) = take.queue.as_ref().map_or_else(Default::default, |queue| {
        (queue.reason.clone(), digits(queue.due_at))
    });
    let (note_reason, kept_until) = take.farewell.as_ref().map_or_else(Default::default, |farewell| {
        (farewell.reason.clone(), digits(farewell.kept_until))
    });
    let mut arguments = vec![
        digits(now).into_bytes(),
        digits(now - RETENTION).into_bytes(),
        once,
        once_until.into_bytes(),
        row_marks.into(),
        own_mark,
        digits(moment).into_bytes(),
        digits(now + MARK_LIFETIME).into_bytes(),
        flag(take.queue.is_some()),
        queue_reason.into_bytes(),
        due_at.into_bytes(),
        flag(take.farewell.is_some()),
        note_reason.into_bytes(),
        kept_until.into_bytes(),
        keys::channel(store).into_bytes(),
        flag(take.heads_only),
    ];
    arguments.extend(selector(&take.selector));
    arguments
}

fn selector(selector: &Selector) -> Vec<Vec<u8>> {
    match selector {
        Selector::Key(key) => vec!["key".into(), key.0.to_vec()],
        Selector::Sid { iss, sid, sub } => {
            let named = sub.as_ref();
            vec![
                "sid".into(),
                iss.clone().into_bytes(),
                sid.clone().into_bytes(),
                flag(named.is_some()),
                named
                    .map(|named| named.sub.clone().into_bytes())
                    .unwrap_or_default(),
                moment_or_none(named.and_then(|named| named.nameless_started_by)).into_bytes(),
            ]
        }
        Selector::Subject { iss, sub, started_by } => vec![
            "subject".into(),
            iss.clone().into_bytes(),
            sub.clone().into_bytes(),
            moment_or_none(*started_by).into_bytes(),
        ],
        Selector::PublicId { public_id, whose } => {
            let (iss, sub) = whose.as_ref().map_or_else(Default::default, |person| {
                (person.iss.clone(), person.sub.clone())
            });
            vec![
                "public id".into(),
                public_id.clone().into_bytes(),
                flag(whose.is_some()),
                iss.into_bytes(),
                sub.into_bytes(),
            ]
        }
        Selector::Expired { limit } => vec!["expired".into(), limit.to_string().into_bytes()],
    }
}

/// What a mark is called in the hash of marks.
pub(super) fn mark(mark: &Mark) -> Vec<u8> {
    let (kind, at_issuer) = match mark {
        Mark::Sid { iss, sid } => (b"s", at_issuer(iss, sid)),
        Mark::Subject { iss, sub } => (b"p", at_issuer(iss, sub)),
    };
    [kind.as_slice(), &at_issuer].concat()
}

/// What a claim is called in the set of claims.
pub(super) fn claim(purpose: &str, id: &[u8; 32]) -> Vec<u8> {
    packed([purpose.as_bytes(), id])
}

fn flag(is_set: bool) -> Vec<u8> {
    if is_set { b"1" } else { b"0" }.to_vec()
}

/// Whether it was done before, then key, record, tokens and data of each row.
pub(super) fn taken(answer: Vec<Value>) -> Result<Taken, Malformed> {
    let mut parts = answer.into_iter();
    let repeated = match parts.next() {
        Some(Value::Int(repeated)) => repeated == 1,
        _ => return Err(Malformed),
    };
    let mut rows = Vec::with_capacity(parts.len() / 4);
    while let Some(key) = parts.next() {
        rows.push(row(&key, parts.next(), parts.next(), parts.next())?);
    }
    Ok(Taken { rows, repeated })
}

fn row(
    key: &Value,
    record: Option<Value>,
    tokens: Option<Value>,
    data: Option<Value>,
) -> Result<SessionRow, Malformed> {
    let (Value::BulkString(key), Some(Value::BulkString(record)), Some(Value::BulkString(tokens))) =
        (key, record, tokens)
    else {
        return Err(Malformed);
    };
    let data = match data {
        Some(Value::BulkString(data)) => Some(data),
        Some(Value::Nil) => None,
        _ => return Err(Malformed),
    };
    rows::session_row(key, &record, tokens, data)
}
