//! A refreshed ID token with another session id of the provider (F5.5).

use std::time::Duration;

use exeunt::store::{MarkRule, Selector, SessionHead, Take};
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use serde_json::json;

use super::{
    LIFE, MINUTE, TOKEN, assert_dead, head_of, key_of,
    support::{App, Browser, answer_of, every_store},
    using_tokens, work_off,
};

const NEW: &str = "the new one";

/// A session whose provider gave it another sid by a refresh, and the sid it had.
async fn with_new_sid(store: std::sync::Arc<dyn exeunt::store::Store>) -> (App, Browser, String) {
    let app = using_tokens().store(store).start().await;
    let mut browser = app.signed_in("ada").await;
    let old = head_of(&app, &key_of(&browser)).await.unwrap().sid.unwrap();
    app.script().change_id_token_claims(|claims| {
        claims.insert("sid".to_owned(), json!(NEW));
    });
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    (app, browser, old)
}

async fn listed(app: &App, sid: &str) -> Vec<SessionHead> {
    let iss = app.provider.issuer();
    app.store.list_by_sid(&iss, sid, app.now()).await.unwrap()
}

async fn end(app: &App, sid: &str) -> usize {
    let selector = Selector::Sid {
        iss: app.provider.issuer(),
        sid: sid.to_owned(),
        sub: None,
    };
    let take = Take::new(selector, MarkRule::Sid);
    app.store.take(&take, app.now()).await.unwrap().rows.len()
}

#[tokio::test]
async fn f5_5_either_sid_ends_the_session_for_five_minutes() {
    for use_new in [true, false] {
        for named in every_store() {
            let what = format!("{}, the new one: {use_new}", named.name);
            let (app, browser, old) = with_new_sid(named.store.clone()).await;
            app.clock.advance(5 * MINUTE - Duration::from_millis(1));
            let sid = if use_new { NEW } else { &*old };
            assert_eq!(listed(&app, sid).await.len(), 1, "{what}");
            assert_eq!(end(&app, sid).await, 1, "{what}");
            assert_dead(&app, &browser, &what).await;
        }
    }
}

#[tokio::test]
async fn f5_5_after_five_minutes_the_old_sid_ends_nothing_and_the_new_one_does() {
    for named in every_store() {
        let (app, browser, old) = with_new_sid(named.store.clone()).await;
        app.clock.advance(5 * MINUTE);
        assert_eq!(listed(&app, &old).await, [], "{}", named.name);
        assert_eq!(end(&app, &old).await, 0, "{}", named.name);
        assert_eq!(
            browser.clone().fetch("/api/session").await.status,
            200,
            "{}",
            named.name
        );
        assert_eq!(end(&app, NEW).await, 1, "{}", named.name);
        assert_dead(&app, &browser, named.name).await;
    }
}

#[tokio::test]
async fn f5_5_the_same_sid_and_none_change_nothing() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let before = head_of(&app, &key_of(&browser)).await.unwrap().sid;
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    app.script().change_id_token_claims(|claims| {
        claims.remove("sid");
    });
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    assert_eq!(app.script().count(Endpoint::Token), 3);
    assert_eq!(head_of(&app, &key_of(&browser)).await.unwrap().sid, before);
    assert_eq!(listed(&app, &before.unwrap()).await.len(), 1);
}

/// The provider says that this session of its own has ended.
async fn logout_token_for(app: &App, sid: &str) -> u16 {
    let raw = app.script().logout_token(Some("ada"), Some(sid));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &raw)
        .finish();
    let request = http::Request::post("/auth/backchannel-logout")
        .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(form))
        .unwrap();
    answer_of(&app.router(), request).await.status.as_u16()
}

/// The provider ends the session that it has just renamed; the answer that tells us of the name is still on its way.
#[tokio::test]
async fn f5_5_i2_a_sid_that_ends_before_the_refresh_that_brings_it_is_through_ends_the_session() {
    for named in every_store() {
        let app = using_tokens().store(named.store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        app.script().change_id_token_claims(|claims| {
            claims.insert("sid".to_owned(), json!(NEW));
        });
        app.clock.advance(LIFE);
        app.script().answer_next(Endpoint::Token, Scripted::hold());
        let mut asking = browser.clone();
        let asked = tokio::spawn(async move { asking.fetch(TOKEN).await.status.as_u16() });
        app.script().arrived(Endpoint::Token, 2).await;
        assert_eq!(logout_token_for(&app, NEW).await, 200, "{}", named.name);
        app.script().release();
        assert_eq!(asked.await.unwrap(), 401, "{}", named.name);
        assert_eq!(
            browser.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
        assert_eq!(listed(&app, NEW).await, [], "{}", named.name);
        work_off(&app).await;
        assert_eq!(app.script().live_tokens(), Vec::<String>::new(), "{}", named.name);
    }
}

#[tokio::test]
async fn f5_5_a_logout_token_with_the_former_sid_ends_the_session_for_five_minutes_and_no_longer() {
    for (later, ends) in [
        (Duration::ZERO, true),
        (5 * MINUTE - Duration::from_millis(1), true),
        (5 * MINUTE, false),
    ] {
        for named in every_store() {
            let what = format!("{later:?} later, {}", named.name);
            let (app, browser, old) = with_new_sid(named.store.clone()).await;
            app.clock.advance(later);
            assert_eq!(logout_token_for(&app, &old).await, 200, "{what}");
            if ends {
                // Its cookie stays for a while: a sign-out can still use it (invariant I3).
                assert_eq!(browser.clone().fetch("/api/session").await.status, 401, "{what}");
            } else {
                assert_eq!(browser.clone().fetch("/api/session").await.status, 200, "{what}");
                assert_eq!(logout_token_for(&app, NEW).await, 200, "{what}");
                // Its cookie stays for a while: a sign-out can still use it (invariant I3).
                assert_eq!(browser.clone().fetch("/api/session").await.status, 401, "{what}");
            }
        }
    }
}
