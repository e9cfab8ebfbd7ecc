//! The statements on sessions. Each finds its rows through an index; `plans.rs` checks that it stays so.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns;
use crate::{
    clock::Timestamp,
    store::{Change, Selector, SessionHead, SessionKey, SessionRow},
};

macro_rules! head {
    () => {
        "key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at, identity"
    };
}

macro_rules! key_and_living {
    () => {
        "key = :key AND idle_expires_at > :now AND absolute_expires_at > :now"
    };
}

pub(super) const INSERT: &str = concat!(
    "INSERT INTO session (",
    head!(),
    ", tokens, data) VALUES (:key, :public_id, :iss, :sub, :sid, :created_at, :last_used_at, :idle_expires_at, \
     :absolute_expires_at, :identity, :tokens, :data)"
);
pub(super) const LOAD: &str = concat!("SELECT ", head!(), " FROM session WHERE ", key_and_living!());
pub(super) const LOAD_TOKENS: &str = concat!("SELECT tokens FROM session WHERE ", key_and_living!());
pub(super) const LOAD_DATA: &str = concat!("SELECT data FROM session WHERE ", key_and_living!());
pub(super) const LIST: &str = concat!(
    "SELECT ",
    head!(),
    " FROM session WHERE iss = :iss AND sub = :sub AND idle_expires_at > :now AND absolute_expires_at > :now \
     ORDER BY created_at DESC, public_id"
);
pub(super) const TOUCH: &str = concat!(
    "UPDATE session SET idle_expires_at = min(max(idle_expires_at, :idle), absolute_expires_at), \
     last_used_at = max(last_used_at, :now) WHERE ",
    key_and_living!()
);
pub(super) const UPDATE: &str = concat!(
    "UPDATE session SET identity = coalesce(:identity, identity), tokens = coalesce(:tokens, tokens), \
     data = coalesce(:data, data) WHERE ",
    key_and_living!()
);
pub(super) const TAKE_KEY: &str = concat!(
    "DELETE FROM session WHERE key = :key RETURNING ",
    head!(),
    ", tokens, data"
);
pub(super) const TAKE_SID: &str = concat!(
    "DELETE FROM session WHERE iss = :iss AND sid = :sid RETURNING ",
    head!(),
    ", tokens, data"
);
pub(super) const TAKE_SUBJECT: &str = concat!(
    "DELETE FROM session WHERE iss = :iss AND sub = :sub RETURNING ",
    head!(),
    ", tokens, data"
);
pub(super) const TAKE_PUBLIC_ID: &str = concat!(
    "DELETE FROM session WHERE public_id = :public_id AND iss = :iss AND sub = :sub RETURNING ",
    head!(),
    ", tokens, data"
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
        ":identity": row.identity,
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
        ":now": now.millis(),
    })?;
    Ok(updated > 0)
}

/// Removes what `selector` names, dead rows too. Row and index entries are one statement's work.
pub(super) fn remove(connection: &Connection, selector: &Selector) -> rusqlite::Result<Vec<SessionRow>> {
    let removed = |sql, parameters: &[(&str, &dyn rusqlite::ToSql)]| {
        connection
            .prepare_cached(sql)?
            .query_map(parameters, columns::full)?
            .collect()
    };
    match selector {
        Selector::Key(key) => removed(TAKE_KEY, named_params! { ":key": key.0 }),
        Selector::Sid { iss, sid } => removed(TAKE_SID, named_params! { ":iss": iss, ":sid": sid }),
        Selector::Subject { iss, sub } => removed(TAKE_SUBJECT, named_params! { ":iss": iss, ":sub": sub }),
        Selector::PublicId { iss, sub, public_id } => removed(
            TAKE_PUBLIC_ID,
            named_params! { ":public_id": public_id, ":iss": iss, ":sub": sub },
        ),
    }
}
