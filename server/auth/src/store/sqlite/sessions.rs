//! The statements on sessions that live. Each finds its rows through an index; `plans.rs` checks that it stays so.
//!
//! A row stays when its session ends and is the record of its end from then on (`ends.rs`). So every statement here asks that
//! `ended_at` is not set and that no end of very many means it (`person_ends.rs`), and a test checks that each does.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    columns::{self, Found},
    marks,
    person_ends::not_meant,
};
use crate::{
    clock::Timestamp,
    store::{Change, Mark, RETENTION, Selector, SessionHead, SessionKey, SessionRow},
};

macro_rules! head {
    () => {
        "key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at, device, \
         identity"
    };
}

macro_rules! living {
    () => {
        concat!(
            "ended_at IS NULL AND idle_expires_at > :now AND absolute_expires_at > :now AND ",
            not_meant!()
        )
    };
}

macro_rules! key_and_living {
    () => {
        concat!("key = :key AND ", living!())
    };
}

pub(super) const INSERT: &str = concat!(
    "INSERT INTO session (",
    head!(),
    ", login_started_at, former_sid, former_until) VALUES (:key, :public_id, :iss, :sub, :sid, :created_at, \
     :last_used_at, :idle_expires_at, :absolute_expires_at, :device, :identity, :login_started_at, :former_sid, \
     :former_until)"
);
pub(super) const INSERT_TOKENS: &str =
    "INSERT INTO session_tokens (id, tokens, data) VALUES (:id, :tokens, :data)";
pub(super) const COUNT: &str = "UPDATE tally SET sessions = sessions + :more WHERE id = 1";
pub(super) const LOAD: &str = concat!("SELECT ", head!(), " FROM session WHERE ", key_and_living!());
pub(super) const LOAD_TOKENS: &str = concat!(
    "SELECT tokens FROM session JOIN session_tokens USING (id) WHERE ",
    key_and_living!()
);
pub(super) const LOAD_DATA: &str = concat!(
    "SELECT data FROM session JOIN session_tokens USING (id) WHERE ",
    key_and_living!()
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    head!(),
    " FROM session WHERE iss = :iss AND sub = :sub AND ",
    living!(),
    " ORDER BY created_at DESC, public_id"
);
/// Each half goes through an index of its own; a row that the second half repeated would be listed twice.
pub(super) const LIST_BY_SID: &str = concat!(
    "SELECT ",
    head!(),
    " FROM session WHERE iss = :iss AND sid = :sid AND ",
    living!(),
    " UNION ALL SELECT ",
    head!(),
    " FROM session WHERE iss = :iss AND former_sid = :sid AND former_until > :now AND sid IS NOT :sid AND ",
    living!(),
    " ORDER BY created_at DESC, public_id"
);
pub(super) const TOUCH: &str = concat!(
    "UPDATE session SET idle_expires_at = min(max(idle_expires_at, :idle), absolute_expires_at), \
     last_used_at = max(last_used_at, :now) WHERE ",
    key_and_living!()
);
/// The sid that it has already changes nothing: else the former one would be forgotten before its time.
pub(super) const UPDATE: &str = concat!(
    "UPDATE session SET identity = coalesce(:identity, identity), sid = coalesce(:sid, sid), \
     former_sid = iif(:sid IS NULL OR :sid IS sid, former_sid, sid), \
     former_until = iif(:sid IS NULL OR :sid IS sid, former_until, iif(sid IS NULL, NULL, :former_until)), \
     idle_expires_at = min(idle_expires_at, coalesce(:at_most, idle_expires_at)), \
     absolute_expires_at = min(absolute_expires_at, coalesce(:at_most, absolute_expires_at)) WHERE ",
    key_and_living!()
);
pub(super) const UPDATE_TOKENS: &str = concat!(
    "UPDATE session_tokens SET tokens = coalesce(:tokens, tokens), data = coalesce(:data, data) \
     WHERE id = (SELECT id FROM session WHERE ",
    key_and_living!(),
    ")"
);

/// The columns of a session that is taken, without its tokens.
macro_rules! taken_head {
    () => {
        concat!(
            $crate::store::sqlite::sessions::head!(),
            ", login_started_at, former_sid, former_until, id"
        )
    };
}

pub(super) use {head, taken_head};

/// What a take removes, with the tokens, and without for one that needs no more than heads.
pub(super) struct ToTake {
    pub(super) whole: &'static str,
    pub(super) head: &'static str,
}

/// Where the tokens are missing, which no statement of ours brings about, the session ends all the same.
macro_rules! to_take {
    ($condition:expr) => {
        ToTake {
            whole: concat!(
                "SELECT ",
                taken_head!(),
                ", coalesce(tokens, x''), data FROM session LEFT JOIN session_tokens USING (id) WHERE ended_at IS NULL AND ",
                not_meant!(),
                " AND ",
                $condition
            ),
            head: concat!(
                "SELECT ",
                taken_head!(),
                " FROM session WHERE ended_at IS NULL AND ",
                not_meant!(),
                " AND ",
                $condition
            ),
        }
    };
}

/// A take of what is living or expired a short while ago; rows that expired earlier are left to [`EXPIRED`].
macro_rules! take {
    ($condition:literal) => {
        to_take!(concat!(
            $condition,
            " AND idle_expires_at > :expired AND absolute_expires_at > :expired"
        ))
    };
}

pub(super) const OF_KEY: ToTake = take!("key = :key");
pub(super) const OF_SID: ToTake = take!("iss = :iss AND sid = :sid AND (:sub IS NULL OR sub = :sub)");
pub(super) const OF_FORMER_SID: ToTake = take!(
    "iss = :iss AND former_sid = :sid AND former_until > :now AND sid IS NOT :sid AND (:sub IS NULL OR sub = :sub)"
);
pub(super) const NAMELESS: ToTake = take!(
    "iss = :iss AND sub = :sub AND sid IS NULL AND former_sid IS NULL AND login_started_at <= :started_by"
);
pub(super) const OF_SUBJECT: ToTake =
    take!("iss = :iss AND sub = :sub AND (:started_by IS NULL OR login_started_at <= :started_by)");
pub(super) const OF_PUBLIC_ID: ToTake =
    take!("public_id = :public_id AND (:iss IS NULL OR (iss = :iss AND sub = :sub))");
pub(super) const EXPIRED: ToTake = to_take!("ends_at <= :expired ORDER BY ends_at, key LIMIT :limit");

/// Those that ended leave the index by sid here, where it is read, and not in the step of their end, which it would make a fifth slower.
/// So many at once that each is read a few times at most, and nobody waits for all.
pub(super) const FORGET_SID: &str = "UPDATE session SET sid = NULL WHERE id IN \
     (SELECT id FROM session WHERE iss = :iss AND sid = :sid AND ended_at IS NOT NULL LIMIT 256)";

/// Creates the row. A key or public id that was ever used and is still remembered is refused, whether its session lives or not.
pub(super) fn insert(connection: &Connection, row: &SessionRow) -> rusqlite::Result<()> {
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":key": row.key.0,
        ":public_id": row.public_id,
        ":iss": row.iss,
        ":sub": row.sub,
        ":sid": row.sid,
        ":created_at": row.created_at.millis(),
        ":last_used_at": row.last_used_at.millis(),
        ":idle_expires_at": row.idle_expires_at.millis(),
        ":absolute_expires_at": row.absolute_expires_at.millis(),
        ":device": row.device,
        ":identity": row.identity,
        ":login_started_at": row.login_started_at.millis(),
        ":former_sid": row.former_sid.as_ref().map(|former| &former.sid),
        ":former_until": row.former_sid.as_ref().map(|former| former.until.millis()),
    })?;
    connection.prepare_cached(INSERT_TOKENS)?.execute(named_params! {
        ":id": connection.last_insert_rowid(),
        ":tokens": row.tokens,
        ":data": row.data,
    })?;
    count(connection, 1)
}

/// So many more have not ended.
pub(super) fn count(connection: &Connection, more: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(COUNT)?
        .execute(named_params! { ":more": more })?;
    Ok(())
}

pub(super) fn load(
    connection: &Connection,
    key: &SessionKey,
    now: Timestamp,
) -> rusqlite::Result<Option<SessionHead>> {
    let mut statement = connection.prepare_cached(LOAD)?;
    statement
        .query_row(
            named_params! { ":key": key.0, ":now": now.millis() },
            columns::head,
        )
        .optional()
}

pub(super) fn load_tokens(
    connection: &Connection,
    key: &SessionKey,
    now: Timestamp,
) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached(LOAD_TOKENS)?;
    statement
        .query_row(named_params! { ":key": key.0, ":now": now.millis() }, |row| {
            row.get(0)
        })
        .optional()
}

pub(super) fn load_data(
    connection: &Connection,
    key: &SessionKey,
    now: Timestamp,
) -> rusqlite::Result<Option<Option<Vec<u8>>>> {
    let mut statement = connection.prepare_cached(LOAD_DATA)?;
    statement
        .query_row(named_params! { ":key": key.0, ":now": now.millis() }, |row| {
            row.get(0)
        })
        .optional()
}

pub(super) fn list(
    connection: &Connection,
    iss: &str,
    sub: &str,
    now: Timestamp,
) -> rusqlite::Result<Vec<SessionHead>> {
    let mut statement = connection.prepare_cached(LIST)?;
    let of_person = named_params! { ":iss": iss, ":sub": sub, ":now": now.millis() };
    statement.query_map(of_person, columns::head)?.collect()
}

pub(super) fn list_by_sid(
    connection: &Connection,
    iss: &str,
    sid: &str,
    now: Timestamp,
) -> rusqlite::Result<Vec<SessionHead>> {
    let mut statement = connection.prepare_cached(LIST_BY_SID)?;
    let of_sid = named_params! { ":iss": iss, ":sid": sid, ":now": now.millis() };
    statement.query_map(of_sid, columns::head)?.collect()
}

pub(super) fn touch(
    connection: &Connection,
    key: &SessionKey,
    idle_expires_at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let touched = connection.prepare_cached(TOUCH)?.execute(named_params! {
        ":key": key.0,
        ":idle": idle_expires_at.millis(),
        ":now": now.millis(),
    })?;
    Ok(touched > 0)
}

pub(super) fn update(
    connection: &Connection,
    key: &SessionKey,
    change: &Change,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    if let Some(new) = &change.sid {
        let Some(head) = load(connection, key, now)? else {
            return Ok(false);
        };
        let mark = Mark::of_sid(&head.iss, &new.sid);
        if head.sid.as_ref() != Some(&new.sid) && marks::refuses(connection, &mark, new.asked_at, now)? {
            return Ok(false);
        }
    }
    // First: what follows may move the limits to a moment that has passed.
    if change.tokens.is_some() || change.data.is_some() {
        let updated = connection.prepare_cached(UPDATE_TOKENS)?.execute(named_params! {
            ":key": key.0,
            ":tokens": change.tokens,
            ":data": change.data,
            ":now": now.millis(),
        })?;
        let nothing_else =
            change.identity.is_none() && change.sid.is_none() && change.absolute_at_most.is_none();
        if updated == 0 || nothing_else {
            return Ok(updated > 0);
        }
    }
    let updated = connection.prepare_cached(UPDATE)?.execute(named_params! {
        ":key": key.0,
        ":identity": change.identity,
        ":sid": change.sid.as_ref().map(|new| &new.sid),
        ":former_until": change.sid.as_ref().map(|new| new.former_until.millis()),
        ":at_most": change.absolute_at_most.map(Timestamp::millis),
        ":now": now.millis(),
    })?;
    Ok(updated > 0)
}

/// What `selector` names of what a take at `now` returns, each once.
pub(super) fn to_take(
    connection: &Connection,
    selector: &Selector,
    heads_only: bool,
    now: Timestamp,
) -> rusqlite::Result<Vec<Found>> {
    let expired = (now - RETENTION).millis();
    let found = |which: ToTake, parameters: &[(&str, &dyn rusqlite::ToSql)]| {
        let (sql, read) = if heads_only {
            (
                which.head,
                columns::found_head as fn(&Row<'_>) -> rusqlite::Result<Found>,
            )
        } else {
            (which.whole, columns::found as _)
        };
        connection
            .prepare_cached(sql)?
            .query_map(parameters, read)?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    match selector {
        Selector::Key(key) => found(OF_KEY, named_params! { ":expired": expired, ":key": key.0 }),
        Selector::Sid { iss, sid, sub } => {
            let nameless_started_by = sub.as_ref().and_then(|named| named.nameless_started_by);
            let sub = sub.as_ref().map(|named| &named.sub);
            connection
                .prepare_cached(FORGET_SID)?
                .execute(named_params! { ":iss": iss, ":sid": sid })?;
            let mut rows = found(
                OF_SID,
                named_params! { ":expired": expired, ":iss": iss, ":sid": sid, ":sub": sub },
            )?;
            rows.extend(found(
                OF_FORMER_SID,
                named_params! {
                    ":expired": expired, ":iss": iss, ":sid": sid, ":sub": sub, ":now": now.millis(),
                },
            )?);
            if let Some(by) = nameless_started_by {
                rows.extend(found(
                    NAMELESS,
                    named_params! {
                        ":expired": expired, ":iss": iss, ":sub": sub, ":started_by": by.millis(),
                    },
                )?);
            }
            Ok(rows)
        }
        Selector::Subject { iss, sub, started_by } => found(
            OF_SUBJECT,
            named_params! {
                ":expired": expired, ":iss": iss, ":sub": sub, ":started_by": started_by.map(Timestamp::millis),
            },
        ),
        Selector::PublicId { public_id, whose } => found(
            OF_PUBLIC_ID,
            named_params! {
                ":expired": expired,
                ":public_id": public_id,
                ":iss": whose.as_ref().map(|person| &person.iss),
                ":sub": whose.as_ref().map(|person| &person.sub),
            },
        ),
        Selector::Expired { limit } => found(EXPIRED, named_params! { ":expired": expired, ":limit": limit }),
    }
}
