//! What may be opened, and how it lies there.

use super::*;

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_its_log_are_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory();
    let store = open(&file(&directory));
    store.begin(row(1), NOW).await.unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{entry:?}"
        );
        names.push(entry.file_name());
    }
    names.sort();
    assert_eq!(names, ["sessions.db", "sessions.db-shm", "sessions.db-wal"]);
}

#[test]
fn a_file_that_cannot_be_a_store_is_named_with_the_mend() {
    let directory = directory();
    let text = directory.path().join("text.db");
    fs::write(
        &text,
        "not a database, but long enough to have a header of a hundred bytes ".repeat(20),
    )
    .unwrap();
    let missing = directory.path().join("missing").join("sessions.db");
    let foreign = directory.path().join("foreign.db");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (id)")
        .unwrap();
    let newer = file(&directory);
    drop(open(&newer));
    rusqlite::Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();

    type Expected = fn(&OpenError) -> bool;
    let cases: [(&Path, Expected, &str); 7] = [
        (
            &missing,
            |error| matches!(error, OpenError::DirectoryMissing { .. }),
            "create it",
        ),
        (
            &text,
            |error| matches!(error, OpenError::NotADatabase { .. }),
            "move the file away",
        ),
        (
            &foreign,
            |error| matches!(error, OpenError::Foreign { .. }),
            "choose another path",
        ),
        (
            &newer,
            |error| matches!(error, OpenError::Newer { found: 99, .. }),
            "run the newer version",
        ),
        (
            directory.path(),
            |error| matches!(error, OpenError::NotAFile { .. }),
            "name a file",
        ),
        (
            Path::new(":memory:"),
            |error| matches!(error, OpenError::NotAFile { .. }),
            "memory store",
        ),
        (
            Path::new(""),
            |error| matches!(error, OpenError::NotAFile { .. }),
            "name a file",
        ),
    ];
    for (path, expected, mend) in cases {
        let error = refusal(path);
        assert!(expected(&error), "{error:?}");
        assert!(error.to_string().contains(mend), "{error}");
    }
    let untouched: String = rusqlite::Connection::open(&foreign)
        .unwrap()
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(
        untouched, "delete",
        "another program's file was changed before it was refused"
    );
}

/// A path that SQLite would read as an address is a path.
#[test]
fn a_file_may_have_any_name() {
    let directory = directory();
    for name in ["file:sessions.db?mode=memory", "with space & ümlaut.db"] {
        let path = directory.path().join(name);
        drop(open(&path));
        assert!(path.is_file(), "{name}");
    }
}

/// A command of a newer version beside a server of an older one, which still runs on the file.
#[test]
fn a_file_of_an_older_schema_is_left_as_it_is_by_whoever_only_looks() {
    let directory = directory();
    let path = file(&directory);
    drop(open(&path));
    SqliteStore::look(&path, &SqliteSettings::default()).expect("it is of this version");
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch("PRAGMA user_version = 1").unwrap();
    let refused = SqliteStore::look(&path, &SqliteSettings::default()).unwrap_err();
    assert!(
        matches!(refused, OpenError::Older { found: 1, .. }),
        "{refused:?}"
    );
    let version: i64 = older
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1);
}
