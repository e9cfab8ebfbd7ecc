//! The SQLite store passes the suite.

use exeunt::store::{SqliteStore, sqlite::SqliteSettings};

exeunt::store_test_suite!(|| async {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("sessions.db");
    let store = SqliteStore::open(path, SqliteSettings::default()).expect("a new store");
    (store, directory)
});
