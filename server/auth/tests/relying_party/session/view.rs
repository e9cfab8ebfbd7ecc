//! `GET /api/session`: the session as the browser may know it.

use std::sync::Arc;

use exeunt::store::MemoryStore;
use serde_json::json;

use super::{
    MINUTE, SIGNED_OUT,
    support::{App, Call, FailingStore},
};

#[tokio::test]
async fn it_has_every_field_of_the_contract_and_no_other() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now().seconds();
    app.clock.advance(MINUTE);
    let answer = browser.fetch("/api/session").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type").unwrap(), "application/json");
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    assert_eq!(
        answer.json(),
        json!({
            "user_id": "ada",
            "email": "ada@example.com",
            "name": "Ada Example",
            "roles": ["admin", "user"],
            "request_id": null,
            "auth_enabled": true,
            "session_expires_at": begun + 30 * 60,
            "idle_expires_at": begun + 30 * 60,
            "absolute_expires_at": begun + 12 * 3600,
            "now": begun + 60,
        })
    );
}

#[tokio::test]
async fn nobody_gets_401_with_the_body_of_the_contract_to_the_letter() {
    let app = App::start().await;
    let answer = app.browser().fetch("/api/session").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.text(), SIGNED_OUT);
    assert_eq!(answer.header("content-type").unwrap(), "application/json");
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    assert_eq!(answer.set_cookies(), Vec::<String>::new(), "nothing to remove");
}

#[tokio::test]
async fn i17_a_store_that_is_down_is_503_and_never_signed_out() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut browser = app.signed_in("ada").await;
    store.fail(&[Call::Any]);
    for path in ["/api/session", "/account"] {
        let answer = browser.fetch(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.json()["detail"]["error"], "session_unavailable", "{path}");
        assert_eq!(
            answer.set_cookies(),
            Vec::<String>::new(),
            "{path}: the session may well be alive"
        );
    }
    assert_eq!(browser.post_json("/api/auth/extend", "{}").await.status, 503);
    // What needs no session is served all the same.
    assert_eq!(browser.open("/").await.status, 200);
    store.mend();
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i17_a_store_that_is_down_is_told_by_readyz_and_not_by_healthz() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut browser = app.browser();
    for (down, status, told) in [(false, 200, "ok"), (true, 503, "down"), (false, 200, "ok")] {
        store.fail(if down { &[Call::Any] } else { &[] });
        let ready = browser.fetch("/readyz").await;
        assert_eq!(ready.status, status);
        assert_eq!(ready.json(), json!({"store": told, "provider": "ok"}));
        let alive = browser.fetch("/healthz").await;
        assert_eq!((alive.status.as_u16(), alive.text()), (200, "ok".into()));
    }
}

#[tokio::test]
async fn i17_app_data_that_could_not_be_written_is_not_reported_as_written() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut browser = app.signed_in("ada").await;
    store.fail(&[Call::Update]);
    let answer = browser.post_json("/api/notes", "milk").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    store.mend();
    assert_eq!(browser.fetch("/api/notes").await.text(), "");
}
