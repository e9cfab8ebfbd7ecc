//! Refresh tokens, otherwise.

use serde_json::{Value, json};

use super::scripted;
use crate::browser::Browser;
use crate::relying_party::{authorize, exchange, part, pick, refresh, text, tokens};

async fn offline_tokens(browser: &Browser) -> Value {
    let picker = authorize(browser, &[("scope", "openid offline_access")]).await;
    let code = pick(browser, &picker, "ada").await.returned("code").unwrap();
    exchange(browser, &code).await.json()
}

#[tokio::test]
async fn a_refresh_can_be_refused_and_is_counted_all_the_same() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    let tokens = tokens(&browser, "ada").await;
    let token = text(&tokens, "refresh_token");
    assert_eq!(script.refresh_count(), 0);
    script.refuse_refresh(true);
    assert_eq!(refresh(&browser, token).await.json()["error"], "invalid_grant");
    script.refuse_refresh(false);
    assert_eq!(
        refresh(&browser, token).await.status,
        200,
        "the refusal used nothing up"
    );
    assert_eq!(script.refresh_count(), 2);
}

#[tokio::test]
async fn refresh_tokens_can_stay() {
    let (provider, browser) = scripted().await;
    provider.script().rotate_refresh_tokens(false);
    let first = tokens(&browser, "ada").await;
    for _ in 0..2 {
        let answer = refresh(&browser, text(&first, "refresh_token")).await.json();
        assert_eq!(answer.get("refresh_token"), None);
        assert_ne!(answer["access_token"], first["access_token"]);
    }
}

#[tokio::test]
async fn only_refreshed_id_tokens_can_be_changed() {
    let (provider, browser) = scripted().await;
    provider
        .script()
        .change_refreshed_id_token_claims(|claims| drop(claims.insert("sub".to_owned(), json!("other"))));
    let first = tokens(&browser, "ada").await;
    let second = refresh(&browser, text(&first, "refresh_token")).await.json();
    let sub = |tokens: &Value| part(text(tokens, "id_token"), 1)["sub"].clone();
    assert_eq!((sub(&first), sub(&second)), (json!("ada"), json!("other")));
}

#[tokio::test]
async fn offline_access_can_end_with_its_session() {
    for (ends, status) in [(false, 200), (true, 400)] {
        let (provider, browser) = scripted().await;
        let script = provider.script();
        script.end_offline_access_with_session(ends);
        let tokens = offline_tokens(&browser).await;
        script.end_sessions_of("ada").await;
        let answer = refresh(&browser, text(&tokens, "refresh_token")).await;
        assert_eq!(answer.status.as_u16(), status, "{ends}");
    }
}
