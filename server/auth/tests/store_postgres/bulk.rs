//! Very many sessions at once.

use std::collections::BTreeSet;

use exeunt::store::{
    Store,
    suite::fixture::{ISSUER, row},
};

use super::*;

const MANY: u32 = 10_000;

/// Ten thousand sessions of one person, with tokens of two kilobytes.
async fn crowd(cluster: &Cluster, url: &PostgresUrl) {
    let fill = format!(
        "INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, \
         absolute_expires_at, login_started_at, device, identity, tokens) \
         SELECT sha256(number::text::bytea), 'crowd-' || number, '{ISSUER}', 'crowd', 'crowd-' || number, {now}, {now}, \
         {then}, {then}, {now}, 'device', repeat('i', 300)::bytea, repeat('t', 2000)::bytea \
         FROM generate_series(1, {MANY}) AS number; ANALYZE session",
        now = NOW.millis(),
        then = (NOW + IDLE).millis(),
    );
    beside(cluster, url).await.batch_execute(&fill).await.unwrap();
}

fn everyone() -> Selector {
    Selector::Subject {
        iss: ISSUER.into(),
        sub: "crowd".into(),
        started_by: None,
    }
}

/// In one step, within the time of a call, whichever marks it leaves; and each end is told once.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_sessions_end_in_one_call() {
    for rule in [MarkRule::Subject, MarkRule::Sid] {
        let cluster = Cluster::start("log_min_duration_statement = 0\nlog_min_messages = log\n");
        let url = cluster.url();
        let store = open_with(&url, PostgresSettings::default()).await;
        crowd(&cluster, &url).await;
        store.begin(row(1), NOW).await.unwrap();
        let statements = || cluster.log().matches("  execute ").count();
        let before = statements();
        let taken = store.take(&whole(everyone(), rule), NOW).await.unwrap();
        assert_eq!(taken.rows.len(), MANY as usize);
        assert!(taken.rows.iter().all(|row| row.tokens.len() == 2000));
        let executed = statements() - before;
        assert!((3..12).contains(&executed), "it took {executed} statements");
        assert!(store.load(&row(1).key, NOW).await.unwrap().is_some());

        let (mut place, mut told) = (0, BTreeSet::new());
        loop {
            let page = store.ends_after(place, 500).await.unwrap();
            let Some(last) = page.last() else { break };
            place = last.seq;
            told.extend(page.iter().map(|end| end.key));
        }
        assert_eq!(told.len(), MANY as usize);
        let queued = store
            .lease_outbox(exeunt::store::Lease::Due(MANY * 2), NOW + IDLE, NOW)
            .await
            .unwrap();
        assert_eq!(queued.len(), MANY as usize);
    }
}

/// Batch after batch, until nothing is left.
#[tokio::test]
async fn sweep_counts_what_it_removed_however_much_it_is() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let store = open(&url).await;
    let fill = "INSERT INTO claim SELECT 'jti', sha256(number::text::bytea), 5 FROM generate_series(1, 2500) AS number; \
        INSERT INTO pending SELECT sha256(number::text::bytea), 5, '' FROM generate_series(1, 1000) AS number";
    beside(cluster, &url).await.batch_execute(fill).await.unwrap();
    assert_eq!(store.sweep(NOW).await.unwrap(), 3500);
    assert_eq!(store.sweep(NOW).await.unwrap(), 0);
}

/// The statements that every request needs reach their row by an index, however many there are.
#[tokio::test]
async fn i14_the_cost_of_a_call_does_not_grow_with_the_number_of_sessions() {
    let cluster = Cluster::start(
        "session_preload_libraries = auto_explain\nauto_explain.log_min_duration = 0\n\
        auto_explain.log_nested_statements = on\nlog_min_messages = log\nlog_min_duration_statement = -1\n",
    );
    let url = cluster.url();
    let store: Arc<dyn Store> = Arc::new(open(&url).await);
    crowd(&cluster, &url).await;
    // Each statement is planned anew some times before a plan is kept.
    for number in 0..8 {
        let mut row = row(number);
        row.data = Some(b"data".to_vec());
        store.begin(row.clone(), NOW).await.unwrap();
        store.load(&row.key, NOW).await.unwrap();
        store.load_tokens(&row.key, NOW).await.unwrap();
        store.load_data(&row.key, NOW).await.unwrap();
        store.touch(&row.key, NOW + IDLE, NOW).await.unwrap();
        store
            .update(&row.key, exeunt::store::Change::default(), NOW)
            .await
            .unwrap();
        store.list(&row.iss, &row.sub, NOW).await.unwrap();
        store
            .list_by_sid(&row.iss, row.sid.as_deref().unwrap(), NOW)
            .await
            .unwrap();
        let sid = Selector::Sid {
            iss: row.iss.clone(),
            sid: row.sid.clone().unwrap(),
            sub: Some(exeunt::store::SidSubject {
                sub: row.sub.clone(),
                nameless_started_by: Some(NOW),
            }),
        };
        let person = exeunt::store::suite::fixture::person_of(&row);
        let public_id = Selector::PublicId {
            public_id: row.public_id.clone(),
            whose: None,
        };
        for selector in [
            sid,
            Selector::Key(row.key),
            person,
            public_id,
            Selector::Expired { limit: 9 },
        ] {
            store.take(&whole(selector, MarkRule::Sid), NOW).await.unwrap();
        }
    }
    let log = cluster.log();
    assert!(log.contains("Index Scan"), "nothing was explained: {log}");
    let bad: Vec<_> = log
        .split("Query Text: ")
        .filter(|plan| plan.contains("Seq Scan on session") && !plan.contains("generate_series"))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
