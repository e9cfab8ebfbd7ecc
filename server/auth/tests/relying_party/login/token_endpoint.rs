//! The exchange of the code: every way in which it can go wrong.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt_dev_provider::script::{Answer, Endpoint, ScriptedProvider};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{
    steps::{
        UNREACHABLE, UNTRUSTED, assert_fails, assert_nobody_signed_in, assert_page, parameter, remove, set,
    },
    support::App,
};

#[tokio::test]
async fn f2_11_the_verifier_answers_the_challenge_and_is_fresh_each_time() {
    let app = App::start().await;
    let mut verifiers = Vec::new();
    for _ in 0..2 {
        let mut browser = app.browser();
        let start = browser.open("/auth/login").await.location();
        assert_eq!(
            parameter(&start, "code_challenge_method").as_deref(),
            Some("S256")
        );
        let answer = browser.visit_provider(&start).await;
        let callback = browser.path_here(&answer.location());
        assert_eq!(browser.open(&callback).await.status, 303);
        let verifier = app
            .script()
            .last_request(Endpoint::Token)
            .unwrap()
            .parameter("code_verifier")
            .unwrap();
        assert_eq!(
            parameter(&start, "code_challenge"),
            Some(URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)))
        );
        verifiers.push(verifier);
    }
    assert_ne!(verifiers[0], verifiers[1]);
}

#[tokio::test]
async fn f2_11_a_code_for_another_verifier_is_refused() {
    let app = App::start().await;
    let mut browser = app.browser();
    let start = browser.open("/auth/login").await.location();
    let foreign = URL_SAFE_NO_PAD.encode(Sha256::digest("another"));
    let start = start.replace(&parameter(&start, "code_challenge").unwrap(), &foreign);
    let answer = browser.visit_provider(&start).await;
    let callback = browser.path_here(&answer.location());
    assert_page(&browser.open(&callback).await, 502, UNTRUSTED);
    assert_nobody_signed_in(&app, &browser).await;
    assert_eq!(app.script().count(Endpoint::Token), 1);
}

#[tokio::test]
async fn f2_18_an_answer_that_is_no_token_response_gives_no_session_and_the_code_is_not_tried_again() {
    let good = json!({"access_token": "a", "token_type": "Bearer"});
    for answer in [
        Answer::status(500),
        Answer::status(503),
        Answer::status(200),
        Answer::body(200, "text/html", "<html>please wait</html>"),
        Answer::body(200, "application/json", "{\"access_token\":"),
        Answer::json(200, &json!([])),
        Answer::json(200, &good),
        Answer::json(
            400,
            &json!({"error": "invalid_grant", "error_description": "<script>"}),
        ),
        Answer::json(401, &json!({"error": "invalid_client"})),
    ] {
        let app = App::start().await;
        app.script().answer_always(Endpoint::Token, answer);
        let page = assert_fails(&app, 502, UNTRUSTED).await;
        assert!(!page.text().contains("<script"));
        assert_eq!(app.script().count(Endpoint::Token), 1);
        assert_eq!(app.script().count(Endpoint::Userinfo), 0);
    }
}

#[tokio::test]
async fn f2_18_without_token_type_or_id_token_or_access_token_nobody_signs_in() {
    for member in ["token_type", "id_token", "access_token"] {
        let app = App::start().await;
        app.script().change_token_response(remove(member));
        assert_fails(&app, 502, UNTRUSTED).await;
        assert_eq!(app.script().count(Endpoint::Token), 1);
    }
}

#[tokio::test]
async fn f2_18_an_answer_that_breaks_off_is_told_as_unreachable() {
    let app = App::start().await;
    app.script()
        .answer_always(Endpoint::Token, Answer::cut_off("{\"access_token\":"));
    assert_fails(&app, 502, UNREACHABLE).await;
    assert_eq!(app.script().count(Endpoint::Token), 1);
}

#[tokio::test]
async fn i15_f2_18_a_token_endpoint_that_hangs_is_given_up() {
    let app = App::builder().timeout(Duration::from_millis(200)).start().await;
    app.script().answer_always(Endpoint::Token, Answer::hang());
    let failing = assert_fails(&app, 502, UNREACHABLE);
    tokio::time::timeout(Duration::from_secs(8), failing)
        .await
        .expect("the timeout holds");
    assert_eq!(app.script().count(Endpoint::Token), 1);
}

#[tokio::test]
async fn i15_a_redirect_is_not_followed_anywhere() {
    let trap = ScriptedProvider::start().await;
    for (endpoint, path, title) in [
        (
            Endpoint::Discovery,
            "/.well-known/openid-configuration",
            UNREACHABLE,
        ),
        (Endpoint::Jwks, "/jwks", UNREACHABLE),
        (Endpoint::Token, "/token", UNTRUSTED),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let app = App::start().await;
            let location = format!("{}{path}", trap.origin());
            app.script()
                .answer_always(endpoint, Answer::status(status).header("location", &location));
            if endpoint == Endpoint::Discovery {
                assert_page(&app.browser().open("/auth/login").await, 502, title);
            } else {
                assert_fails(&app, 502, title).await;
            }
        }
    }
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token] {
        assert_eq!(trap.script().count(endpoint), 0, "{endpoint:?}");
    }
}

#[tokio::test]
async fn i15_a_body_without_end_is_not_read_to_its_end() {
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token] {
        let app = App::start().await;
        app.script()
            .answer_always(endpoint, Answer::oversize(50 * 1024 * 1024));
        if endpoint == Endpoint::Discovery {
            assert_page(&app.browser().open("/auth/login").await, 502, UNREACHABLE);
        } else {
            assert_fails(&app, 502, UNREACHABLE).await;
        }
    }
}

#[tokio::test]
async fn a_secret_goes_into_the_header_unless_only_the_body_will_do() {
    let app = App::start().await;
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 303);
    let request = app.script().last_request(Endpoint::Token).unwrap();
    assert!(request.header("authorization").unwrap().starts_with("Basic "));
    assert_eq!(request.parameter("client_secret"), None);
    let app = App::start().await;
    app.script().change_discovery(set(
        "token_endpoint_auth_methods_supported",
        json!(["client_secret_post"]),
    ));
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 303);
    let request = app.script().last_request(Endpoint::Token).unwrap();
    assert_eq!(request.header("authorization"), None);
    assert_eq!(
        request.parameter("client_secret"),
        Some(app.provider.client_secret())
    );
}
