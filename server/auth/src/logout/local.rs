//! The local part of a sign-out: what the store is asked to end, before anything else happens.

use http::HeaderMap;

use super::{
    Ending, Reason, Remnant,
    body::Scope,
    ending,
    plan::{LocalEnd, Others},
    remnant, unfinished,
};
use crate::{
    Exeunt,
    audit::Caller,
    clock::Timestamp,
    login::in_flight,
    session::{
        SessionToken,
        record::{self, Column, SessionTokens},
    },
    store::{MarkRule, OutboxId, Selector, SessionKey, SessionRow, StoreError},
};

/// What the store did.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) end: LocalEnd,
    pub(super) others: Others,
    /// Where its tokens are queued for revocation, if they are.
    pub(super) outbox: Option<OutboxId>,
    /// What the store did not end.
    pub(super) stuck: Vec<SessionKey>,
    /// No login of this browser that is in flight gives a session any more.
    pub(super) cancelled: bool,
    /// How far it reaches: as asked, or as an earlier, unfinished one was asked.
    pub(super) scope: Scope,
}

impl Local {
    /// Whether this browser certainly has no session any more.
    pub(super) fn is_certain(&self) -> bool {
        self.stuck.is_empty() && self.cancelled
    }
}

/// Takes the session of this browser, what its logins in flight have begun, one that an earlier try left unfinished, and, for "everywhere", all of the person's.
pub(super) async fn end_locally(
    exeunt: &Exeunt,
    headers: &HeaderMap,
    caller: &Caller,
    scope: Scope,
    now: Timestamp,
) -> Local {
    let presented = presented_keys(exeunt, headers);
    let unfinished = unfinished::find(exeunt, headers).unwrap_or_default();
    let scope = if unfinished.keys.is_empty() {
        scope
    } else {
        scope.max(unfinished.scope)
    };
    let mut keys = presented.clone();
    keys.extend(unfinished.keys.iter().filter(|key| !presented.contains(key)));
    let mut taken = take_all(exeunt, &keys, caller).await;
    let cancelled = match in_flight::cancel(exeunt, headers, caller).await {
        Ok(ended) => {
            taken.queued |= ended.queued;
            taken.rows.extend_from_slice(&ended.rows);
            true
        }
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "the logins in flight could not be cancelled");
            false
        }
    };
    let mut local = Local {
        end: LocalEnd::Failed,
        others: Others::Unknown,
        outbox: None,
        stuck: taken.stuck,
        cancelled,
        scope,
    };
    if !local.is_certain() {
        return local;
    }
    // A living one speaks for the person; one that had run out only where there is no other.
    let Some(row) = taken
        .rows
        .iter()
        .find(|row| row.is_living(now))
        .or(taken.rows.first())
    else {
        if let Some((key, left)) = ended_elsewhere(exeunt, &presented).await {
            local.outbox = left.queued.then_some(OutboxId(key.0));
            local.end = LocalEnd::EndedElsewhere(left);
        } else {
            local.end = LocalEnd::NoSession;
        }
        return local;
    };
    local.outbox = taken.queued.then_some(OutboxId(row.key.0));
    // Of several, nobody knows which is the person's: then the provider is asked without a hint.
    let tokens = if presented.len() > 1 {
        None
    } else {
        tokens_of(exeunt, row)
    };
    if row.is_living(now) {
        local.end = LocalEnd::Ended(tokens);
        local.others = deal_with_others(exeunt, row, caller, scope, now).await;
    } else if now < row.absolute_expires_at {
        // Within ten minutes after its idle limit a cookie still learns where the provider's session is ended, and
        // nothing else (invariant I3). Past the absolute limit it learns nothing.
        local.end = LocalEnd::HadExpired(tokens);
    } else {
        local.end = LocalEnd::NoSession;
    }
    local
}

/// The sessions of the cookies that this browser sent.
///
/// All that were sent under the name: one that somebody planted may be ended too, and ours must not be left alive.
pub(super) fn presented_keys(exeunt: &Exeunt, headers: &HeaderMap) -> Vec<SessionKey> {
    exeunt
        .cookies()
        .values(headers, &exeunt.cookies().session())
        .iter()
        .filter_map(|value| Some(SessionToken::parse(value)?.key()))
        .take(MOST_PRESENTED)
        .collect()
}

/// The most cookies of one name that are looked at.
const MOST_PRESENTED: usize = 4;

#[derive(Default)]
struct TakenAll {
    rows: Vec<SessionRow>,
    stuck: Vec<SessionKey>,
    queued: bool,
}

async fn take_all(exeunt: &Exeunt, keys: &[SessionKey], caller: &Caller) -> TakenAll {
    let mut all = TakenAll::default();
    for key in keys {
        let ending = Ending::new(Selector::Key(*key), MarkRule::Sid, Reason::Logout, caller.clone());
        match ending::carry_out(exeunt, ending).await {
            Ok(ended) => {
                all.queued |= ended.queued;
                all.rows.extend_from_slice(&ended.rows);
            }
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the session could not be ended");
                all.stuck.push(*key);
            }
        }
    }
    all
}

/// Whether the provider ended it a moment ago.
async fn ended_elsewhere(exeunt: &Exeunt, presented: &[SessionKey]) -> Option<(SessionKey, Remnant)> {
    let [key] = presented else {
        return None;
    };
    let left = remnant::take(exeunt, key).await.inspect_err(|error| {
        tracing::warn!(target: "exeunt::logout", %error, "what is left of a session could not be read");
    });
    Some((*key, left.ok()??))
}

fn tokens_of(exeunt: &Exeunt, row: &SessionRow) -> Option<SessionTokens> {
    record::open_column(exeunt.keyring(), &row.key, Column::Tokens, &row.tokens)
        .inspect_err(|error| {
            tracing::warn!(target: "exeunt::logout", %error, "the session's tokens cannot be opened");
        })
        .ok()
}

async fn deal_with_others(
    exeunt: &Exeunt,
    row: &SessionRow,
    caller: &Caller,
    scope: Scope,
    now: Timestamp,
) -> Others {
    let (iss, sub) = (row.iss.clone(), row.sub.clone());
    let report = |error: StoreError| {
        tracing::error!(target: "exeunt::logout", %error, "the person's other sessions could not be reached");
    };
    if scope == Scope::Everywhere {
        let selector = Selector::Subject {
            iss,
            sub,
            started_by: None,
        };
        let ending = Ending::new(selector, MarkRule::Subject, Reason::Everywhere, caller.clone());
        return match ending::carry_out(exeunt, ending).await {
            Ok(ended) => Others::Ended(ended.rows.iter().filter(|row| row.is_living(now)).count()),
            Err(error) => {
                report(error);
                Others::Failed
            }
        };
    }
    match exeunt.store().list(&iss, &sub, now).await {
        Ok(heads) => Others::Kept(heads.len()),
        Err(error) => {
            report(error);
            Others::Unknown
        }
    }
}
