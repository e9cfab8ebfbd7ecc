//! What becomes of tokens when a silent check ends a session, or gives none, while the person has a second session in another
//! browser: nothing succeeds them, so they are revoked (invariant I4).

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use exeunt::{config::Dialect, logout::outbox};
use exeunt_dev_provider::script::Endpoint;

use super::{check, check_path, end_at_provider, watching, watching_app, watching_with};
use crate::support::{App, Browser, FailingStore, every_store};

/// The access tokens that the provider gives out from now on.
fn given(app: &App) -> Arc<Mutex<Vec<String>>> {
    let given = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&given);
    app.script().change_token_response(move |response| {
        let token = response["access_token"].as_str().unwrap().to_owned();
        kept.lock().unwrap().push(token);
    });
    given
}

async fn work_off(app: &App) {
    app.clock.advance(Duration::from_secs(10));
    outbox::work_once(&app.exeunt).await.unwrap();
}

fn revoked(app: &App) -> Vec<String> {
    app.script()
        .requests(Endpoint::Revocation)
        .iter()
        .filter_map(|request| request.parameter("token"))
        .collect()
}

async fn receipt_line(browser: &mut Browser, layer: &str) -> (String, String) {
    let receipt = browser.fetch("/api/auth/receipt").await.json();
    let lines = receipt["layers"].as_array().unwrap();
    let line = lines.iter().find(|line| line["layer"] == layer).unwrap();
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    (text("status"), text("detail"))
}

#[tokio::test]
async fn i4_f7_10_the_tokens_of_a_session_that_a_check_ended_are_revoked_though_another_lives() {
    let app = watching_app().await;
    let mut second = app.signed_in("ada").await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, &browser);
    check(&app, &mut browser).await;
    for layer in ["refresh_token", "access_token"] {
        assert_eq!(receipt_line(&mut browser, layer).await.0, "ended", "{layer}");
    }
    assert_eq!(app.script().count(Endpoint::Revocation), 2);
    assert_eq!(second.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i4_f7_10_where_the_provider_revokes_whole_grants_they_are_kept_and_the_receipt_says_so() {
    let app = watching_with(App::builder(), |settings| {
        settings.provider.dialect = Dialect::Google;
    })
    .await;
    let mut second = app.signed_in("ada").await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, &browser);
    check(&app, &mut browser).await;
    for layer in ["refresh_token", "access_token"] {
        let (status, detail) = receipt_line(&mut browser, layer).await;
        assert_eq!(status, "kept", "{layer}");
        assert!(detail.contains("could end your other sessions here"), "{detail}");
    }
    assert_eq!(app.script().count(Endpoint::Revocation), 0);
    assert_eq!(second.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i4_the_tokens_of_a_check_that_came_after_a_sign_out_are_revoked_though_another_session_lives() {
    let app = watching_app().await;
    let mut second = app.signed_in("ada").await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    let mut returning = browser.clone();
    let callback = returning.sign_in_until_callback(&path).await;
    browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
    let given = given(&app);
    returning.open(&callback).await;
    work_off(&app).await;
    let late = given.lock().unwrap().remove(0);
    assert!(revoked(&app).contains(&late), "{late}");
    assert_eq!(second.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i4_i02_the_tokens_of_a_check_that_is_undone_are_revoked_though_another_session_lives() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = watching(App::builder().store(store.clone())).await;
        let mut second = app.signed_in("ada").await;
        let mut browser = app.signed_in("ada").await;
        let mut tab = browser.clone();
        let path = check_path(&app, &browser).await;
        let given = given(&app);
        let gate = store.hold_take();
        let checking = tokio::spawn(async move { browser.sign_in(&path).await });
        gate.entered.notified().await;
        tab.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
        gate.go_on.notify_one();
        assert_eq!(checking.await.unwrap().location(), "/logged-out");
        work_off(&app).await;
        let late = given.lock().unwrap().remove(0);
        assert!(revoked(&app).contains(&late), "{}", named.name);
        assert_eq!(second.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}
