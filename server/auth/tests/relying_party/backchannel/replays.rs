//! A token that comes again.

use std::{path::Path, sync::Arc, time::Duration};

use exeunt::store::{MemoryStore, SqliteStore, Store, sqlite::SqliteSettings};

use super::{
    steps::{assert_accepted, assert_refused, is_alive, publish, send, send_to, sid_of, start},
    support::{App, Logs, every_store},
    token::Desk,
};

fn open(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path, SqliteSettings::default()).unwrap())
}

#[tokio::test]
async fn f1_27_f1_28_a_token_that_comes_again_is_a_success_and_acts_on_nothing() {
    let app = start().await;
    let first = app.signed_in("ada").await;
    let raw = Desk::of(&app, &first).await.token().without("sid").sign();
    assert_accepted(&app, &raw).await;
    assert!(!is_alive(&app, &first).await);
    // They sign in again, well within the minute in which another token would still end it.
    app.clock.advance(Duration::from_millis(1));
    let again = app.signed_in("ada").await;
    assert_accepted(&app, &raw).await;
    assert!(is_alive(&app, &again).await);
    let another = Desk::of(&app, &again).await.token().claim("jti", "another");
    assert_accepted(&app, &another.without("sid").sign()).await;
    assert!(!is_alive(&app, &again).await, "another token would");
}

#[tokio::test]
async fn f1_28_with_the_same_sid_too() {
    let app = start().await;
    let mut browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    let raw = desk.token().sign();
    assert_accepted(&app, &raw).await;
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    assert_eq!(
        sid_of(&app, &browser).await,
        desk.sid,
        "the same provider session"
    );
    assert_accepted(&app, &raw).await;
    assert!(is_alive(&app, &browser).await);
    // Another token for it is another word.
    assert_accepted(&app, &desk.token().sign()).await;
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_27_a2_25_where_id_tokens_have_no_sid_too() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        publish(&app);
        app.script().change_id_token_claims(|claims| {
            claims.remove("sid");
        });
        let first = app.signed_in("ada").await;
        let raw = Desk::about_nobody(&app).token().sign();
        assert_accepted(&app, &raw).await;
        assert!(!is_alive(&app, &first).await, "{}", named.name);
        app.clock.advance(Duration::from_secs(5));
        let again = app.signed_in("ada").await;
        app.clock.advance(Duration::from_secs(5));
        assert_accepted(&app, &raw).await;
        assert!(is_alive(&app, &again).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f1_27_what_came_is_known_to_every_instance() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        publish(&app);
        let mut browser = app.signed_in("ada").await;
        let raw = Desk::of(&app, &browser).await.token().sign();
        let (_, elsewhere) = app.instance(named.store.clone());
        assert_eq!(send_to(&elsewhere, &raw).await.status, 200, "{}", named.name);
        assert!(!is_alive(&app, &browser).await, "{}", named.name);
        app.clock.advance(Duration::from_secs(1));
        browser.sign_in("/auth/login").await;
        assert_accepted(&app, &raw).await;
        assert!(is_alive(&app, &browser).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f1_27_what_came_is_known_to_another_store_on_the_same_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    publish(&app);
    let mut browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    let raw = desk.token().sign();
    let (_, elsewhere) = app.instance(open(&path));
    assert_eq!(send_to(&elsewhere, &raw).await.status, 200);
    assert!(!is_alive(&app, &browser).await);
    app.clock.advance(Duration::from_secs(1));
    browser.sign_in("/auth/login").await;
    assert_eq!(
        sid_of(&app, &browser).await,
        desk.sid,
        "the same provider session"
    );
    assert_accepted(&app, &raw).await;
    assert_eq!(send_to(&elsewhere, &raw).await.status, 200);
    assert!(is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_27_what_came_is_known_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    publish(&app);
    let browser = app.signed_in("ada").await;
    let raw = Desk::of(&app, &browser).await.token().without("sid").sign();
    assert_accepted(&app, &raw).await;
    assert!(!is_alive(&app, &browser).await);
    app.clock.advance(Duration::from_millis(1));
    let before = app.signed_in("ada").await;
    let cookies = before.cookies.clone();
    drop((browser, before));
    let app = app.restarted(|| open(&path));
    let mut before = app.browser();
    before.cookies = cookies;
    let after = app.signed_in("ada").await;
    assert_accepted(&app, &raw).await;
    for browser in [&before, &after] {
        assert!(is_alive(&app, browser).await);
    }
}

#[tokio::test]
async fn f1_27_one_jti_of_two_tokens_counts_once() {
    let app = start().await;
    let (one, other) = (app.signed_in("ada").await, app.signed_in("ada").await);
    let first = Desk::of(&app, &one).await.token().claim("jti", "bWJq");
    let second = Desk::of(&app, &other).await.token().claim("jti", "bWJq");
    assert_accepted(&app, &first.sign()).await;
    assert_accepted(&app, &second.sign()).await;
    assert!(is_alive(&app, &other).await, "a jti is good for one token");
}

#[tokio::test]
async fn f1_27_a_refused_token_uses_no_jti_up() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let token = Desk::of(&app, &browser).await.token();
    assert_refused(&app, &token.clone().claim("nonce", "n").sign()).await;
    assert_refused(&app, &token.clone().header("kid", "second").sign()).await;
    assert_accepted(&app, &token.sign()).await;
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_29_what_is_remembered_goes_when_its_tokens_are_too_old() {
    let store = Arc::new(MemoryStore::new());
    let app = App::builder().store(store.clone()).start().await;
    publish(&app);
    let desk = Desk::about_nobody(&app);
    for _ in 0..20 {
        assert_accepted(&app, &desk.token().sign()).await;
    }
    // Each left its jti, and all of them one mark for the sid.
    app.clock.advance(Duration::from_secs(120 + 60 + 59));
    assert_eq!(
        store.sweep(app.now()).await.unwrap(),
        0,
        "an instance whose clock is behind would still accept their tokens"
    );
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(store.sweep(app.now()).await.unwrap(), 20);
}

#[tokio::test]
async fn f1_46_fifty_at_once_end_one_set_of_sessions() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        publish(&app);
        let mut browsers = Vec::new();
        for _ in 0..3 {
            browsers.push(app.signed_in("ada").await);
        }
        let raw = Desk::about_nobody(&app).token().without("sid").sign();
        let (logs, guard) = Logs::capture();
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (router, raw) = (app.router(), raw.clone());
            calls.spawn(async move { send_to(&router, &raw).await.status.as_u16() });
        }
        assert_eq!(calls.join_all().await, vec![200; 50], "{}", named.name);
        drop(guard);
        let ends = logs.text().matches("event=\"end\"").count();
        assert_eq!(ends, 3, "{}: each session ended once", named.name);
        for browser in &browsers {
            assert!(!is_alive(&app, browser).await, "{}", named.name);
        }
    }
}

#[tokio::test]
async fn f1_46_i16_no_log_line_holds_a_token_or_a_sid() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    let (good, bad) = (desk.token().sign(), desk.token().claim("nonce", "n").sign());
    let (logs, guard) = Logs::capture();
    assert_eq!(send(&app, &bad).await.status, 400);
    assert_eq!(send(&app, &good).await.status, 200);
    drop(guard);
    let text = logs.text();
    assert!(
        text.contains("a logout token was not acted on") && text.contains("nonce"),
        "{text}"
    );
    for raw in [&good, &bad] {
        for part in raw.split('.') {
            assert!(!text.contains(part), "{text}");
        }
    }
    assert!(!text.contains(&desk.sid) && !text.contains("jti-"), "{text}");
}
