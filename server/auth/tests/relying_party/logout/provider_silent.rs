//! A provider that shows a page of its own and never sends the browser back (F4.18, F4.19).

use std::time::Duration;

use super::{parameter, provider_url, receipt, sign_out, status, support::App};

#[tokio::test]
async fn f4_19_a_provider_that_refuses_an_expired_hint_leaves_a_truthful_receipt_and_a_way_to_try_again() {
    let app = App::start().await;
    app.script().strict_exp_hint(true);
    let mut browser = app.signed_in("ada").await;
    let sso = browser.provider_cookies.values().next().unwrap().clone();
    // Longer than the ID token is good.
    app.clock.advance(Duration::from_secs(10 * 60));
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    assert!(
        parameter(&url, "id_token_hint").is_some(),
        "the newest there is, expired or not"
    );
    let page = browser.visit_provider(&url).await;
    assert_eq!(page.status, 400, "{}", page.text());
    assert!(app.script().has_session(&sso));
    browser.open("/logged-out").await;
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "unconfirmed"
    );
    assert_eq!(browser.fetch("/api/session").await.status, 401);
    assert_eq!(
        browser.open("/auth/logout/continue").await.status,
        200,
        "it can be tried again"
    );
    let start = browser.open("/auth/login").await;
    assert_eq!(parameter(&start.location(), "prompt").as_deref(), Some("login"));
}

#[tokio::test]
async fn f4_19_a_provider_that_takes_an_expired_hint_ends_its_session() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let sso = browser.provider_cookies.values().next().unwrap().clone();
    app.clock.advance(Duration::from_secs(10 * 60));
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    assert_eq!(browser.visit_provider(&url).await.status, 303);
    assert!(!app.script().has_session(&sso));
}

#[tokio::test]
async fn f4_18_an_error_page_there_blocks_no_login_here() {
    let app = App::start().await;
    // Our address is not registered: the provider must not send anybody to it.
    app.provider
        .set_post_logout_redirect_uris(["https://elsewhere.example/"]);
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    let page = browser.visit_provider(&url).await;
    assert_eq!(page.status, 400, "{}", page.text());
    app.clock.advance(Duration::from_millis(1));
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    // And a sign-out after it begins afresh.
    let again = provider_url(&sign_out(&mut browser, "browser").await);
    assert_ne!(parameter(&again, "state"), parameter(&url, "state"));
}

#[tokio::test]
async fn b3_a_provider_that_returns_another_state_or_none_is_handled_and_not_believed() {
    for wrong in [Some("_INVALID"), None] {
        let app = App::start().await;
        app.script()
            .change_end_session_return(move |parameters| match wrong {
                Some(suffix) => {
                    for (_, value) in parameters.iter_mut() {
                        value.push_str(suffix);
                    }
                }
                None => parameters.clear(),
            });
        let mut browser = app.signed_in("ada").await;
        let url = provider_url(&sign_out(&mut browser, "browser").await);
        let back = browser.visit_provider(&url).await.location();
        let answer = browser.open(&browser.path_here(&back)).await;
        assert!(matches!(answer.status.as_u16(), 200 | 303), "{wrong:?}");
        assert_eq!(browser.open("/logged-out").await.status, 200, "{wrong:?}");
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "unconfirmed",
            "{wrong:?}"
        );
        assert!(browser.cookies.contains_key("exeunt-prompt"), "{wrong:?}");
        assert_eq!(browser.fetch("/api/session").await.status, 401, "{wrong:?}");
    }
}
