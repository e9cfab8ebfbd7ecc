//! Statements that get stuck or fail: an answer in time, and nothing half-written.

use std::time::Instant;

use exeunt::store::{
    Begun, Once, OutboxId, Store, StoreError,
    suite::fixture::{begun, row, sid_of},
};

use super::*;

fn once(take: Take) -> Take {
    take.once(Once {
        purpose: "logout token",
        id: [1; 32],
        until: NOW + IDLE,
    })
}

/// The take of `row(1)` can act, and all of it does: nothing of an earlier try is left.
async fn acts_as_if_never_tried(store: &Arc<dyn Store>, take: &Take) {
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
    assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
    assert_eq!(store.load_outbox(&OutboxId(row(1).key.0)).await.unwrap(), None);
    let mut in_flight = row(2);
    in_flight.sid = row(1).sid;
    assert_eq!(
        store.begin(in_flight, NOW).await.unwrap(),
        Begun::Created,
        "a mark was left"
    );
    let taken = store.take(take, NOW).await.unwrap();
    assert_eq!(
        (taken.rows.len(), taken.repeated),
        (2, false),
        "the claim was left"
    );
    assert_eq!(store.ends_after(0, 9).await.unwrap().len(), 2);
}

/// Whichever table it is that somebody else has locked: the first that the take needs, or a later one.
#[tokio::test]
async fn a_take_that_is_stuck_ends_in_time_and_leaves_everything_as_it_was() {
    let cluster = Cluster::shared();
    for table in ["claim", "session", "outbox", "end_record", "mark"] {
        let url = cluster.url();
        let calm: Arc<dyn Store> = Arc::new(open(&url).await);
        begun(&calm, row(1)).await;
        let impatient = open_impatient(&url).await;
        let beside = beside(cluster, &url).await;
        let lock = format!("BEGIN; LOCK TABLE {table} IN SHARE MODE");
        beside.batch_execute(&lock).await.unwrap();
        let take = once(whole(sid_of(&row(1)), MarkRule::Sid));
        let started = Instant::now();
        let answer = impatient.take(&take, NOW).await;
        assert!(
            matches!(answer, Err(StoreError::Timeout(IMPATIENCE))),
            "{table}: {answer:?}"
        );
        assert!(
            started.elapsed() < IMPATIENCE * 3,
            "{table}: {:?}",
            started.elapsed()
        );
        // The one connection that it may have is not the one that hangs.
        let claimed = impatient
            .load_pending(&exeunt::store::PendingKey([1; 32]), NOW)
            .await;
        assert!(claimed.is_ok(), "{table}: {claimed:?}");
        beside.batch_execute("ROLLBACK").await.unwrap();
        acts_as_if_never_tried(&calm, &take).await;
    }
}

/// A row that somebody else holds, as a transaction does whose process hangs.
#[tokio::test]
async fn a_row_that_is_held_fails_in_time_and_reads_go_through() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store = open_impatient(&url).await;
    store.begin(row(1), NOW).await.unwrap();
    let beside = beside(cluster, &url).await;
    beside
        .batch_execute("BEGIN; SELECT * FROM session FOR UPDATE")
        .await
        .unwrap();
    let touched = store.touch(&row(1).key, NOW + IDLE, NOW).await;
    assert!(matches!(touched, Err(StoreError::Timeout(_))), "{touched:?}");
    assert_eq!(store.load(&row(1).key, NOW).await.unwrap(), Some(row(1).head()));
    beside.batch_execute("ROLLBACK").await.unwrap();
    assert!(store.touch(&row(1).key, NOW + IDLE, NOW).await.unwrap());
}

/// A fault at a late statement of an end.
#[tokio::test]
async fn a_take_that_fails_on_the_way_leaves_everything_as_it_was() {
    let cluster = Cluster::shared();
    for table in ["outbox", "end_record", "mark"] {
        let url = cluster.url();
        let store: Arc<dyn Store> = Arc::new(open(&url).await);
        begun(&store, row(1)).await;
        let beside = beside(cluster, &url).await;
        let fault = format!(
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''as asked''; END'; \
             CREATE TRIGGER fault BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fault()"
        );
        beside.batch_execute(&fault).await.unwrap();
        let take = once(whole(sid_of(&row(1)), MarkRule::Sid));
        let answer = store.take(&take, NOW).await;
        assert!(
            matches!(answer, Err(StoreError::Backend(_))),
            "{table}: {answer:?}"
        );
        let mend = format!("DROP TRIGGER fault ON {table}");
        beside.batch_execute(&mend).await.unwrap();
        acts_as_if_never_tried(&store, &take).await;
    }
}

/// One call has the connection, one may wait, the others are told at once.
#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store = open_impatient(&url).await;
    let beside = beside(cluster, &url).await;
    beside
        .batch_execute("BEGIN; LOCK TABLE session IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let load = |number| {
        let store = Arc::clone(&store);
        async move { store.load(&row(number).key, NOW).await }
    };
    let answers = futures::future::join_all((0..6).map(load)).await;
    let refused = answers.iter().filter(|answer| {
        matches!(answer, Err(StoreError::Backend(error)) if error.to_string().contains("waiting for the database"))
    });
    assert_eq!(refused.count(), 4, "{answers:?}");
    let late = answers
        .iter()
        .filter(|answer| matches!(answer, Err(StoreError::Timeout(_))));
    assert_eq!(late.count(), 2, "{answers:?}");
    beside.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(load(1).await.unwrap(), None);
}

/// A browser that goes away does not leave a sign-out half asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_caller_went_away_still_completes() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store = open(&url).await;
    let beside = beside(cluster, &url).await;
    beside
        .batch_execute("BEGIN; LOCK TABLE session IN SHARE MODE")
        .await
        .unwrap();
    let is_held = waiting(url.schema(), "", 1);
    tokio::select! {
        begun = store.begin(row(1), NOW) => panic!("it was not held: {begun:?}"),
        () = until(&beside, &is_held) => {}
    }
    beside.batch_execute("ROLLBACK").await.unwrap();
    let there = async { while store.load(&row(1).key, NOW).await.unwrap().is_none() {} };
    tokio::time::timeout(PATIENCE, there)
        .await
        .expect("it was given up");
}

/// Whatever the database's defaults are: this store's connections are durable, and see what was committed.
#[tokio::test]
async fn settings_of_the_database_weaken_nothing() {
    for (set, expected) in [
        ("off", "on"),
        ("local", "on"),
        ("remote_write", "on"),
        ("remote_apply", "remote_apply"),
    ] {
        let cluster =
            Cluster::start("default_transaction_isolation = 'serializable'\nstatement_timeout = 0\n");
        let url = cluster.url();
        let beside = cluster.connect().await;
        let defaults = format!("ALTER DATABASE postgres SET synchronous_commit TO {set}");
        beside.batch_execute(&defaults).await.unwrap();
        let store = open_with(&url, PostgresSettings::default()).await;
        let check = format!(
            "CREATE FUNCTION {schema}.check_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF current_setting('synchronous_commit') <> '{expected}' \
             OR current_setting('transaction_isolation') <> 'read committed' \
             OR current_setting('statement_timeout') <> '5s' OR current_setting('lock_timeout') <> '5s' \
             OR current_setting('idle_in_transaction_session_timeout') <> '5s' \
             THEN RAISE EXCEPTION 'it is %', current_setting('synchronous_commit'); END IF; RETURN new; END $$; \
             CREATE TRIGGER check_it BEFORE UPDATE ON {schema}.probe FOR EACH ROW EXECUTE FUNCTION {schema}.check_it()",
            schema = url.schema()
        );
        beside.batch_execute(&check).await.unwrap();
        assert!(store.ping().await.is_ok(), "{set}: {:?}", store.ping().await);
    }
}

/// A stranger may send any `sid`, also one that the database could not hold as it is.
#[tokio::test]
async fn text_with_a_nul_is_compared_like_any_other() {
    let store: Arc<dyn Store> = Arc::new(open(&Cluster::shared().url()).await);
    let mut awkward = row(1);
    awkward.sid = Some("a\0b\u{1}".into());
    awkward.sub = "\0".into();
    begun(&store, awkward.clone()).await;
    let mut plain = row(2);
    plain.sid = Some("a\u{1}0b\u{1}".into());
    begun(&store, plain.clone()).await;
    assert_eq!(
        store.list(&awkward.iss, "\0", NOW).await.unwrap(),
        [awkward.head()]
    );
    let taken = store
        .take(&whole(sid_of(&awkward), MarkRule::Sid), NOW)
        .await
        .unwrap();
    assert_eq!(taken.rows, std::slice::from_ref(&awkward));
    assert_eq!(
        store.load_end(&awkward.key, NOW).await.unwrap().unwrap().sub,
        "\0"
    );
    assert_eq!(store.begin(awkward, NOW).await.unwrap(), Begun::Refused);
    assert_eq!(store.load(&plain.key, NOW).await.unwrap(), Some(plain.head()));
}

/// The server's DETAIL of a fault would hold the row.
#[tokio::test]
async fn i16_no_fault_repeats_what_was_written() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store: Arc<dyn Store> = Arc::new(open(&url).await);
    let beside = beside(cluster, &url).await;
    beside
        .batch_execute("ALTER TABLE session ADD CHECK (iss <> iss)")
        .await
        .unwrap();
    let mut secret = row(1);
    secret.sub = "hunter2".into();
    secret.tokens = b"hunter2".to_vec();
    let error = store.begin(secret, NOW).await.unwrap_err();
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(shown.contains("23514"), "the check did not refuse it: {shown}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("68756e74657232"),
        "{shown}"
    );
}
