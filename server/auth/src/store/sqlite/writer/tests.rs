use std::{path::Path, sync::mpsc};

use tempfile::TempDir;

use super::{super::checkpoints::LogLength, *};

/// A writer on a file with one table; `parent` is checked only when a transaction commits.
fn writer() -> (Writer, TempDir) {
    writer_with(|_connection| Ok(false))
}

fn writer_with(later: Later) -> (Writer, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    Connection::open(file(&directory))
        .unwrap()
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE item (
                 id INTEGER PRIMARY KEY,
                 parent INTEGER REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED
             );",
        )
        .unwrap();
    (start(&directory, later), directory)
}

fn start(directory: &TempDir, later: Later) -> Writer {
    let mut connection = Connection::open(file(directory)).unwrap();
    let (capacity, batch) = (NonZeroUsize::new(100).unwrap(), NonZeroUsize::new(10).unwrap());
    let checkpoints = Checkpoints::start(
        &file(directory),
        &mut connection,
        Connection::open(file(directory)).unwrap(),
        LogLength::USUAL,
    );
    Writer::start(connection, checkpoints.unwrap(), capacity, batch, later).unwrap()
}

fn file(directory: &TempDir) -> std::path::PathBuf {
    directory.path().join("items.db")
}

/// What another connection sees: what is committed.
fn committed(path: &Path) -> Vec<i64> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT id FROM item ORDER BY id").unwrap();
    statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn insert(id: i64) -> impl FnMut(&Connection) -> rusqlite::Result<()> + Send {
    move |connection| {
        connection
            .execute("INSERT INTO item (id) VALUES (?1)", [id])
            .map(drop)
    }
}

/// Holds the writer until told, so that what is submitted meanwhile makes one batch.
fn hold(writer: &Writer) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel();
    let (holding, held) = mpsc::channel();
    drop(writer.submit(Company::Shared, move |_connection| {
        let _ = holding.send(());
        let _ = released.recv();
        Ok(())
    }));
    held.recv().unwrap();
    release
}

#[test]
fn what_waits_shares_one_transaction() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let first = writer.submit(Company::Shared, insert(1)).unwrap();
    let path = file(&directory);
    let second = writer
        .submit(Company::Shared, move |_connection| Ok(committed(&path)))
        .unwrap();
    release.send(()).unwrap();
    first.blocking_recv().unwrap().unwrap();
    assert!(
        second.blocking_recv().unwrap().unwrap().is_empty(),
        "committed before the batch was over"
    );
    assert_eq!(committed(&file(&directory)), [1]);
}

#[test]
fn a_failing_operation_is_rolled_back_alone_and_wholly() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let before = writer.submit(Company::Shared, insert(1)).unwrap();
    let failing = writer
        .submit(Company::Shared, |connection| {
            insert(2)(connection)?;
            insert(1)(connection)
        })
        .unwrap();
    let after = writer.submit(Company::Shared, insert(3)).unwrap();
    release.send(()).unwrap();
    before.blocking_recv().unwrap().unwrap();
    assert!(matches!(
        failing.blocking_recv().unwrap(),
        Err(StoreError::Duplicate)
    ));
    after.blocking_recv().unwrap().unwrap();
    assert_eq!(committed(&file(&directory)), [1, 3]);
}

/// Each is run once more by itself then; when the file cannot be written any more meanwhile, what is left is lost together.
#[test]
fn behind_a_failure_each_is_answered_for_itself() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let first = writer.submit(Company::Shared, insert(1)).unwrap();
    let mut runs = 0;
    let lost = writer
        .submit(Company::Shared, move |connection| {
            runs += 1;
            if runs == 1 {
                return insert(2)(connection);
            }
            // What SQLite does by itself when the disk is full.
            connection.execute_batch("ROLLBACK; SELECT nothing")
        })
        .unwrap();
    let failing = writer
        .submit(Company::Shared, |connection| {
            insert(3)(connection)?;
            insert(3)(connection)
        })
        .unwrap();
    let behind = writer.submit(Company::Shared, insert(4)).unwrap();
    release.send(()).unwrap();
    first.blocking_recv().unwrap().unwrap();
    for answer in [lost, failing, behind] {
        assert!(matches!(
            answer.blocking_recv().unwrap(),
            Err(StoreError::Backend(_))
        ));
    }
    assert_eq!(committed(&file(&directory)), [1]);
    writer
        .submit(Company::Shared, insert(5))
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert_eq!(committed(&file(&directory)), [1, 5]);
}

#[test]
fn what_is_to_be_alone_shares_its_transaction_with_nothing() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let path = file(&directory);
    let first = writer.submit(Company::Shared, insert(1)).unwrap();
    let alone = writer
        .submit(Company::Alone, {
            let path = path.clone();
            move |connection| {
                insert(2)(connection)?;
                Ok(committed(&path))
            }
        })
        .unwrap();
    let next = writer
        .submit(Company::Shared, move |_connection| Ok(committed(&path)))
        .unwrap();
    release.send(()).unwrap();
    first.blocking_recv().unwrap().unwrap();
    assert_eq!(
        alone.blocking_recv().unwrap().unwrap(),
        [1],
        "what came before is committed"
    );
    assert_eq!(
        next.blocking_recv().unwrap().unwrap(),
        [1, 2],
        "and it before what comes after"
    );
}

#[test]
fn what_fails_alone_leaves_nothing() {
    let (writer, directory) = writer();
    let failing = writer
        .submit(Company::Alone, |connection| {
            insert(1)(connection)?;
            insert(1)(connection)
        })
        .unwrap();
    assert!(matches!(
        failing.blocking_recv().unwrap(),
        Err(StoreError::Duplicate)
    ));
    writer
        .submit(Company::Alone, insert(2))
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert_eq!(committed(&file(&directory)), [2]);
}

#[test]
fn a_failing_commit_fails_every_operation_of_the_batch_and_no_later_one() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let sound = writer.submit(Company::Shared, insert(1)).unwrap();
    let orphan = writer
        .submit(Company::Shared, |connection| {
            connection
                .execute("INSERT INTO item VALUES (2, 99)", [])
                .map(drop)
        })
        .unwrap();
    release.send(()).unwrap();
    for answer in [sound, orphan] {
        assert!(matches!(
            answer.blocking_recv().unwrap(),
            Err(StoreError::Backend(_))
        ));
    }
    writer
        .submit(Company::Shared, insert(3))
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert_eq!(committed(&file(&directory)), [3]);
}

#[test]
fn when_a_fault_ends_the_transaction_nothing_of_the_batch_is_reported_as_done() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let before = writer.submit(Company::Shared, insert(1)).unwrap();
    // What SQLite does by itself when the disk is full.
    let fault = writer
        .submit(Company::Shared, |connection| {
            connection.execute_batch("ROLLBACK; SELECT nothing")
        })
        .unwrap();
    let after = writer.submit(Company::Shared, insert(3)).unwrap();
    release.send(()).unwrap();
    for answer in [before, fault, after] {
        assert!(matches!(
            answer.blocking_recv().unwrap(),
            Err(StoreError::Backend(_))
        ));
    }
    writer
        .submit(Company::Shared, insert(4))
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert_eq!(committed(&file(&directory)), [4]);
}

#[test]
fn a_batch_has_a_limit() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let inserts: Vec<_> = (0..10)
        .map(|id| writer.submit(Company::Shared, insert(id)).unwrap())
        .collect();
    let path = file(&directory);
    let eleventh = writer
        .submit(Company::Shared, move |_connection| Ok(committed(&path).len()))
        .unwrap();
    release.send(()).unwrap();
    assert_eq!(
        eleventh.blocking_recv().unwrap().unwrap(),
        10,
        "the first ten were not committed yet"
    );
    drop(inserts);
}

#[test]
fn writes_complete_without_anybody_waiting_and_before_the_writer_ends() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    for id in 0..50 {
        drop(writer.submit(Company::Shared, insert(id)).unwrap());
    }
    release.send(()).unwrap();
    drop(writer);
    assert_eq!(committed(&file(&directory)), (0..50).collect::<Vec<_>>());
}

#[test]
fn after_a_panic_nobody_waits_in_vain() {
    let (writer, directory) = writer();
    let release = hold(&writer);
    let before = writer.submit(Company::Shared, insert(1)).unwrap();
    let panics = writer
        .submit(Company::Shared, |_connection| -> rusqlite::Result<()> {
            panic!("as the test wants it")
        })
        .unwrap();
    let waiting: Vec<_> = (2..40)
        .map(|id| writer.submit(Company::Shared, insert(id)).unwrap())
        .collect();
    release.send(()).unwrap();
    for answer in [before, panics].into_iter().chain(waiting) {
        assert!(
            answer.blocking_recv().is_err(),
            "it was answered although nothing was committed"
        );
    }
    assert!(
        writer.submit(Company::Shared, insert(40)).is_err(),
        "a call queued up behind a thread that has ended"
    );
    assert_eq!(committed(&file(&directory)), Vec::<i64>::new());
}

/// Leaves rows of negative numbers to be made, as many as the numbers above a thousand that are there.
fn one_more(connection: &Connection) -> rusqlite::Result<bool> {
    let left: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM item WHERE id > 1000) - (SELECT count(*) FROM item WHERE id < 0)",
        [],
        |row| row.get(0),
    )?;
    if left == 0 {
        return Ok(false);
    }
    connection.execute("INSERT INTO item (id) SELECT min(0, min(id)) - 1 FROM item", [])?;
    Ok(true)
}

#[test]
fn what_one_that_ran_alone_left_is_done_before_the_thread_ends() {
    let (writer, directory) = writer_with(one_more);
    let release = hold(&writer);
    let alone = writer.submit(Company::Alone, |connection| {
        for id in 1001..=1003 {
            insert(id)(connection)?;
        }
        Ok(())
    });
    release.send(()).unwrap();
    alone.unwrap().blocking_recv().unwrap().unwrap();
    drop(writer);
    assert_eq!(committed(&file(&directory)), [-3, -2, -1, 1001, 1002, 1003]);
}

#[test]
fn what_was_left_of_another_time_is_done_at_the_start() {
    let (writer, directory) = writer();
    writer
        .submit(Company::Shared, insert(1001))
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    drop(writer);
    drop(start(&directory, one_more));
    assert_eq!(committed(&file(&directory)), [-1, 1001]);
}

/// It is not tried for ever, and what others ask for is done.
#[test]
fn what_is_left_and_fails_stops_nobody() {
    let (writer, directory) =
        writer_with(|connection| connection.execute("INSERT INTO nothing", []).map(|_| true));
    let written = writer.submit(Company::Alone, insert(1)).unwrap();
    written.blocking_recv().unwrap().unwrap();
    drop(writer);
    assert_eq!(committed(&file(&directory)), [1]);
}
