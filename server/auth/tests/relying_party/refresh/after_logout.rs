//! A refresh that completes after its session ended (F3.12, I13): it revives nothing, and its tokens are revoked.

use std::sync::Arc;

use exeunt::store::{MarkRule, MemoryStore, Selector, Take};
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};

use super::{
    Issued, LIFE, TOKEN, assert_dead, assert_signed_out, key_of, revoked,
    support::{App, Browser, Call, FailingStore, every_store},
    tokens_of, using_tokens, work_off,
};

/// Ends the session of this browser in some way.
async fn end(how: &str, app: &App, browser: &Browser) {
    let everywhere = r#"{"scope":"everywhere"}"#;
    match how {
        "logout" => {
            let answer = browser.clone().post_json("/api/auth/logout", "{}").await;
            assert_eq!(answer.json()["success"], true);
        }
        "everywhere, from elsewhere" => {
            let mut other = app.signed_in("ada").await;
            let answer = other.post_json("/api/auth/logout", everywhere).await;
            assert_eq!(answer.json()["success"], true);
        }
        _ => {
            let take = Take::new(Selector::Key(key_of(browser)), MarkRule::None);
            assert_eq!(app.store.take(&take, app.now()).await.unwrap().rows.len(), 1);
        }
    }
}

#[tokio::test]
async fn f3_12_i13_i2_a_refresh_that_completes_after_a_logout_revives_nothing_and_its_tokens_are_revoked() {
    for named in every_store() {
        for how in ["logout", "everywhere, from elsewhere", "the store alone"] {
            let what = format!("{how}, {}", named.name);
            let app = using_tokens().store(named.store.clone()).start().await;
            let browser = app.signed_in("ada").await;
            let first = app.script().count(Endpoint::Token);
            app.clock.advance(LIFE);
            let issued = Issued::watch(&app);
            app.script().answer_next(Endpoint::Token, Scripted::hold());
            let mut user = browser.clone();
            let request = tokio::spawn(async move { user.fetch(TOKEN).await });
            app.script().arrived(Endpoint::Token, first + 1).await;
            let new = issued.tokens();
            assert_eq!(new.len(), 2, "{what}");
            end(how, &app, &browser).await;
            assert_dead(&app, &browser, &what).await;
            app.script().release();
            assert_signed_out(&request.await.unwrap(), &what);
            assert_dead(&app, &browser, &what).await;
            work_off(&app).await;
            assert!(revoked(&app).is_superset(&new), "{what}: {:?}", revoked(&app));
        }
    }
}

#[tokio::test]
async fn i13_a_store_that_stumbles_loses_no_tokens() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = using_tokens().store(store.clone()).start().await;
    let mut browser = app.signed_in("ada").await;
    let old = tokens_of(&app, &key_of(&browser)).await;
    app.clock.advance(LIFE);
    store.fail_once(Call::Update);
    let answer = browser.fetch(TOKEN).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_ne!(
        tokens_of(&app, &key_of(&browser)).await.refresh_token,
        old.refresh_token
    );
}
