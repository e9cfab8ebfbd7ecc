//! After a back-channel end the browser may still, by POST logout with its dead cookie and for ten minutes, learn where the
//! provider's session is ended, and nothing else (the exception of invariant I3).

use std::time::Duration;

use exeunt::{
    audit::Caller,
    logout::{Ending, Reason, ending, view::logged_out_view},
    store::{MarkRule, RETENTION, Selector},
};
use http::{HeaderMap, HeaderValue, header};

use super::{
    parameter, provider_url, sign_out, status,
    support::{App, Browser, every_store},
};

async fn end_at_provider(app: &App, reason: Reason) {
    let selector = Selector::Subject {
        iss: app.provider.issuer(),
        sub: "ada".to_owned(),
        started_by: None,
    };
    let ending = Ending::new(selector, MarkRule::Subject, reason, Caller::none());
    let ended = ending::carry_out(&app.exeunt, ending).await.unwrap();
    assert_eq!(ended.rows.len(), 1);
}

fn cookies_of(browser: &Browser) -> HeaderMap {
    let line = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("; ");
    HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&line).unwrap())])
}

#[tokio::test]
async fn i03_after_a_back_channel_end_only_a_post_logout_learns_the_providers_url_and_once() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let dead = browser.clone();
        end_at_provider(&app, Reason::BackChannel).await;
        assert_eq!(
            dead.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
        let answer = sign_out(&mut browser, "browser").await;
        let body = answer.json();
        assert_eq!(body["success"], true, "{}", named.name);
        assert_eq!(status(&body["receipt"], "app_session").as_deref(), Some("ended"));
        assert_eq!(
            status(&body["receipt"], "provider_session").as_deref(),
            Some("unconfirmed")
        );
        let url = provider_url(&answer);
        assert!(parameter(&url, "id_token_hint").is_some(), "{}", named.name);
        assert_eq!(
            dead.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
        let again = sign_out(&mut dead.clone(), "browser").await.json();
        assert_eq!(again.get("front_channel_logout_url"), None, "{}", named.name);
    }
}

#[tokio::test]
async fn i03_the_exception_lasts_ten_minutes() {
    for (later, expected) in [(RETENTION - Duration::from_millis(1), true), (RETENTION, false)] {
        let app = App::start().await;
        let mut browser = app.signed_in("ada").await;
        end_at_provider(&app, Reason::BackChannel).await;
        app.clock.advance(later);
        let body = sign_out(&mut browser, "browser").await.json();
        assert_eq!(
            body.get("front_channel_logout_url").is_some(),
            expected,
            "{later:?}"
        );
    }
}

#[tokio::test]
async fn i03_an_operators_end_leaves_no_exception() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, Reason::Operator).await;
    let body = sign_out(&mut browser, "browser").await.json();
    assert_eq!(body.get("front_channel_logout_url"), None);
}

#[tokio::test]
async fn the_page_offers_it_and_keeps_the_cookie_that_it_needs() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let headers = cookies_of(&browser);
    assert!(
        !logged_out_view(&app.exeunt, &headers)
            .await
            .unwrap()
            .ended_by_provider
    );
    end_at_provider(&app, Reason::BackChannel).await;
    let answer = browser.open("/logged-out").await;
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    assert!(
        logged_out_view(&app.exeunt, &headers)
            .await
            .unwrap()
            .ended_by_provider
    );
    sign_out(&mut browser, "browser").await;
    assert!(
        !logged_out_view(&app.exeunt, &headers)
            .await
            .unwrap()
            .ended_by_provider
    );
}
