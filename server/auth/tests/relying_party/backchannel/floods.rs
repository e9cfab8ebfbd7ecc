//! More tokens than any provider sends.

use std::sync::Arc;

use exeunt::store::MemoryStore;
use exeunt_dev_provider::script::{Endpoint, Signing};

use super::{
    steps::{is_alive, publish, send, start},
    support::{App, Call, FailingStore},
    token::Desk,
};

#[tokio::test]
async fn f1_17_a_thousand_unknown_keys_make_one_fetch() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    let signed = app
        .script()
        .sign(Signing::StrangerRsa, &desk.token().claims, |_| ());
    let (_, rest) = signed.split_once('.').unwrap();
    for number in 0..1_000 {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","kid":"random-{number}"}}"#));
        assert_eq!(send(&app, &format!("{header}.{rest}")).await.status, 400);
    }
    assert_eq!(
        app.script().count(Endpoint::Jwks),
        2,
        "the first fetch, and one for all of them"
    );
    assert!(is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_49_a_refused_token_never_reaches_the_store() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    publish(&app);
    let desk = Desk::about_nobody(&app);
    assert_eq!(send(&app, &desk.token().sign()).await.status, 200);
    store.fail(&[Call::Any, Call::List, Call::TakeMany]);
    for token in [
        desk.token().claim("nonce", "n"),
        desk.token().by(super::keys::second_rsa()).header("kid", "rsa"),
    ] {
        let answer = send(&app, &token.sign()).await;
        assert_eq!(
            answer.json()["error"],
            "invalid_request",
            "not logout_failed: the store was not asked"
        );
    }
}

#[tokio::test]
async fn f1_49_two_thousand_invalid_tokens_are_all_400_while_others_are_served() {
    let app = start().await;
    let mut browser = app.signed_in("ada").await;
    let raw = Desk::of(&app, &browser)
        .await
        .token()
        .by(super::keys::second_rsa())
        .header("kid", "rsa")
        .sign();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..2_000 {
        let (router, raw) = (app.router(), raw.clone());
        calls.spawn(async move { super::steps::send_to(&router, &raw).await.status.as_u16() });
    }
    for _ in 0..20 {
        assert_eq!(browser.fetch("/api/session").await.status, 200);
    }
    assert!(calls.join_all().await.iter().all(|status| *status == 400));
}
