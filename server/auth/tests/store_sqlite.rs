//! The SQLite store passes the suite, and keeps what only a file can promise.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what fails here is the store under test"
)]

use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use exeunt::store::{
    Begun, Change, Farewell, FormerSid, Lease, MARK_LIFETIME, MarkRule, Once, OutboxId, Queue, Selector,
    SessionRow, SqliteStore, Store, StoreError, Take,
    sqlite::{OpenError, SqliteSettings},
    suite::fixture::{IDLE, NOW, pending_key, person_of, row, sid_of},
};
use tempfile::TempDir;

exeunt::store_test_suite!(|| async {
    let directory = directory();
    (open(&file(&directory)), directory)
});

fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn file(directory: &TempDir) -> PathBuf {
    directory.path().join("sessions.db")
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteSettings::default()).expect("the store opens")
}

fn refusal(path: &Path) -> OpenError {
    SqliteStore::open(path, SqliteSettings::default()).expect_err("the store must not open")
}

async fn rows_of(store: &SqliteStore, selector: Selector, marks: MarkRule) -> Vec<SessionRow> {
    let take = Take::new(selector, marks);
    store.take(&take, NOW).await.unwrap().rows
}

fn queueing(selector: Selector) -> Take {
    Take::new(selector, MarkRule::Sid)
        .queueing(Queue {
            reason: "of the test".into(),
            due_at: NOW,
        })
        .noting(Farewell {
            reason: "of the test".into(),
            kept_until: NOW + IDLE,
        })
}

/// Lets a call hand in its work and gives it up if it is not done at once.
fn hand_in<T>(call: impl Future<Output = T>) -> Option<T> {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// F3.14: a logout token that arrives after a restart finds its session.
#[tokio::test]
async fn sessions_and_marks_survive_a_restart() {
    let directory = directory();
    let store = open(&file(&directory));
    store.begin(row(1), NOW).await.unwrap();
    store.begin(row(2), NOW).await.unwrap();
    assert_eq!(rows_of(&store, sid_of(&row(2)), MarkRule::Sid).await, [row(2)]);
    drop(store);

    let store = open(&file(&directory));
    assert_eq!(rows_of(&store, sid_of(&row(1)), MarkRule::Sid).await, [row(1)]);
    assert_eq!(store.load(&row(2).key, NOW).await.unwrap(), None);
    assert_eq!(store.begin(row(2), NOW).await.unwrap(), Begun::Refused);
}

/// Remote work that an end left is done by whoever starts next.
#[tokio::test]
async fn the_outbox_survives_a_restart() {
    let directory = directory();
    let store = open(&file(&directory));
    store.begin(row(1), NOW).await.unwrap();
    let take = queueing(Selector::Key(row(1).key));
    assert_eq!(store.take(&take, NOW).await.unwrap().rows, [row(1)]);
    let id = OutboxId(row(1).key.0);
    let until = NOW + IDLE;
    let leased = store.lease_outbox(Lease::One(id), until, NOW).await.unwrap();
    assert_eq!(leased.len(), 1);
    drop(store);

    let store = open(&file(&directory));
    assert_eq!(
        store.load_outbox(&id).await.unwrap().as_ref(),
        leased.first(),
        "also who had it"
    );
    let leased = store
        .lease_outbox(Lease::Due(9), until + IDLE, until)
        .await
        .unwrap();
    assert_eq!(
        leased.iter().map(|entry| &entry.sealed).collect::<Vec<_>>(),
        [&row(1).tokens]
    );
}

/// What ended is still told, in its order, and what ends next comes after it.
#[tokio::test]
async fn end_records_survive_a_restart() {
    let directory = directory();
    let store = open(&file(&directory));
    for number in [1, 2] {
        store.begin(row(number), NOW).await.unwrap();
    }
    let end = |number| queueing(Selector::Key(row(number).key));
    assert_eq!(store.take(&end(1), NOW).await.unwrap().rows, [row(1)]);
    let before = store.ends_after(0, 9).await.unwrap();
    assert_eq!(before.len(), 1);
    drop(store);

    let store = open(&file(&directory));
    assert_eq!(store.ends_after(0, 9).await.unwrap(), before);
    assert_eq!(
        store.load_end(&row(1).key, NOW).await.unwrap().as_ref(),
        before.first()
    );
    let place = store.last_end().await.unwrap();
    assert_eq!(store.take(&end(2), NOW).await.unwrap().rows, [row(2)]);
    let after = store.ends_after(place, 9).await.unwrap();
    assert_eq!(after.iter().map(|end| end.key).collect::<Vec<_>>(), [row(2).key]);
}

/// How the operator's command, another process, reaches the tabs of a running server.
#[tokio::test]
async fn an_end_by_another_process_is_seen_by_who_follows_the_ends() {
    let directory = directory();
    let server = open(&file(&directory));
    server.begin(row(1), NOW).await.unwrap();
    let place = server.last_end().await.unwrap();
    let operator = open(&file(&directory));
    let take = queueing(Selector::Key(row(1).key));
    assert_eq!(operator.take(&take, NOW).await.unwrap().rows, [row(1)]);
    let seen = server.ends_after(place, 9).await.unwrap();
    assert_eq!(seen.iter().map(|end| end.key).collect::<Vec<_>>(), [row(1).key]);
}

/// A fault at a late statement of an end: the session lives, nothing is queued, marked or noted down, and the logout token
/// that the provider delivers again acts.
#[tokio::test]
async fn a_take_that_fails_on_the_way_leaves_everything_as_it_was() {
    for table in ["outbox", "end_record"] {
        let directory = directory();
        let store = open(&file(&directory));
        store.begin(row(1), NOW).await.unwrap();
        let take = queueing(sid_of(&row(1))).once(Once {
            purpose: "logout token",
            id: [1; 32],
            until: NOW + IDLE,
        });
        let operator = rusqlite::Connection::open(file(&directory)).unwrap();
        operator
            .execute_batch(&format!(
                "CREATE TRIGGER fault BEFORE INSERT ON {table} BEGIN SELECT raise(ABORT, 'as the test wants it'); END"
            ))
            .unwrap();
        for _ in 0..2 {
            let answer = store.take(&take, NOW).await;
            assert!(matches!(answer, Err(StoreError::Backend(_))), "{answer:?}");
            assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
            assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
            let queued = store.load_outbox(&OutboxId(row(1).key.0)).await.unwrap();
            assert_eq!(queued, None, "{table}");
        }
        let in_flight = SessionRow {
            sid: row(1).sid,
            ..row(2)
        };
        assert_eq!(
            store.begin(in_flight, NOW).await.unwrap(),
            Begun::Created,
            "the mark was left"
        );

        operator.execute_batch("DROP TRIGGER fault").unwrap();
        let taken = store.take(&take, NOW).await.unwrap();
        assert_eq!((taken.rows.len(), taken.repeated), (2, false));
        assert!(store.take(&take, NOW).await.unwrap().repeated);
        assert_eq!(store.ends_after(0, 9).await.unwrap().len(), 2);
    }
}

/// A file of the first schema: everybody stays signed in, and an end that reaches back in time ends those whose login may
/// have begun before.
#[tokio::test]
async fn a_file_of_the_first_schema_keeps_its_sessions() {
    let directory = directory();
    let old = rusqlite::Connection::open(file(&directory)).unwrap();
    old.execute_batch(include_str!("../src/store/sqlite/migrations/0001_sessions.sql"))
        .unwrap();
    old.execute_batch("PRAGMA application_id = 0x45585554; PRAGMA user_version = 1;")
        .unwrap();
    for number in [1, 2] {
        let row = row(number);
        old.execute(
            "INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at,
                                  absolute_expires_at, identity, tokens, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            rusqlite::params![
                row.key.0,
                row.public_id,
                row.iss,
                row.sub,
                row.sid,
                row.created_at.millis(),
                row.last_used_at.millis(),
                row.idle_expires_at.millis(),
                row.absolute_expires_at.millis(),
                row.identity,
                row.tokens,
                row.data,
            ],
        )
        .unwrap();
    }
    drop(old);

    let store = open(&file(&directory));
    for number in [1, 2] {
        let row = of_unknown_device(number);
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        assert_eq!(
            store
                .list_by_sid(&row.iss, &format!("sid-{number}"), NOW)
                .await
                .unwrap(),
            [row.head()]
        );
    }
    let sent = |moment| Selector::Subject {
        iss: row(1).iss,
        sub: row(1).sub,
        started_by: Some(moment),
    };
    const ATTEMPT: Duration = Duration::from_secs(10 * 60);
    let spared = rows_of(
        &store,
        sent(NOW - ATTEMPT - Duration::from_millis(1)),
        MarkRule::Subject,
    );
    assert_eq!(spared.await, []);
    let expected = SessionRow {
        login_started_at: NOW - ATTEMPT,
        ..of_unknown_device(1)
    };
    let taken = rows_of(&store, sent(NOW - ATTEMPT), MarkRule::Subject);
    assert_eq!(taken.await, [expected]);
    drop(store);
    assert!(
        open(&file(&directory))
            .load(&row(2).key, NOW)
            .await
            .unwrap()
            .is_some(),
        "and it opens again"
    );
}

/// A file of the second schema: everything goes on, a sid that was replaced a moment ago included.
#[tokio::test]
async fn a_file_of_the_second_schema_keeps_its_sessions() {
    let directory = directory();
    let old = rusqlite::Connection::open(file(&directory)).unwrap();
    for migration in [
        include_str!("../src/store/sqlite/migrations/0001_sessions.sql"),
        include_str!("../src/store/sqlite/migrations/0002_outbox.sql"),
    ] {
        old.execute_batch(migration).unwrap();
    }
    old.execute_batch("PRAGMA application_id = 0x45585554; PRAGMA user_version = 2;")
        .unwrap();
    let expected = SessionRow {
        former_sid: Some(FormerSid {
            sid: "former".into(),
            until: NOW + IDLE,
        }),
        data: Some(b"data".to_vec()),
        ..of_unknown_device(1)
    };
    old.execute(
        "INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at,
                              absolute_expires_at, login_started_at, former_sid, former_until, identity, tokens, data)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'former', ?11, ?12, ?13, ?14)",
        rusqlite::params![
            expected.key.0,
            expected.public_id,
            expected.iss,
            expected.sub,
            expected.sid,
            expected.created_at.millis(),
            expected.last_used_at.millis(),
            expected.idle_expires_at.millis(),
            expected.absolute_expires_at.millis(),
            expected.login_started_at.millis(),
            (NOW + IDLE).millis(),
            expected.identity,
            expected.tokens,
            expected.data,
        ],
    )
    .unwrap();
    drop(old);

    let store = open(&file(&directory));
    let former = Selector::Sid {
        iss: row(1).iss,
        sid: "former".into(),
        sub: None,
    };
    let taken = store.take(&queueing(former), NOW).await.unwrap();
    assert_eq!(taken.rows, [expected]);
    assert_eq!(store.ends_after(0, 9).await.unwrap().len(), 1);
}

/// As a file gives it that was written before devices were noted.
fn of_unknown_device(number: u32) -> SessionRow {
    SessionRow {
        device: Vec::new(),
        ..row(number)
    }
}

/// As the operator's command and the server on one file are.
#[tokio::test]
async fn i02_two_stores_on_one_file_see_what_the_other_ended() {
    let directory = directory();
    let (here, there) = (open(&file(&directory)), open(&file(&directory)));
    for number in 0..20 {
        let row = row(number);
        here.begin(row.clone(), NOW).await.unwrap();
        assert_eq!(there.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        assert_eq!(
            rows_of(&there, person_of(&row), MarkRule::Subject).await,
            std::slice::from_ref(&row)
        );
        assert_eq!(here.load(&row.key, NOW).await.unwrap(), None);
        assert!(!here.touch(&row.key, NOW + IDLE, NOW).await.unwrap());
        let change = Change {
            tokens: Some(row.tokens.clone()),
            ..Change::default()
        };
        assert!(!here.update(&row.key, change, NOW).await.unwrap());
        assert_eq!(here.begin(row, NOW).await.unwrap(), Begun::Refused);
    }
}

/// So that what the operator's command leaves is in the file itself, and a copy of that is whole.
#[tokio::test]
async fn a_store_that_is_closed_beside_another_empties_the_log() {
    let directory = directory();
    let path = file(&directory);
    let (stays, goes) = (open(&path), open(&path));
    goes.begin(row(1), NOW).await.unwrap();
    let mut log = path.clone().into_os_string();
    log.push("-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    drop(goes);
    assert_eq!(fs::metadata(&log).unwrap().len(), 0);
    assert!(stays.load(&row(1).key, NOW).await.unwrap().is_some());
}

/// The same, with both at work at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i02_of_two_stores_on_one_file_neither_revives_what_the_other_takes() {
    let directory = directory();
    let (here, there) = (Arc::new(open(&file(&directory))), open(&file(&directory)));
    for number in 0..20 {
        let row = row(number);
        here.begin(row.clone(), NOW).await.unwrap();
        let updates: Vec<_> = (0..20)
            .map(|_| {
                let (here, row) = (Arc::clone(&here), row.clone());
                let change = Change {
                    tokens: Some(row.tokens),
                    ..Change::default()
                };
                tokio::spawn(async move { here.update(&row.key, change, NOW).await.unwrap() })
            })
            .collect();
        assert_eq!(rows_of(&there, sid_of(&row), MarkRule::Sid).await.len(), 1);
        for update in updates {
            update.await.unwrap();
        }
        assert_eq!(here.load(&row.key, NOW).await.unwrap(), None, "round {number}");
        assert_eq!(there.load(&row.key, NOW).await.unwrap(), None, "round {number}");
    }
}

/// Two processes that start at once on no file yet, many times over.
#[test]
fn many_may_create_the_file_at_once() {
    for _ in 0..5 {
        let directory = directory();
        let path = file(&directory);
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| drop(open(&path)));
            }
        });
    }
}

/// A process that is killed leaves the file and its log as they are; what was acknowledged is in them.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let directory = directory();
    let store = Arc::new(open(&file(&directory)));
    let writes: Vec<_> = (0..400)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.begin(row(number), NOW).await.map(|_| number) })
        })
        .collect();
    let mut acknowledged = Vec::new();
    for write in writes.into_iter().take(300) {
        acknowledged.push(write.await.unwrap().unwrap());
    }

    // The log first would miss what a checkpoint moves meanwhile; none happens before a thousand pages. The shared
    // memory file is left out, as it is not on the disk after a power cut.
    let copy = directory.path().join("copy.db");
    fs::copy(file(&directory), &copy).unwrap();
    fs::copy(
        directory.path().join("sessions.db-wal"),
        directory.path().join("copy.db-wal"),
    )
    .unwrap();

    let copy = open(&copy);
    for number in acknowledged {
        let row = row(number);
        assert_eq!(
            copy.load(&row.key, NOW).await.unwrap(),
            Some(row.head()),
            "session {number} is lost"
        );
    }
}

#[tokio::test]
async fn a_closed_store_is_one_file() {
    let directory = directory();
    let store = open(&file(&directory));
    store.begin(row(1), NOW).await.unwrap();
    drop(store);
    let names: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["sessions.db"]);
}

/// The threads that end with the store first write what was handed in.
#[tokio::test]
async fn a_write_whose_caller_went_away_still_completes() {
    let directory = directory();
    let store = open(&file(&directory));
    for number in 0..100 {
        let _given_up = hand_in(store.begin(row(number), NOW));
    }
    drop(store);
    let store = open(&file(&directory));
    for number in 0..100 {
        assert!(
            store.load(&row(number).key, NOW).await.unwrap().is_some(),
            "session {number} is lost"
        );
    }
}

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

/// Holds the write lock, as a process that hangs would.
fn lock(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[tokio::test]
async fn a_locked_file_fails_writes_in_time_and_lets_reads_through() {
    let directory = directory();
    let call_timeout = Duration::from_millis(200);
    let settings = SqliteSettings {
        call_timeout,
        ..SqliteSettings::default()
    };
    let store = SqliteStore::open(file(&directory), settings).unwrap();
    store.begin(row(1), NOW).await.unwrap();
    let lock = lock(&file(&directory));

    let started = Instant::now();
    let take = Take::new(Selector::Key(row(1).key), MarkRule::Sid);
    let answer = store.take(&take, NOW).await;
    assert!(
        matches!(answer, Err(StoreError::Timeout(_) | StoreError::Backend(_))),
        "{answer:?}"
    );
    assert!(store.ping().await.is_err());
    assert!(
        started.elapsed() < call_timeout * 10,
        "the calls took {:?}",
        started.elapsed()
    );
    assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());

    drop(lock);
    // The writer may still be at a call that was given up.
    while store.ping().await.is_err() {}
    assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.is_ok());
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let directory = directory();
    let settings = SqliteSettings {
        queue_capacity: NonZeroUsize::MIN,
        batch: NonZeroUsize::MIN,
        ..SqliteSettings::default()
    };
    let store = SqliteStore::open(file(&directory), settings).unwrap();
    let lock = lock(&file(&directory));
    // One is at work, one waits, and the third finds no place.
    let answers: Vec<_> = (0..3)
        .filter_map(|number| hand_in(store.begin(row(number), NOW)))
        .collect();
    assert!(!answers.is_empty(), "three calls wait where one may");
    for answer in answers {
        assert!(matches!(&answer, Err(StoreError::Backend(_))), "{answer:?}");
    }
    drop(lock);
}

#[tokio::test]
async fn sweep_counts_what_it_removed() {
    let directory = directory();
    let store = open(&file(&directory));
    store.begin(row(0), NOW).await.unwrap();
    store
        .put_pending(&pending_key(1), vec![1], NOW + IDLE)
        .await
        .unwrap();
    store.claim("jti", &[1; 32], NOW + IDLE, NOW).await.unwrap();
    let take = Take::new(sid_of(&row(0)), MarkRule::Sid);
    store.take(&take, NOW).await.unwrap();
    let end = NOW + IDLE + MARK_LIFETIME;
    assert_eq!(
        store.sweep(end).await.unwrap(),
        3,
        "the pending row, the claim, the mark"
    );
    assert_eq!(store.sweep(end).await.unwrap(), 0);
}
