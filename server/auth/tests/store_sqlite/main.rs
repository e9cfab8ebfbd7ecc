//! The SQLite store passes the suite, and keeps what only a file can promise.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what fails here is the store under test"
)]

mod former_schemas;
mod opening;
mod other_processes;

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
    Begun, Change, EndRecord, Farewell, FormerSid, Lease, MARK_LIFETIME, MarkRule, Once, OutboxId, Queue,
    Selector, SessionRow, Settlement, SqliteStore, Store, StoreError, Take,
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

/// A fault at a late statement of an end: the session lives, nothing is queued, marked or noted down, and the logout token
/// that the provider delivers again acts.
#[tokio::test]
async fn a_take_that_fails_on_the_way_leaves_everything_as_it_was() {
    for statement in ["INSERT ON outbox", "UPDATE OF ended_at ON session"] {
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
                "CREATE TRIGGER fault BEFORE {statement} BEGIN SELECT raise(ABORT, 'as the test wants it'); END"
            ))
            .unwrap();
        for _ in 0..2 {
            let answer = store.take(&take, NOW).await;
            assert!(matches!(answer, Err(StoreError::Backend(_))), "{answer:?}");
            assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
            assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
            let queued = store.load_outbox(&OutboxId(row(1).key.0)).await.unwrap();
            assert_eq!(queued, None, "{statement}");
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

/// Tokens lie in one place, from the login until they are revoked; of the app's data nothing is left from the end on.
#[tokio::test]
async fn nothing_sealed_stays_behind() {
    let directory = directory();
    let store = open(&file(&directory));
    let mut rows = Vec::new();
    for number in 1..=4 {
        let row = SessionRow {
            data: Some(b"of the app".to_vec()),
            ..row(number)
        };
        store.begin(row.clone(), NOW).await.unwrap();
        rows.push(row);
    }
    let operator = rusqlite::Connection::open(file(&directory)).unwrap();
    let left = || -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let mut left = operator
            .prepare("SELECT tokens, data FROM session_tokens ORDER BY id")
            .unwrap();
        left.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let with_data = |row: &SessionRow| (row.tokens.clone(), row.data.clone());
    assert_eq!(left(), rows.iter().map(with_data).collect::<Vec<_>>());

    let queued = queueing(Selector::Key(rows[0].key));
    let noted = Take {
        queue: None,
        ..queueing(Selector::Key(rows[1].key))
    };
    let plain = Take::new(Selector::Key(rows[2].key), MarkRule::None);
    for take in [queued, noted, plain] {
        assert_eq!(store.take(&take, NOW).await.unwrap().rows.len(), 1);
    }
    assert_eq!(left(), [(rows[0].tokens.clone(), None), with_data(&rows[3])]);
    let identities: i64 = operator
        .query_row(
            "SELECT count(*) FROM session WHERE ended_at IS NOT NULL AND identity <> x''",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(identities, 0);

    let id = OutboxId(rows[0].key.0);
    let until = NOW + IDLE;
    let leased = store.lease_outbox(Lease::One(id), until, NOW).await.unwrap();
    assert_eq!(leased[0].sealed, rows[0].tokens);
    let over = Settlement::Over {
        progress: "done".into(),
        kept_until: until,
    };
    assert!(
        store
            .settle_outbox(&id, until + IDLE, over.clone())
            .await
            .is_ok_and(|settled| !settled)
    );
    assert_eq!(left().len(), 2, "whoever lost the lease wipes nothing");
    assert!(store.settle_outbox(&id, until, over).await.unwrap());
    assert_eq!(left(), [with_data(&rows[3])]);
    assert_eq!(store.load_outbox(&id).await.unwrap().unwrap().sealed, b"");
}

/// Should the key of a session ever be used twice: an end does not fail over it, and leaves nothing of the first.
#[tokio::test]
async fn what_stands_under_a_key_gives_way_with_its_tokens() {
    let directory = directory();
    let store = open(&file(&directory));
    let unnoted = Take {
        farewell: None,
        marks: MarkRule::None,
        ..queueing(Selector::Key(row(1).key))
    };
    let again = SessionRow {
        tokens: b"of the second".to_vec(),
        ..row(1)
    };
    for row in [row(1), again.clone()] {
        store.begin(row, NOW).await.unwrap();
        assert_eq!(store.take(&unnoted, NOW).await.unwrap().rows.len(), 1);
    }
    let entry = store.load_outbox(&OutboxId(row(1).key.0)).await.unwrap();
    assert_eq!(entry.unwrap().sealed, again.tokens);
    let operator = rusqlite::Connection::open(file(&directory)).unwrap();
    let count = |table| {
        let sql = format!("SELECT count(*) FROM {table}");
        operator.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(
        (count("session"), count("session_tokens"), count("outbox")),
        (0, 1, 1)
    );
}

/// They would be read at each end of their sid, up to the day on which they go.
#[tokio::test]
async fn those_that_ended_are_not_read_again_at_each_end_of_their_sid() {
    let directory = directory();
    let store = open(&file(&directory));
    for number in 1..=3 {
        let row = SessionRow {
            sid: row(1).sid,
            ..row(number)
        };
        store.begin(row.clone(), NOW).await.unwrap();
        let take = Take {
            marks: MarkRule::None,
            ..queueing(Selector::Key(row.key))
        };
        assert_eq!(store.take(&take, NOW).await.unwrap().rows, [row]);
    }
    let operator = rusqlite::Connection::open(file(&directory)).unwrap();
    let with_sid = || {
        let count = "SELECT count(*) FROM session WHERE sid IS NOT NULL";
        operator.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(with_sid(), 3);
    assert_eq!(rows_of(&store, sid_of(&row(1)), MarkRule::Sid).await, []);
    assert_eq!(with_sid(), 0);
    assert_eq!(store.ends_after(0, 9).await.unwrap().len(), 3);
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
