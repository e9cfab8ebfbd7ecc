//! Opening the database file: its name, its permissions, its connections.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::{error::OpenError, schema};

/// SQLite's name for a database in memory.
const IN_MEMORY: &str = ":memory:";

/// Statements a connection keeps prepared: more than there are in this module.
const STATEMENTS: usize = 128;

/// What the writer does otherwise than SQLite by itself.
///
/// - `cache_size`: 16 MB, in KiB where negative. Keys are random, so each row that comes or ends changes other pages of the
///   indexes, and a batch of 512 some ten megabytes of them; what does not fit is written to the log before its time, and again.
/// - `temp_store`: in memory, which is where a statement keeps what it may have to undo.
const WRITING: [(&str, i64); 2] = [("cache_size", -16384), ("temp_store", 2)];

/// Opens the file for writing, creates it if it is not there, and brings it to the present schema.
pub(super) fn for_writing(path: &Path, busy: Duration) -> Result<Connection, OpenError> {
    let engine = |error| OpenError::of(path, error);
    let file = file(path)?;
    create(path, &file)?;
    let connection = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, busy).map_err(engine)?;
    schema::check(&connection, path)?;
    enter_write_ahead_log(&connection, path, busy)?;
    make_durable(&connection).map_err(engine)?;
    // Before those: what a migration sorts may be more than the memory holds.
    schema::migrate(&connection, path)?;
    for (setting, value) in WRITING {
        connection.pragma_update(None, setting, value).map_err(engine)?;
    }
    Ok(connection)
}

/// Whether the file is a store of the present schema. Changes nothing.
pub(super) fn look(path: &Path, busy: Duration) -> Result<(), OpenError> {
    let connection = for_reading(path, busy)?;
    schema::check_present(&connection, path)
}

/// Opens the file for folding its log into it. The writer has opened it before.
pub(super) fn for_folding(path: &Path, busy: Duration) -> Result<Connection, OpenError> {
    let engine = |error| OpenError::of(path, error);
    let connection = connect(&file(path)?, OpenFlags::SQLITE_OPEN_READ_WRITE, busy).map_err(engine)?;
    make_durable(&connection).map_err(engine)?;
    Ok(connection)
}

/// What a caller was told has happened must survive a power cut, so each commit waits for the disk. NORMAL would lose the last
/// commits then: sessions that were ended would live again. The writer shares the wait among many.
fn make_durable(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a plain fsync does not reach the disk; elsewhere these say nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)
}

/// Opens the file for reading only. The writer has opened it before.
pub(super) fn for_reading(path: &Path, busy: Duration) -> Result<Connection, OpenError> {
    let file = file(path)?;
    connect(&file, OpenFlags::SQLITE_OPEN_READ_ONLY, busy).map_err(|error| OpenError::of(path, error))
}

/// Each connection stays with one thread, so SQLite's own mutex around it would only cost time.
fn connect(file: &Path, access: OpenFlags, busy: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(busy)?;
    // A plan that does not ask what is bound. Else SQLite prepares some of our statements anew at each call, to look whether another
    // value deserves another plan: that took half of what an end cost, and there are no statistics to decide by.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// The absolute path: SQLite gives a meaning of its own to some relative ones ("file:…").
fn file(path: &Path) -> Result<PathBuf, OpenError> {
    let not_a_file = || OpenError::NotAFile {
        path: path.to_owned(),
    };
    if path.as_os_str() == IN_MEMORY || path.is_dir() {
        return Err(not_a_file());
    }
    let file = std::path::absolute(path).map_err(|_empty| not_a_file())?;
    let directory = file.parent().ok_or_else(not_a_file)?;
    if directory.is_dir() {
        Ok(file)
    } else {
        Err(OpenError::DirectoryMissing {
            directory: directory.to_owned(),
        })
    }
}

/// A new file is its owner's alone (SQLite gives its log the same mode). An existing one keeps the mode it has.
fn create(path: &Path, file: &Path) -> Result<(), OpenError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(OpenError::NotWritable {
            path: path.to_owned(),
            source: error,
        }),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// With a write-ahead log readers never wait for the writer. The change to it does not wait for another process that
/// is making it at the same moment (SQLite calls no busy handler there), so this does.
fn enter_write_ahead_log(connection: &Connection, path: &Path, busy: Duration) -> Result<(), OpenError> {
    let started = Instant::now();
    loop {
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if str::eq_ignore_ascii_case(&mode, "wal") => return Ok(()),
            Ok(_) => {
                return Err(OpenError::NoWriteAheadLog {
                    path: path.to_owned(),
                });
            }
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < busy =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(OpenError::of(path, error)),
        }
    }
}
