//! The statements on sessions. Each finds its rows through an index; `plans.rs` checks that it stays so.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns;
use crate::{
    clock::Timestamp,
    store::{Change, RETENTION, Selector, SessionHead, SessionKey, SessionRow},
};

macro_rules! head {
    () => {
        "key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at, device, \
         identity"
    };
}

/// The columns of a whole row.
macro_rules! full {
    () => {
        concat!(
            head!(),
            ", login_started_at, former_sid, former_until, tokens, data"
        )
    };
}

macro_rules! living {
    () => {
        "idle_expires_at > :now AND absolute_expires_at > :now"
    };
}

macro_rules! key_and_living {
    () => {
        concat!("key = :key AND ", living!())
    };
}

pub(super) const INSERT: &str = concat!(
    "INSERT INTO session (",
    full!(),
    ") VALUES (:key, :public_id, :iss, :sub, :sid, :created_at, :last_used_at, :idle_expires_at, \
     :absolute_expires_at, :device, :identity, :login_started_at, :former_sid, :former_until, :tokens, :data)"
);
pub(super) const LOAD: &str = concat!("SELECT ", head!(), " FROM session WHERE ", key_and_living!());
pub(super) const LOAD_TOKENS: &str = concat!("SELECT tokens FROM session WHERE ", key_and_living!());
pub(super) const LOAD_DATA: &str = concat!("SELECT data FROM session WHERE ", key_and_living!());
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
    "UPDATE session SET identity = coalesce(:identity, identity), tokens = coalesce(:tokens, tokens), \
     data = coalesce(:data, data), sid = coalesce(:sid, sid), \
     former_sid = iif(:sid IS NULL OR :sid IS sid, former_sid, sid), \
     former_until = iif(:sid IS NULL OR :sid IS sid, former_until, iif(sid IS NULL, NULL, :former_until)), \
     idle_expires_at = min(idle_expires_at, coalesce(:at_most, idle_expires_at)), \
     absolute_expires_at = min(absolute_expires_at, coalesce(:at_most, absolute_expires_at)) WHERE ",
    key_and_living!()
);

/// A take of what is living or expired a short while ago; rows that expired earlier are left to [`TAKE_EXPIRED`].
macro_rules! take {
    ($condition:literal) => {
        concat!(
            "DELETE FROM session WHERE ",
            $condition,
            " AND idle_expires_at > :expired AND absolute_expires_at > :expired RETURNING ",
            full!()
        )
    };
}

pub(super) const TAKE_KEY: &str = take!("key = :key");
pub(super) const TAKE_SID: &str = take!("iss = :iss AND sid = :sid AND (:sub IS NULL OR sub = :sub)");
pub(super) const TAKE_FORMER_SID: &str =
    take!("iss = :iss AND former_sid = :sid AND former_until > :now AND (:sub IS NULL OR sub = :sub)");
pub(super) const TAKE_NAMELESS: &str =
    take!("iss = :iss AND sub = :sub AND sid IS NULL AND login_started_at <= :started_by");
pub(super) const TAKE_SUBJECT: &str =
    take!("iss = :iss AND sub = :sub AND (:started_by IS NULL OR login_started_at <= :started_by)");
pub(super) const TAKE_PUBLIC_ID: &str =
    take!("public_id = :public_id AND (:iss IS NULL OR (iss = :iss AND sub = :sub))");
pub(super) const TAKE_EXPIRED: &str = concat!(
    "DELETE FROM session WHERE rowid IN \
     (SELECT rowid FROM session WHERE ends_at <= :expired ORDER BY ends_at, key LIMIT :limit) RETURNING ",
    full!()
);

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
        ":tokens": row.tokens,
        ":data": row.data,
    })?;
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
    let updated = connection.prepare_cached(UPDATE)?.execute(named_params! {
        ":key": key.0,
        ":identity": change.identity,
        ":tokens": change.tokens,
        ":data": change.data,
        ":sid": change.sid.as_ref().map(|new| &new.sid),
        ":former_until": change.sid.as_ref().map(|new| new.former_until.millis()),
        ":at_most": change.absolute_at_most.map(Timestamp::millis),
        ":now": now.millis(),
    })?;
    Ok(updated > 0)
}

/// Removes what `selector` names of what a take at `now` returns. Row and index entries are one statement's work.
pub(super) fn remove(
    connection: &Connection,
    selector: &Selector,
    now: Timestamp,
) -> rusqlite::Result<Vec<SessionRow>> {
    let expired = (now - RETENTION).millis();
    let removed = |sql, parameters: &[(&str, &dyn rusqlite::ToSql)]| {
        connection
            .prepare_cached(sql)?
            .query_map(parameters, columns::full)?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    match selector {
        Selector::Key(key) => removed(TAKE_KEY, named_params! { ":expired": expired, ":key": key.0 }),
        Selector::Sid { iss, sid, sub } => {
            let nameless_started_by = sub.as_ref().and_then(|named| named.nameless_started_by);
            let sub = sub.as_ref().map(|named| &named.sub);
            let mut rows = removed(
                TAKE_SID,
                named_params! { ":expired": expired, ":iss": iss, ":sid": sid, ":sub": sub },
            )?;
            rows.extend(removed(
                TAKE_FORMER_SID,
                named_params! {
                    ":expired": expired, ":iss": iss, ":sid": sid, ":sub": sub, ":now": now.millis(),
                },
            )?);
            if let Some(by) = nameless_started_by {
                rows.extend(removed(
                    TAKE_NAMELESS,
                    named_params! {
                        ":expired": expired, ":iss": iss, ":sub": sub, ":started_by": by.millis(),
                    },
                )?);
            }
            Ok(rows)
        }
        Selector::Subject { iss, sub, started_by } => removed(
            TAKE_SUBJECT,
            named_params! {
                ":expired": expired, ":iss": iss, ":sub": sub, ":started_by": started_by.map(Timestamp::millis),
            },
        ),
        Selector::PublicId { public_id, whose } => removed(
            TAKE_PUBLIC_ID,
            named_params! {
                ":expired": expired,
                ":public_id": public_id,
                ":iss": whose.as_ref().map(|person| &person.iss),
                ":sub": whose.as_ref().map(|person| &person.sub),
            },
        ),
        Selector::Expired { limit } => {
            let mut rows = removed(
                TAKE_EXPIRED,
                named_params! { ":expired": expired, ":limit": limit },
            )?;
            // What a statement returns of the rows it removed is in no order.
            rows.sort_by_key(|row| (row.ends_at(), row.key));
            Ok(rows)
        }
    }
}
