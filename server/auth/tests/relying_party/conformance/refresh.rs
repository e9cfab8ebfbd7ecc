//! `oidcc-client-refreshtoken-test-plan`: what a refresh brings.

use std::{collections::BTreeSet, time::Duration};

use axum::{Router, routing::get};
use exeunt::{logout::outbox, session::FreshAccessToken};
use exeunt_dev_provider::script::{Endpoint, Object};

use super::{
    sign_out::is_signed_in,
    suite::{Suite, claims_of},
    support::{App, Browser},
};

/// Server code that needs an access token. It tells it, as no real one may.
const TOKEN: &str = "/api/token";

/// Longer than the provider's access tokens live.
const LATER: Duration = Duration::from_secs(10 * 60);

async fn start() -> Suite {
    let tell = |token: FreshAccessToken| async move { token.secret().to_owned() };
    Suite::with(App::builder().routes(Router::new().route(TOKEN, get(tell)))).await
}

/// Signs in, and waits until the access token is of no use any more.
async fn signed_in(suite: &Suite) -> Browser {
    let browser = suite.completes().await;
    assert_eq!(suite.app.script().refresh_count(), 0);
    suite.app.clock.advance(LATER);
    browser
}

#[tokio::test]
async fn oidcc_client_test_refresh_token() {
    let suite = start().await;
    let mut browser = signed_in(&suite).await;
    let answer = browser.fetch(TOKEN).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let request = suite.app.script().last_request(Endpoint::Token).unwrap();
    assert_eq!(request.parameter("grant_type").as_deref(), Some("refresh_token"));
    // No scope, or what was granted: RFC 6749, section 6.
    if let Some(scope) = request.parameter("scope") {
        assert_eq!(scope, "openid profile email");
    }
    assert_eq!(suite.app.script().refresh_count(), 1);
    let tokens = suite.token_answers();
    assert_eq!(tokens.len(), 2);
    assert_eq!(
        request.parameter("refresh_token").as_deref(),
        tokens[0]["refresh_token"].as_str(),
        "the one that was issued"
    );
    assert_eq!(answer.text(), tokens[1]["access_token"].as_str().unwrap());
    assert!(is_signed_in(&mut browser).await);
    suite.assert_sound();
}

/// A module whose refreshed ID token is about something else: the session ends, and all tokens of it are revoked, those
/// that came with the bad ID token too.
async fn refuses_refreshed(change: impl Fn(&mut Object) + Send + Sync + 'static) {
    let suite = start().await;
    let mut browser = signed_in(&suite).await;
    let mut thief = browser.clone();
    suite.app.script().change_refreshed_id_token_claims(change);
    let answer = browser.fetch(TOKEN).await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    let answers = suite.token_answers();
    assert_eq!(answers.len(), 2, "there was a refreshed ID token to refuse");
    let claims = answers
        .iter()
        .map(|answer| claims_of(answer["id_token"].as_str().unwrap()));
    let of_whom: BTreeSet<String> = claims
        .map(|claims| format!("{} {}", claims["iss"], claims["sub"]))
        .collect();
    assert_eq!(of_whom.len(), 2, "the second is about another");
    assert_eq!(
        suite.app.script().count(Endpoint::Userinfo),
        1,
        "it went on with the token"
    );
    assert!(!is_signed_in(&mut browser).await);
    assert!(!is_signed_in(&mut thief).await, "by the old cookie");

    suite.app.clock.advance(LATER);
    while outbox::work_once(&suite.app.exeunt).await.unwrap() > 0 {}
    let revocations = suite.app.script().requests(Endpoint::Revocation);
    let revoked: BTreeSet<String> = revocations
        .iter()
        .map(|request| request.parameter("token").unwrap())
        .collect();
    let issued: BTreeSet<String> = answers
        .iter()
        .flat_map(|answer| {
            ["access_token", "refresh_token"].map(|name| answer[name].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(revoked, issued);
    suite.assert_sound();
}

#[tokio::test]
async fn oidcc_client_test_refresh_token_invalid_issuer() {
    refuses_refreshed(|claims| spoil(claims, "iss")).await;
}

#[tokio::test]
async fn oidcc_client_test_refresh_token_invalid_sub() {
    refuses_refreshed(|claims| spoil(claims, "sub")).await;
}

fn spoil(claims: &mut Object, name: &str) {
    claims[name] = format!("{}INVALID", claims[name].as_str().unwrap()).into();
}
