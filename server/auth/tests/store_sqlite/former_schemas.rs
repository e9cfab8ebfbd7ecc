//! Files that an earlier version wrote go on.

use super::*;

/// A file of the first schema: everybody stays signed in, and an end that reaches back in time ends those whose login may
/// have begun before.
#[tokio::test]
async fn a_file_of_the_first_schema_keeps_its_sessions() {
    let directory = directory();
    let old = rusqlite::Connection::open(file(&directory)).unwrap();
    old.execute_batch(include_str!(
        "../../src/store/sqlite/migrations/0001_sessions.sql"
    ))
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
        include_str!("../../src/store/sqlite/migrations/0001_sessions.sql"),
        include_str!("../../src/store/sqlite/migrations/0002_outbox.sql"),
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

/// A file of the fourth schema, in which ended sessions lay apart: who is signed in stays so, what ended is told as before,
/// its tokens are still revoked, and no place among the ends is given again.
#[tokio::test]
async fn a_file_of_the_fourth_schema_keeps_its_ends_and_its_outbox() {
    let directory = directory();
    let old = rusqlite::Connection::open(file(&directory)).unwrap();
    for migration in [
        include_str!("../../src/store/sqlite/migrations/0001_sessions.sql"),
        include_str!("../../src/store/sqlite/migrations/0002_outbox.sql"),
        include_str!("../../src/store/sqlite/migrations/0003_ends.sql"),
        include_str!("../../src/store/sqlite/migrations/0004_outbox_age.sql"),
    ] {
        old.execute_batch(migration).unwrap();
    }
    old.execute_batch("PRAGMA application_id = 0x45585554; PRAGMA user_version = 4;")
        .unwrap();
    let (living, ended) = (
        SessionRow {
            data: Some(b"data".to_vec()),
            ..row(1)
        },
        row(2),
    );
    old.execute(
        "INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at,
                              absolute_expires_at, login_started_at, device, identity, tokens, data)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        rusqlite::params![
            living.key.0,
            living.public_id,
            living.iss,
            living.sub,
            living.sid,
            living.created_at.millis(),
            living.last_used_at.millis(),
            living.idle_expires_at.millis(),
            living.absolute_expires_at.millis(),
            living.login_started_at.millis(),
            living.device,
            living.identity,
            living.tokens,
            living.data,
        ],
    )
    .unwrap();
    let kept_until = NOW + IDLE;
    let note = |seq: i64, key: [u8; 32], public_id: &str| {
        old.execute(
            "INSERT INTO end_record (seq, key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'logout', ?8, ?9)",
            rusqlite::params![
                seq,
                key,
                public_id,
                ended.iss,
                ended.sub,
                ended.created_at.millis(),
                NOW.millis(),
                ended.device,
                kept_until.millis(),
            ],
        )
        .unwrap();
    };
    note(7, ended.key.0, &ended.public_id);
    // Its row has gone, its place must not come again.
    note(9, [9; 32], "of-another");
    old.execute("DELETE FROM end_record WHERE seq = 9", []).unwrap();
    old.execute(
        "INSERT INTO outbox (id, created_at, due_at, attempts, iss, sub, reason, progress, sealed)
         VALUES (?1, ?2, ?2, 0, ?3, ?4, 'logout', '', ?5)",
        rusqlite::params![ended.key.0, NOW.millis(), ended.iss, ended.sub, ended.tokens],
    )
    .unwrap();
    drop(old);

    let store = open(&file(&directory));
    assert_eq!(store.census(NOW).await.unwrap().sessions, 1);
    let record = EndRecord {
        seq: 7,
        key: ended.key,
        public_id: ended.public_id.clone(),
        iss: ended.iss.clone(),
        sub: ended.sub.clone(),
        created_at: ended.created_at,
        ended_at: NOW,
        reason: "logout".into(),
        device: ended.device.clone(),
        kept_until,
    };
    assert_eq!(
        store.load_end(&ended.key, NOW).await.unwrap(),
        Some(record.clone())
    );
    assert_eq!(store.ends_after(0, 9).await.unwrap(), [record]);
    let leased = store.lease_outbox(Lease::Due(9), NOW + IDLE, NOW).await.unwrap();
    assert_eq!(
        leased.iter().map(|entry| &entry.sealed).collect::<Vec<_>>(),
        [&ended.tokens]
    );
    assert_eq!(store.last_end().await.unwrap(), 9);
    let take = queueing(Selector::Key(living.key));
    assert_eq!(
        store.take(&take, NOW).await.unwrap().rows,
        std::slice::from_ref(&living)
    );
    let seqs: Vec<_> = store
        .ends_after(7, 9)
        .await
        .unwrap()
        .iter()
        .map(|end| (end.seq, end.key))
        .collect();
    assert_eq!(seqs, [(10, living.key)]);
}

/// As a file gives it that was written before devices were noted.
fn of_unknown_device(number: u32) -> SessionRow {
    SessionRow {
        device: Vec::new(),
        ..row(number)
    }
}
