use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const PAGE: u64 = 4096;

/// A file with one table, its writer's connection, and where it is.
fn database() -> (Connection, PathBuf, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("items.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE item (bytes BLOB);")
        .unwrap();
    (connection, path, directory)
}

/// A row of about ten pages, in a commit of its own.
fn write(connection: &Connection) {
    connection
        .execute("INSERT INTO item VALUES (zeroblob(40000))", [])
        .unwrap();
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

fn log_of(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

#[test]
fn the_thread_folds_the_log_into_the_file_and_the_writer_does_not() {
    let (mut writer, path, _directory) = database();
    let before = length(&path);
    let lengths = LogLength {
        fold_after: 50,
        at_most: u32::MAX,
        told_from: u32::MAX,
    };
    let folder = Connection::open(&path).unwrap();
    let checkpoints = Checkpoints::start(&path, &mut writer, folder, lengths).unwrap();
    for _ in 0..4 {
        write(&writer);
    }
    // Too short yet: nobody was asked, so nothing is in the file.
    assert_eq!(length(&path), before);
    for _ in 0..20 {
        write(&writer);
    }
    checkpoints.stop(&mut writer);
    assert!(length(&path) > before + 50 * PAGE, "{} bytes", length(&path));
}

#[test]
fn the_writer_folds_a_log_that_is_too_long_and_begins_it_anew() {
    let (mut writer, path, _directory) = database();
    let lengths = LogLength {
        fold_after: u32::MAX,
        at_most: 100,
        told_from: u32::MAX,
    };
    let folder = Connection::open(&path).unwrap();
    let checkpoints = Checkpoints::start(&path, &mut writer, folder, lengths).unwrap();
    for _ in 0..200 {
        write(&writer);
    }
    // A commit may be as much longer as it is itself.
    let log = length(&log_of(&path));
    assert!(log < 130 * PAGE, "{log} bytes");
    checkpoints.stop(&mut writer);
}

#[test]
fn a_writer_that_is_gone_ends_the_thread() {
    let (mut writer, path, _directory) = database();
    let folder = Connection::open(&path).unwrap();
    let checkpoints = Checkpoints::start(&path, &mut writer, folder, LogLength::USUAL).unwrap();
    drop(writer);
    // Ends, or hangs for ever.
    checkpoints.thread.unwrap().join().unwrap();
}

#[test]
fn a_log_that_grows_and_grows_is_told_once_until_it_has_begun_anew() {
    let mut overlong = Overlong::default();
    let told = [9, 10, 11, 4_000, 1, 9, 10, 12].map(|pages| overlong.is_to_be_told(pages, 10));
    assert_eq!(told, [false, true, false, false, false, false, true, false]);
}
