//! The schema of the database file and how an older one becomes the present one.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::OpenError;

/// In order; the file's `user_version` says how many it has been through. One that was released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_sessions.sql"),
    include_str!("migrations/0002_outbox.sql"),
    include_str!("migrations/0003_ends.sql"),
    include_str!("migrations/0004_outbox_age.sql"),
    include_str!("migrations/0005_ends_in_place.sql"),
    include_str!("migrations/0006_person_ends.sql"),
];

/// "EXUT" in the header of the file: it is ours.
const APPLICATION_ID: i64 = 0x4558_5554;

/// Whether the file may be opened by this program: it is ours and not too new, or it is empty. Changes nothing.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    // One transaction, so that all is read of one moment: another process may be creating the schema.
    Transaction::new_unchecked(connection, TransactionBehavior::Deferred)
        .map_err(|error| OpenError::of(path, error))
        .and_then(|transaction| check_in(&transaction, path))
}

/// Whether the file has the present schema. Changes nothing.
pub(super) fn check_present(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    check(connection, path)?;
    let found = version(connection).map_err(|error| OpenError::of(path, error))?;
    let known = newest();
    if found < known {
        return Err(OpenError::Older {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

fn check_in(transaction: &Transaction<'_>, path: &Path) -> Result<(), OpenError> {
    let found = version(transaction).map_err(|error| OpenError::of(path, error))?;
    let known = newest();
    if !ours_or_empty(transaction).map_err(|error| OpenError::of(path, error))? {
        Err(OpenError::Foreign {
            path: path.to_owned(),
        })
    } else if found > known {
        Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known,
        })
    } else {
        Ok(())
    }
}

/// Brings the file to the present schema. The write lock is taken before its version is read, so of two processes that
/// start at once the second finds the work of the first and does nothing.
pub(super) fn migrate(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let engine = |error| OpenError::of(path, error);
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(engine)?;
    check_in(&transaction, path)?;
    let done = usize::try_from(version(&transaction).map_err(engine)?).unwrap_or(0);
    let missing = MIGRATIONS.get(done..).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    for migration in missing {
        transaction.execute_batch(migration).map_err(engine)?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(engine)?;
    transaction
        .pragma_update(None, "user_version", newest())
        .map_err(engine)?;
    transaction.commit().map_err(engine)
}

/// The schema version this program brings a file to.
fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Without the application id a file is ours only if nothing is in it: tables of another program stay untouched.
fn ours_or_empty(connection: &Connection) -> rusqlite::Result<bool> {
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(id == APPLICATION_ID || (id == 0 && objects == 0))
}
