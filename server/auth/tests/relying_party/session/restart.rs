//! A restart of the server, on a store that lasts (F3.14).

use std::{path::Path, sync::Arc};

use exeunt::store::{MarkRule, Selector, SqliteStore, Store, Take, sqlite::SqliteSettings};

use super::support::{App, Browser};

fn open(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path, SqliteSettings::default()).unwrap())
}

/// Restarts the app; the browser keeps its cookies.
fn restart(app: App, browser: Browser, path: &Path) -> (App, Browser) {
    let (cookies, provider_cookies) = (browser.cookies.clone(), browser.provider_cookies.clone());
    // It holds the old router, and with it the old store.
    drop(browser);
    let app = app.restarted(|| open(path));
    let mut browser = app.browser();
    browser.cookies = cookies;
    browser.provider_cookies = provider_cookies;
    (app, browser)
}

#[tokio::test]
async fn f3_14_a_session_and_its_data_outlast_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    let mut browser = app.signed_in("ada").await;
    browser.post_json("/api/notes", "milk").await;
    let before = browser.fetch("/api/session").await.json();
    let (_app, mut browser) = restart(app, browser, &path);
    assert_eq!(browser.fetch("/api/session").await.json(), before);
    assert_eq!(browser.fetch("/api/notes").await.text(), "milk");
}

#[tokio::test]
async fn f3_14_after_a_restart_a_session_is_found_by_the_providers_session_id() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    let browser = app.signed_in("ada").await;
    let sid = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap()[0]
        .sid
        .clone()
        .unwrap();
    let (app, mut browser) = restart(app, browser, &path);
    let selector = Selector::Sid {
        iss: app.provider.issuer(),
        sid,
        sub: None,
    };
    let taken = app
        .store
        .take(&Take::new(selector, MarkRule::Sid), app.now())
        .await
        .unwrap()
        .rows;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].sub, "ada");
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}

#[tokio::test]
async fn f3_14_i2_an_ended_session_stays_ended_after_a_restart_and_its_receipt_is_still_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    let mut browser = app.signed_in("ada").await;
    let (name, raw) = browser.session_cookie().unwrap();
    browser.post_json("/api/auth/logout", "{}").await;
    let receipt = browser.fetch("/api/auth/receipt").await.json();
    let (_app, mut browser) = restart(app, browser, &path);
    assert_eq!(browser.fetch("/api/auth/receipt").await.json(), receipt);
    browser.cookies.insert(name, raw);
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}

#[tokio::test]
async fn f3_14_i2_a_login_that_was_in_flight_at_an_everywhere_logout_is_refused_after_a_restart_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    let mut other = app.browser();
    let callback = other.sign_in_until_callback("/auth/login").await;
    let mut browser = app.signed_in("ada").await;
    browser
        .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
        .await;
    drop(browser);
    let (app, mut other) = restart(app, other, &path);
    let answer = other.open(&callback).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(
        app.store
            .list(&app.provider.issuer(), "ada", app.now())
            .await
            .unwrap(),
        []
    );
}
