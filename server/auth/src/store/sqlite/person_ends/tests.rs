use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use tempfile::TempDir;

use super::{
    super::{SqliteSettings, SqliteStore, census, ends, open, outbox, resealing},
    *,
};
use crate::store::{
    Begun, Change, EndRecord, MarkRule, OutboxId, Person, SessionKey, SessionRow, Store, Taken,
    suite::fixture::{ABSOLUTE, IDLE, MILLISECOND, NOW, person_of, row, sorted},
};

/// Two whole pieces and some more.
const MANY: u32 = 600;
const REASON: &str = "of the test";

/// A file, and a connection that writes to it as the store's own does, without anything that deals with what is left.
fn file() -> (TempDir, PathBuf, Connection) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let connection = open::for_writing(&path, Duration::from_secs(5)).unwrap();
    (directory, path, connection)
}

/// Of one person, each with tokens of its own.
fn crowd() -> Vec<SessionRow> {
    let of_person = |number| SessionRow {
        sub: "of many".into(),
        sid: Some("one for all".into()),
        data: Some(b"of the app".to_vec()),
        ..row(number)
    };
    (0..MANY).map(of_person).collect()
}

fn begin(connection: &Connection, rows: &[SessionRow]) {
    let transaction = connection.unchecked_transaction().unwrap();
    for row in rows {
        sessions::insert(&transaction, row).unwrap();
    }
    transaction.commit().unwrap();
}

fn everywhere(row: &SessionRow) -> Take {
    Take::new(person_of(row), MarkRule::Subject)
        .noting(Farewell {
            reason: REASON.into(),
            kept_until: NOW + ABSOLUTE + ABSOLUTE,
        })
        .queueing(Queue {
            reason: REASON.into(),
            due_at: NOW + IDLE,
        })
        .heads_only()
}

fn take(connection: &Connection, take: &Take, now: Timestamp) -> Taken {
    let transaction = connection.unchecked_transaction().unwrap();
    let taken = taking::take(&transaction, take, now).unwrap();
    transaction.commit().unwrap();
    taken
}

/// A file in which an end of very many is certain, and nothing of it dealt with.
fn ended() -> (TempDir, PathBuf, Connection, Vec<SessionRow>) {
    let (directory, path, connection) = file();
    let rows = crowd();
    begin(&connection, &rows);
    let taken = take(&connection, &everywhere(&rows[0]), NOW);
    assert_eq!(
        sorted(taken.rows.iter().map(|row| row.key)),
        sorted(rows.iter().map(|row| row.key))
    );
    (directory, path, connection, rows)
}

fn count(connection: &Connection, what: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {what}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn deal_with_all(connection: &Connection) -> usize {
    let mut pieces = 0;
    while deal_with_some(connection).unwrap() {
        pieces += 1;
    }
    pieces
}

#[test]
fn an_end_of_few_is_dealt_with_in_its_own_step() {
    let (_directory, _path, connection) = file();
    let few = &crowd()[..PIECE];
    begin(&connection, few);
    assert_eq!(take(&connection, &everywhere(&few[0]), NOW).rows.len(), PIECE);
    assert_eq!(count(&connection, "person_end"), 0);
    assert_eq!(count(&connection, "outbox"), 256);
    assert_eq!(ends::after(&connection, 0, 999).unwrap().len(), PIECE);
}

#[test]
fn i02_nothing_finds_a_session_that_an_end_of_many_means_and_has_not_come_to() {
    let (_directory, _path, connection, rows) = ended();
    assert_eq!(
        count(&connection, "session WHERE ended_at IS NULL"),
        i64::from(MANY),
        "untouched so far"
    );
    let one = &rows[599];
    let key = &one.key;
    assert_eq!(sessions::load(&connection, key, NOW).unwrap(), None);
    assert_eq!(sessions::load_tokens(&connection, key, NOW).unwrap(), None);
    assert_eq!(sessions::load_data(&connection, key, NOW).unwrap(), None);
    assert_eq!(sessions::list(&connection, &one.iss, &one.sub, NOW).unwrap(), []);
    assert_eq!(
        sessions::list_by_sid(&connection, &one.iss, "one for all", NOW).unwrap(),
        []
    );
    let change = Change {
        identity: Some(b"another".to_vec()),
        tokens: Some(b"others".to_vec()),
        ..Change::default()
    };
    assert!(!sessions::touch(&connection, key, NOW + ABSOLUTE, NOW).unwrap());
    assert!(!sessions::update(&connection, key, &change, NOW).unwrap());
    let identity_alone = Change {
        tokens: None,
        ..change
    };
    assert!(!sessions::update(&connection, key, &identity_alone, NOW).unwrap());
    let before = crate::store::SealedColumns {
        key: *key,
        device: one.device.clone(),
        identity: one.identity.clone(),
        tokens: one.tokens.clone(),
        data: one.data.clone(),
    };
    assert!(!resealing::reseal(&connection, &before, &before).unwrap());
    assert_eq!(resealing::walk(&connection, None, 9).unwrap().sessions, []);
    let selectors = [
        Selector::Key(*key),
        person_of(one),
        Selector::Sid {
            iss: one.iss.clone(),
            sid: "one for all".into(),
            sub: None,
        },
        Selector::PublicId {
            public_id: one.public_id.clone(),
            whose: Some(Person {
                iss: one.iss.clone(),
                sub: one.sub.clone(),
            }),
        },
        Selector::Expired { limit: 999 },
    ];
    for heads_only in [false, true] {
        for selector in &selectors {
            let again = Take {
                heads_only,
                ..Take::new(selector.clone(), MarkRule::None)
            };
            assert_eq!(take(&connection, &again, NOW).rows, [], "{selector:?}");
        }
    }
    let tokens: Vec<u8> = connection
        .query_row(
            "SELECT tokens FROM session_tokens WHERE id = (SELECT id FROM session WHERE key = ?1)",
            [key.0],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(tokens, one.tokens);
}

/// As if it had been dealt with in the one step: the same is told before and afterwards.
#[test]
fn how_each_ended_is_told_before_it_is_dealt_with_and_after() {
    let (_directory, _path, connection, rows) = ended();
    let one = &rows[300];
    let expected = |seq| EndRecord {
        seq,
        key: one.key,
        public_id: one.public_id.clone(),
        iss: one.iss.clone(),
        sub: one.sub.clone(),
        created_at: NOW,
        ended_at: NOW,
        reason: REASON.into(),
        device: one.device.clone(),
        kept_until: NOW + ABSOLUTE + ABSOLUTE,
    };
    let told = || {
        let record = ends::load(&connection, &one.key, NOW).unwrap().unwrap();
        let listed = ends::list(&connection, &one.iss, &one.sub, MANY + 1, NOW).unwrap();
        assert_eq!(listed.len(), 600);
        assert_eq!(
            sorted(listed.iter().map(|end| end.key)),
            sorted(rows.iter().map(|row| row.key))
        );
        assert_eq!(
            ends::list(&connection, &one.iss, &one.sub, 9, NOW).unwrap().len(),
            9
        );
        record
    };
    assert_eq!(told(), expected(1), "after all places that are given");
    assert!(deal_with_some(&connection).unwrap());
    told();
    assert_eq!(deal_with_all(&connection), 2);
    let record = told();
    assert_eq!(record, expected(record.seq));
    assert_eq!(deal_with_all(&connection), 0);
}

/// The tokens of each wait to be revoked as they stood, under the moment of the end, and nothing else is left.
#[test]
fn i13_each_session_is_dealt_with_once_and_its_tokens_are_queued() {
    let (_directory, _path, connection, rows) = ended();
    assert_eq!(deal_with_all(&connection), 3);
    assert_eq!(count(&connection, "person_end"), 0);
    assert_eq!(count(&connection, "session WHERE ended_at IS NULL"), 0);
    assert_eq!(count(&connection, "session WHERE identity <> x''"), 0);
    assert_eq!(count(&connection, "session_tokens WHERE data IS NOT NULL"), 0);
    let seqs: Vec<_> = ends::after(&connection, 0, 999)
        .unwrap()
        .iter()
        .map(|end| end.seq)
        .collect();
    assert_eq!(seqs, (1..=i64::from(MANY)).collect::<Vec<_>>());
    for row in &rows {
        let entry = outbox::load(&connection, &OutboxId(row.key.0)).unwrap().unwrap();
        assert_eq!(
            (entry.sealed, entry.created_at, entry.due_at, entry.reason),
            (row.tokens.clone(), NOW, NOW + IDLE, REASON.to_owned())
        );
    }
    let sessions: i64 = connection
        .query_row("SELECT sessions FROM tally", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sessions, 0);
}

#[test]
fn what_nobody_revokes_leaves_no_tokens() {
    let (_directory, _path, connection) = file();
    let rows = crowd();
    begin(&connection, &rows);
    let unqueued = Take {
        queue: None,
        ..everywhere(&rows[0])
    };
    take(&connection, &unqueued, NOW);
    assert_eq!(deal_with_all(&connection), 3);
    assert_eq!(count(&connection, "session_tokens"), 0);
    assert_eq!(count(&connection, "outbox"), 0);
    assert_eq!(ends::after(&connection, 0, 999).unwrap().len(), 600);
}

/// A session that began after the end, one whose login began after what came late was sent, and those of others.
#[test]
fn who_was_not_found_by_the_end_is_not_meant() {
    let (_directory, _path, connection) = file();
    let rows = crowd();
    let later = SessionRow {
        login_started_at: NOW + MILLISECOND,
        ..row(1_000)
    };
    let later = SessionRow {
        sub: rows[0].sub.clone(),
        ..later
    };
    begin(&connection, &rows[1..]);
    begin(&connection, &[later.clone(), row(2_000)]);
    begin(&connection, &rows[..1]);
    let selector = Selector::Subject {
        iss: later.iss.clone(),
        sub: later.sub.clone(),
        started_by: Some(NOW),
    };
    let by_then = Take {
        selector,
        ..everywhere(&later)
    };
    let moment = NOW + MILLISECOND;
    assert_eq!(take(&connection, &by_then, moment).rows.len(), 600);
    let afterwards = SessionRow {
        sub: later.sub.clone(),
        ..row(3_000)
    };
    begin(&connection, std::slice::from_ref(&afterwards));
    let mut spared = vec![later.key, row(2_000).key, afterwards.key];
    spared.sort_unstable();
    let living = || {
        let mut living: Vec<SessionKey> = [&later, &row(2_000), &afterwards]
            .iter()
            .filter_map(|row| sessions::load(&connection, &row.key, moment).unwrap())
            .map(|head| head.key)
            .collect();
        living.sort_unstable();
        living
    };
    assert_eq!(living(), spared);
    deal_with_all(&connection);
    assert_eq!(living(), spared);
    assert_eq!(count(&connection, "session WHERE ended_at IS NULL"), 3);
}

/// Those that ran out a while before are the sweeper's, before and after.
#[test]
fn one_that_had_run_out_is_told_as_such_or_left_to_the_sweeper() {
    let (_directory, _path, connection) = file();
    let mut rows = crowd();
    let run_out = NOW - MILLISECOND;
    rows[10].idle_expires_at = run_out;
    rows[20].idle_expires_at = NOW - RETENTION;
    begin(&connection, &rows);
    begin(&connection, &[row(5_000)]);
    assert_eq!(take(&connection, &everywhere(&rows[0]), NOW).rows.len(), 599);
    let told = || {
        let record = ends::load(&connection, &rows[10].key, NOW).unwrap().unwrap();
        (record.ended_at, record.reason)
    };
    assert_eq!(told(), (run_out, "expired".to_owned()));
    assert_eq!(
        census::count(&connection, NOW).unwrap().sessions,
        1,
        "not taken off twice"
    );
    assert_eq!(ends::load(&connection, &rows[20].key, NOW).unwrap(), None);
    deal_with_all(&connection);
    assert_eq!(told(), (run_out, "expired".to_owned()));
    let sweeping = Take::new(Selector::Expired { limit: 9 }, MarkRule::None);
    let swept = take(&connection, &sweeping, NOW).rows;
    assert_eq!(
        swept.iter().map(|row| row.key).collect::<Vec<_>>(),
        [rows[20].key]
    );
}

/// While one is dealt with, the few that remain of a person end in the step of the second.
#[test]
fn a_second_end_of_the_person_takes_what_the_first_spared() {
    let (_directory, _path, connection, rows) = ended();
    let more: Vec<_> = (1_000..1_300)
        .map(|number| SessionRow {
            sub: rows[0].sub.clone(),
            ..row(number)
        })
        .collect();
    begin(&connection, &more);
    let now = NOW + MILLISECOND;
    let taken = take(&connection, &everywhere(&rows[0]), now).rows;
    assert_eq!(
        sorted(taken.iter().map(|row| row.key)),
        sorted(more.iter().map(|row| row.key))
    );
    assert_eq!(ends::after(&connection, 0, 999).unwrap().len(), 300);
    let ended_at = |row: &SessionRow| ends::load(&connection, &row.key, now).unwrap().unwrap().ended_at;
    assert_eq!((ended_at(&rows[0]), ended_at(&more[0])), (NOW, now));
    assert_eq!(deal_with_all(&connection), 3);
    assert_eq!((ended_at(&rows[0]), ended_at(&more[0])), (NOW, now));
}

fn settings() -> SqliteSettings {
    SqliteSettings {
        readers: NonZeroUsize::MIN,
        ..SqliteSettings::default()
    }
}

/// The process was stopped between the two: whoever opens the file next does the rest, before it lets go of it.
#[tokio::test]
async fn what_a_stopped_process_left_is_dealt_with_by_the_next() {
    let (_directory, path, connection, rows) = ended();
    drop(connection);
    let store = SqliteStore::open(&path, settings()).unwrap();
    assert_eq!(store.load(&rows[0].key, NOW).await.unwrap(), None);
    drop(store);
    let operator = Connection::open(&path).unwrap();
    assert_eq!(count(&operator, "outbox"), 600);
    assert_eq!(count(&operator, "person_end"), 0);
}

/// Another process was stopped, and this one has been running all along.
#[tokio::test]
async fn the_sweeper_deals_with_what_another_process_left() {
    let (_directory, path, connection) = file();
    let store = SqliteStore::open(&path, settings()).unwrap();
    // Behind whatever the store does at its start: the first may be answered before that.
    for _ in 0..2 {
        store.ping().await.unwrap();
    }
    let rows = crowd();
    begin(&connection, &rows);
    take(&connection, &everywhere(&rows[0]), NOW);
    assert_eq!(count(&connection, "person_end"), 1);
    store.sweep(NOW).await.unwrap();
    assert_eq!(count(&connection, "person_end"), 0);
    assert_eq!(count(&connection, "outbox"), 600);
}

/// A login that was under way is refused, as after any end (the mark is part of the one step).
#[tokio::test]
async fn a_login_under_way_is_refused_while_an_end_of_many_is_dealt_with() {
    let (_directory, path, connection, rows) = ended();
    let late = SessionRow {
        sub: rows[0].sub.clone(),
        ..row(1_000)
    };
    drop(connection);
    let store = SqliteStore::open(&path, settings()).unwrap();
    assert_eq!(store.begin(late, NOW).await.unwrap(), Begun::Refused);
}
