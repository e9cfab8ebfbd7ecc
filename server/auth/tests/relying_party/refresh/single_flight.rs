//! One refresh of a session at a time (F5.3, I13): each answer of a provider that rotates is good for one use.

use std::{collections::BTreeSet, sync::Arc};

use exeunt::store::{MemoryStore, SqliteStore, sqlite::SqliteSettings};
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use http::StatusCode;
use tokio::task::JoinSet;

use super::{
    LIFE, TOKEN, key_of, refreshes,
    support::{Answer, App, Browser, FailingStore, every_store},
    tokens_of, using_tokens,
};

/// So many requests at once that need a token.
fn ask_at_once(browser: &Browser, count: usize) -> JoinSet<Answer> {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        let mut browser = browser.clone();
        requests.spawn(async move { browser.fetch(TOKEN).await });
    }
    requests
}

async fn tokens_in(requests: JoinSet<Answer>) -> BTreeSet<String> {
    let answers = requests.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    answers.iter().map(Answer::text).collect()
}

#[tokio::test]
async fn f5_3_i13_requests_that_need_a_refresh_at_the_same_moment_make_one() {
    for named in every_store() {
        let app = using_tokens().store(named.store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        app.clock.advance(LIFE);
        app.script().answer_next(Endpoint::Token, Scripted::hold());
        let requests = ask_at_once(&browser, 20);
        app.script().arrived(Endpoint::Token, 2).await;
        app.script().release();
        let told = tokens_in(requests).await;
        assert_eq!(refreshes(&app), 1, "{}", named.name);
        let stored = tokens_of(&app, &key_of(&browser)).await.access_token;
        assert_eq!(told, BTreeSet::from([stored]), "{}", named.name);
        // The refresh token that came with it is good: nothing was used twice.
        app.clock.advance(LIFE);
        assert_eq!(browser.clone().fetch(TOKEN).await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn f5_3_i13_within_one_process_nobody_even_asks_for_the_lease_twice() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = using_tokens().store(store.clone()).start().await;
    let browser = app.signed_in("ada").await;
    app.clock.advance(LIFE);
    let before = store.claims();
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    let requests = ask_at_once(&browser, 20);
    app.script().arrived(Endpoint::Token, 2).await;
    app.script().release();
    tokens_in(requests).await;
    assert_eq!(store.claims() - before, 1);
}

/// Two instances on one file. The second one's store tells when it was refused the lease.
async fn two_instances(directory: &tempfile::TempDir) -> (App, Browser, Browser, Arc<FailingStore>) {
    let open =
        || Arc::new(SqliteStore::open(directory.path().join("s.db"), SqliteSettings::default()).unwrap());
    let app = using_tokens().store(open()).start().await;
    let first = app.signed_in("ada").await;
    let store = FailingStore::new(open());
    let (_, router) = app.instance(store.clone());
    let second = first.at(router);
    app.clock.advance(LIFE);
    (app, first, second, store)
}

#[tokio::test]
async fn f5_3_i13_two_instances_on_one_store_make_one_refresh() {
    let directory = tempfile::tempdir().unwrap();
    let (app, first, second, store) = two_instances(&directory).await;
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    let mut requests = ask_at_once(&first, 1);
    app.script().arrived(Endpoint::Token, 2).await;
    let mut other = second.clone();
    requests.spawn(async move { other.fetch(TOKEN).await });
    let script = app.script();
    // Refused twice: it waits, and does not go on all the same.
    let waits = async {
        store.claim_refused().await;
        store.claim_refused().await;
    };
    tokio::select! {
        () = waits => {}
        () = script.arrived(Endpoint::Token, 3) => panic!("the second instance refreshed too"),
    }
    app.script().release();
    let told = tokens_in(requests).await;
    assert_eq!(refreshes(&app), 1);
    assert_eq!(
        told,
        BTreeSet::from([tokens_of(&app, &key_of(&first)).await.access_token])
    );
}

#[tokio::test]
async fn i13_an_instance_that_waits_learns_of_a_logout() {
    let directory = tempfile::tempdir().unwrap();
    let (app, first, second, store) = two_instances(&directory).await;
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    let mut requests = ask_at_once(&first, 1);
    app.script().arrived(Endpoint::Token, 2).await;
    let mut other = second.clone();
    requests.spawn(async move { other.fetch(TOKEN).await });
    store.claim_refused().await;
    assert_eq!(
        first.clone().post_json("/api/auth/logout", "{}").await.json()["success"],
        true
    );
    app.script().release();
    for answer in requests.join_all().await {
        super::assert_signed_out(&answer, "after the logout");
    }
}

#[tokio::test]
async fn i13_a_browser_that_leaves_loses_no_tokens() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = using_tokens().store(store.clone()).start().await;
    let browser = app.signed_in("ada").await;
    let before = tokens_of(&app, &key_of(&browser)).await;
    app.clock.advance(LIFE);
    app.script().answer_next(Endpoint::Token, Scripted::hold());
    let mut requests = ask_at_once(&browser, 1);
    app.script().arrived(Endpoint::Token, 2).await;
    requests.shutdown().await;
    app.script().release();
    store.released().await;
    let after = tokens_of(&app, &key_of(&browser)).await;
    assert_ne!(after.refresh_token, before.refresh_token);
    assert_eq!(browser.clone().fetch(TOKEN).await.text(), after.access_token);
    assert_eq!(refreshes(&app), 1);
}
