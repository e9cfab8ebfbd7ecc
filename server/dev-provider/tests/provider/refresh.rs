//! Refresh tokens: rotation, reuse, and what a logout leaves of them.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::relying_party::{advance_clock, authorize, exchange, part, pick, provider, refresh, text, tokens};

fn is_refused(answer: &Value) {
    assert_eq!(answer["error"], "invalid_grant", "{answer}");
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_and_an_id_token_of_the_same_sign_in() {
    let browser = provider();
    let first = tokens(&browser, "ada").await;
    advance_clock(1_000);
    let second = refresh(&browser, text(&first, "refresh_token")).await.json();
    for token in ["access_token", "refresh_token", "id_token"] {
        assert_ne!(first[token], second[token], "{token}");
    }
    let (old, new) = (
        part(text(&first, "id_token"), 1),
        part(text(&second, "id_token"), 1),
    );
    for same in ["iss", "sub", "aud", "azp", "sid", "auth_time"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_eq!(
        (&new["nonce"], &new["iat"]),
        (&Value::Null, &json!(1_800_001_000))
    );
}

#[tokio::test]
async fn a_reused_refresh_token_takes_the_whole_grant_with_it() {
    let browser = provider();
    let first = tokens(&browser, "ada").await;
    let second = refresh(&browser, text(&first, "refresh_token")).await.json();
    is_refused(&refresh(&browser, text(&first, "refresh_token")).await.json());
    is_refused(&refresh(&browser, text(&second, "refresh_token")).await.json());
}

#[tokio::test]
async fn a_logout_ends_refreshing() {
    let browser = provider();
    let tokens = tokens(&browser, "ada").await;
    browser
        .get("/end_session", &[("id_token_hint", text(&tokens, "id_token"))])
        .await;
    is_refused(&refresh(&browser, text(&tokens, "refresh_token")).await.json());
}

#[tokio::test]
async fn an_expired_session_ends_refreshing_too() {
    let browser = provider();
    let first = tokens(&browser, "ada").await;
    advance_clock(11 * 3600);
    let second = refresh(&browser, text(&first, "refresh_token")).await.json();
    advance_clock(2 * 3600);
    is_refused(&refresh(&browser, text(&second, "refresh_token")).await.json());
}

#[tokio::test]
async fn offline_access_outlives_the_logout() {
    let browser = provider();
    let tokens = offline_tokens(&browser).await;
    browser
        .get("/end_session", &[("id_token_hint", text(&tokens, "id_token"))])
        .await;
    assert!(browser.cookie().is_none());
    assert_eq!(
        refresh(&browser, text(&tokens, "refresh_token")).await.status,
        200
    );
}

async fn offline_tokens(browser: &Browser) -> Value {
    let picker = authorize(browser, &[("scope", "openid offline_access")]).await;
    let code = pick(browser, &picker, "ada").await.returned("code").unwrap();
    exchange(browser, &code).await.json()
}
