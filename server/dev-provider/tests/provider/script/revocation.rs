//! Revocation, looked at from inside.

use serde_json::Value;

use super::scripted;
use crate::browser::Browser;
use crate::relying_party::{authorize, basic, exchange, refresh, text, tokens};

async fn revoke(browser: &Browser, token: &str) -> u16 {
    let authorization = basic();
    let headers = [("authorization", authorization.as_str())];
    let answer = browser.post("/revoke", &[("token", token)], &headers).await;
    answer.status.as_u16()
}

fn all_of<'a>(tokens: &'a [&Value]) -> Vec<&'a str> {
    let mut all: Vec<&str> = tokens
        .iter()
        .flat_map(|tokens| [text(tokens, "access_token"), text(tokens, "refresh_token")])
        .collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn a_refresh_token_takes_its_access_tokens_and_no_other_grant() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    let first = tokens(&browser, "ada").await;
    let code = authorize(&browser, &[]).await.returned("code").unwrap();
    let second = exchange(&browser, &code).await.json();
    assert_eq!(script.live_tokens(), all_of(&[&first, &second]));
    let token = text(&first, "refresh_token");
    assert_eq!(revoke(&browser, token).await, 200);
    assert!(script.is_revoked(token) && script.is_revoked(text(&first, "access_token")));
    assert!(!script.is_revoked(text(&second, "refresh_token")));
    assert_eq!(script.live_tokens(), all_of(&[&second]));
    assert_eq!(revoke(&browser, "unknown").await, 200);
    assert_eq!(script.revoked_tokens(), [token, "unknown"]);
    assert!(!script.is_revoked("unknown"));
}

#[tokio::test]
async fn an_access_token_goes_alone() {
    let (provider, browser) = scripted().await;
    let tokens = tokens(&browser, "ada").await;
    revoke(&browser, text(&tokens, "access_token")).await;
    let script = provider.script();
    assert!(script.is_revoked(text(&tokens, "access_token")));
    assert!(!script.is_revoked(text(&tokens, "refresh_token")));
    assert_eq!(script.live_tokens(), [text(&tokens, "refresh_token")]);
}

#[tokio::test]
async fn grant_wide_one_token_takes_all_of_the_person_and_of_nobody_else() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    script.revoke_grant_wide(true);
    let (phone, another) = (Browser::new(provider.router()), Browser::new(provider.router()));
    let (here, there) = (tokens(&browser, "ada").await, tokens(&phone, "ada").await);
    let other = tokens(&another, "grace").await;
    assert_eq!(revoke(&browser, text(&here, "access_token")).await, 200);
    for token in all_of(&[&here, &there]) {
        assert!(script.is_revoked(token));
    }
    assert_eq!(script.live_tokens(), all_of(&[&other]));
    assert_eq!(
        refresh(&phone, text(&there, "refresh_token")).await.json()["error"],
        "invalid_grant"
    );
}
