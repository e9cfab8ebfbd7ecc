//! Sessions without a browser, and time.

use serde_json::json;

use super::{builder, scripted};
use crate::browser::Browser;
use crate::relying_party::{authorize, exchange, part, text};

#[tokio::test]
async fn auto_login_answers_at_once_and_sets_the_cookie() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    script.auto_login("grace");
    let silent = authorize(&browser, &[("prompt", "none")]).await;
    assert_eq!(
        silent.returned("error").as_deref(),
        Some("login_required"),
        "prompt=none tells the truth"
    );
    let answer = authorize(&browser, &[]).await;
    assert!(answer.returned("code").is_some() && script.has_session(&browser.cookie().unwrap()));
    script.auto_login("ada");
    let code = authorize(&browser, &[]).await.returned("code").unwrap();
    assert_eq!(
        part(text(&exchange(&browser, &code).await.json(), "id_token"), 1)["sub"],
        "ada"
    );
    script.show_picker();
    assert_eq!(authorize(&browser, &[("prompt", "login")]).await.status, 200);
}

#[tokio::test]
async fn a_session_can_begin_and_end_without_a_browser() {
    let (provider, _) = scripted().await;
    let script = provider.script();
    let cookie = script.sign_in_session("ada");
    assert!(script.has_session(&cookie) && !script.has_session("unknown"));
    script.end_session(&cookie);
    assert!(!script.has_session(&cookie));
}

#[tokio::test]
async fn the_clock_can_be_moved() {
    let provider = builder().now(std::sync::Arc::new(|| 1_000)).start().await;
    let browser = Browser::new(provider.router());
    let script = provider.script();
    script.auto_login("ada");
    script.advance_clock(-600);
    let code = authorize(&browser, &[]).await.returned("code").unwrap();
    assert_eq!(
        part(text(&exchange(&browser, &code).await.json(), "id_token"), 1)["iat"],
        400
    );
    let cookie = browser.cookie().unwrap();
    script.advance_clock(13 * 3600);
    assert!(!script.has_session(&cookie));
}

#[tokio::test]
async fn a_sid_can_hold_characters_that_need_encoding() {
    let (provider, browser) = scripted().await;
    provider.script().special_sid(true);
    provider.script().auto_login("ada");
    let code = authorize(&browser, &[]).await.returned("code").unwrap();
    let claims = part(text(&exchange(&browser, &code).await.json(), "id_token"), 1);
    let sid = claims["sid"].as_str().unwrap();
    assert!(sid.contains("/+&=?#%22\"\\'<>"), "{sid}");
    assert!(sid.bytes().all(|byte| byte.is_ascii_graphic()), "{sid}");
    assert_ne!(claims["sid"], json!(""));
}
