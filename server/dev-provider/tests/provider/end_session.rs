//! RP-initiated logout.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use exeunt_dev_provider::DevProvider;

use crate::browser::{Answered, Browser};
use crate::relying_party::{
    CLIENT_ID, LOGGED_OUT, advance_clock, authorize, provider, sign_in, text, tokens,
};

async fn id_token(browser: &Browser, sub: &str) -> String {
    text(&tokens(browser, sub).await, "id_token").to_owned()
}

async fn end_session(browser: &Browser, parameters: &[(&str, &str)]) -> Answered {
    browser.get("/end_session", parameters).await
}

async fn is_signed_in(browser: &Browser) -> bool {
    authorize(browser, &[("prompt", "none")])
        .await
        .returned("code")
        .is_some()
}

#[tokio::test]
async fn a_good_hint_ends_the_session_and_returns_with_state() {
    let browser = provider();
    let hint = id_token(&browser, "ada").await;
    let request = [
        ("id_token_hint", hint.as_str()),
        ("client_id", CLIENT_ID),
        ("post_logout_redirect_uri", LOGGED_OUT),
        ("state", "a&b c"),
        ("ui_locales", "de en"),
    ];
    let answer = end_session(&browser, &request).await;
    assert_eq!(
        answer.location().as_str(),
        "http://localhost:3000/logged-out?from=op&state=a%26b+c"
    );
    assert_eq!(browser.cookie(), None);
    assert!(!is_signed_in(&browser).await);
    let again = end_session(&browser, &request).await;
    assert_eq!(
        again.returned("state").as_deref(),
        Some("a&b c"),
        "a second time is no error"
    );
}

#[tokio::test]
async fn the_old_cookie_is_dead_after_the_logout() {
    let router = crate::relying_party::shared().router();
    let (browser, thief) = (Browser::new(router.clone()), Browser::new(router));
    let hint = id_token(&browser, "ada").await;
    let stolen = browser.cookie().unwrap();
    end_session(&browser, &[("id_token_hint", &hint)]).await;
    let request = axum::extract::Request::get("/")
        .header("host", "localhost")
        .header("cookie", format!("{}={stolen}", exeunt_dev_provider::SSO_COOKIE));
    let status = thief.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert!(status.body.contains("Nobody is signed in"));
}

#[tokio::test]
async fn an_expired_hint_is_as_good() {
    let browser = provider();
    let hint = id_token(&browser, "ada").await;
    advance_clock(3_600);
    let answer = end_session(
        &browser,
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", LOGGED_OUT)],
    )
    .await;
    assert_eq!(answer.location().as_str(), LOGGED_OUT);
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_post_with_the_cookie_ends_the_session() {
    let browser = provider();
    let hint = id_token(&browser, "ada").await;
    let form = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", LOGGED_OUT),
    ];
    let answer = browser
        .post("/end_session", &form, &[("sec-fetch-site", "cross-site")])
        .await;
    assert_eq!(answer.location().as_str(), LOGGED_OUT);
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_post_from_another_site_goes_on_with_a_get_that_brings_the_cookie() {
    let router = crate::relying_party::shared().router();
    let (browser, without_cookie) = (Browser::new(router.clone()), Browser::new(router));
    let hint = id_token(&browser, "ada").await;
    let form = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", LOGGED_OUT),
        ("state", "s"),
    ];
    let kept = without_cookie
        .post("/end_session", &form, &[("sec-fetch-site", "cross-site")])
        .await;
    let next = kept.location();
    assert!(
        kept.header("location")
            .starts_with("/end_session/continue?request="),
        "{next}"
    );
    let query: Vec<(String, String)> = next.query_pairs().into_owned().collect();
    let answer = browser.get(next.path(), &[("request", &query[0].1)]).await;
    assert_eq!(answer.returned("state").as_deref(), Some("s"));
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn an_unregistered_uri_never_redirects_and_ends_nothing() {
    let browser = provider();
    let hint = id_token(&browser, "ada").await;
    for uri in [
        "http://localhost:3000/logged-out",
        "http://localhost:3000/logged-out?from=op&a=b",
        "https://evil.example/",
    ] {
        for who in [("id_token_hint", hint.as_str()), ("client_id", CLIENT_ID)] {
            end_session(&browser, &[who, ("post_logout_redirect_uri", uri)])
                .await
                .is_page_without_redirect(400);
        }
    }
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_bad_hint_never_redirects_and_ends_nothing() {
    let browser = provider();
    let other_provider = DevProvider::new(crate::relying_party::config()).unwrap();
    let other_provider = Browser::new(other_provider.router());
    let hint = id_token(&browser, "ada").await;
    let (input, signature) = hint.rsplit_once('.').unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let others = id_token(&other_provider, "ada").await;
    let wrong = [
        format!("{unsigned}.{claims}."),
        format!(
            "{header}.{}.{signature}",
            URL_SAFE_NO_PAD.encode(r#"{"sub":"ada"}"#)
        ),
        format!("{input}."),
        "nonsense".to_owned(),
        others,
    ];
    for hint in wrong {
        let request = [
            ("id_token_hint", hint.as_str()),
            ("client_id", CLIENT_ID),
            ("post_logout_redirect_uri", LOGGED_OUT),
        ];
        end_session(&browser, &request)
            .await
            .is_page_without_redirect(400);
    }
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_client_id_that_is_not_the_hints_is_an_error() {
    let browser = provider();
    let hint = id_token(&browser, "ada").await;
    end_session(&browser, &[("id_token_hint", &hint), ("client_id", "other")])
        .await
        .is_page_without_redirect(400);
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked_and_both_answers_return_with_state() {
    let browser = provider();
    let request = [
        ("client_id", CLIENT_ID),
        ("post_logout_redirect_uri", LOGGED_OUT),
        ("state", "s1"),
    ];
    for (choice, stays) in [("stay", true), ("sign-out", false)] {
        if browser.cookie().is_none() {
            sign_in(&browser, "ada").await;
        }
        let page = end_session(&browser, &request).await;
        page.is_page_without_redirect(200);
        assert!(page.body.contains("Stay signed in") && page.body.contains("Ada Example"));
        assert!(is_signed_in(&browser).await, "asking already ended it");
        let id = page.form_request();
        let answer = browser
            .submit("/end_session/choice", &[("request", &id), ("choice", choice)])
            .await;
        assert_eq!(answer.returned("state").as_deref(), Some("s1"), "{choice}");
        assert_eq!(is_signed_in(&browser).await, stays, "{choice}");
        let replay = browser
            .submit("/end_session/choice", &[("request", &id), ("choice", "sign-out")])
            .await;
        replay.is_page_without_redirect(400);
    }
}

#[tokio::test]
async fn a_hint_of_another_session_asks() {
    let browser = provider();
    let old = id_token(&browser, "ada").await;
    end_session(&browser, &[("id_token_hint", &old)]).await;
    sign_in(&browser, "grace").await;
    let page = end_session(
        &browser,
        &[("id_token_hint", &old), ("post_logout_redirect_uri", LOGGED_OUT)],
    )
    .await;
    page.is_page_without_redirect(200);
    assert!(page.body.contains("Grace Sample"));
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_uri_that_nobody_vouches_for_is_not_followed() {
    let browser = provider();
    end_session(&browser, &[("post_logout_redirect_uri", LOGGED_OUT)])
        .await
        .is_page_without_redirect(200);
    sign_in(&browser, "ada").await;
    let page = end_session(
        &browser,
        &[("post_logout_redirect_uri", LOGGED_OUT), ("state", "s")],
    )
    .await;
    let form = [("request", &*page.form_request()), ("choice", "sign-out")];
    browser
        .submit("/end_session/choice", &form)
        .await
        .is_page_without_redirect(200);
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_repeated_parameter_is_an_error() {
    let browser = provider();
    end_session(&browser, &[("client_id", CLIENT_ID), ("client_id", CLIENT_ID)])
        .await
        .is_page_without_redirect(400);
}
