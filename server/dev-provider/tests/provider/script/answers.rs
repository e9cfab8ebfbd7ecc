//! Raw answers.

use exeunt_dev_provider::script::{Answer, Endpoint};
use serde_json::json;

use super::scripted;
use crate::relying_party::{exchange, refresh, sign_in, text, tokens};

#[tokio::test]
async fn queued_answers_come_first_and_in_order() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    script.answer_always(Endpoint::Jwks, Answer::status(500));
    script.answer_next(Endpoint::Jwks, Answer::status(503).header("retry-after", "7"));
    script.answer_next(Endpoint::Jwks, Answer::normal());
    script.answer_next(Endpoint::Jwks, Answer::redirect("https://evil.example/jwks"));
    let first = browser.get("/jwks", &[]).await;
    assert_eq!((first.status.as_u16(), first.header("retry-after")), (503, "7"));
    assert_eq!(browser.get("/jwks", &[]).await.status, 200);
    let third = browser.get("/jwks", &[]).await;
    assert_eq!(
        (third.status.as_u16(), third.header("location")),
        (302, "https://evil.example/jwks")
    );
    for _ in 0..2 {
        assert_eq!(browser.get("/jwks", &[]).await.status, 500);
    }
    script.answer_normally(Endpoint::Jwks);
    assert_eq!(browser.get("/jwks", &[]).await.status, 200);
    assert_eq!(script.count(Endpoint::Jwks), 6);
}

#[tokio::test]
async fn every_endpoint_can_be_overridden() {
    let (provider, browser) = scripted().await;
    for (endpoint, path) in [
        (Endpoint::Discovery, "/.well-known/openid-configuration"),
        (Endpoint::Jwks, "/jwks"),
        (Endpoint::Authorize, "/authorize"),
        (Endpoint::Token, "/token"),
        (Endpoint::Userinfo, "/userinfo"),
        (Endpoint::Revocation, "/revoke"),
        (Endpoint::EndSession, "/end_session"),
    ] {
        provider
            .script()
            .answer_next(endpoint, Answer::body(404, "text/html", "<h1>Not here</h1>"));
        let answer = browser.get(path, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (404, "<h1>Not here</h1>"),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), "text/html");
    }
}

#[tokio::test]
async fn json_answers_are_json() {
    let (provider, browser) = scripted().await;
    let error = json!({ "error": "invalid_grant" });
    provider
        .script()
        .answer_next(Endpoint::Token, Answer::json(400, &error));
    assert_eq!(browser.post("/token", &[], &[]).await.json(), error);
}

#[tokio::test]
async fn a_hanging_request_is_worked_on_only_after_its_release() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    let code = sign_in(&browser, "ada").await;
    script.answer_next(Endpoint::Token, Answer::hang());
    let release = async {
        script.arrived(Endpoint::Token, 1).await;
        // Were it worked on already, this one would be the reuse.
        assert_eq!(exchange(&browser, &code).await.status, 200);
        script.release();
    };
    let (hanging, ()) = tokio::join!(exchange(&browser, &code), release);
    assert_eq!(hanging.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_held_answer_is_worked_out_before_its_release() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    let tokens = tokens(&browser, "ada").await;
    let token = text(&tokens, "refresh_token");
    script.answer_next(Endpoint::Token, Answer::hold());
    let release = async {
        script.arrived(Endpoint::Token, 2).await;
        assert_eq!(refresh(&browser, token).await.json()["error"], "invalid_grant");
        script.release();
    };
    let (held, ()) = tokio::join!(refresh(&browser, token), release);
    assert_eq!(held.status, 200);
}

#[tokio::test]
async fn an_oversize_body_is_as_large_as_asked() {
    let (provider, browser) = scripted().await;
    provider
        .script()
        .answer_next(Endpoint::Userinfo, Answer::oversize(500_000));
    let answer = browser.get("/userinfo", &[]).await;
    assert!(
        (500_000..530_000).contains(&answer.body.len()),
        "{}",
        answer.body.len()
    );
    assert!(answer.json().is_string());
}
