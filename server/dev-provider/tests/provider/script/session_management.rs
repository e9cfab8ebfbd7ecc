//! `session_state` and the frame that checks it.

use http::header::SET_COOKIE;
use sha2::{Digest as _, Sha256};

use super::scripted;
use crate::browser::{Answered, Browser};
use crate::relying_party::{CLIENT_ID, authorize, pick, text, tokens};

/// The browser state that an answer sets.
fn state_set(answer: &Answered) -> Option<String> {
    let lines = answer.headers.get_all(SET_COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().unwrap().strip_prefix("exeunt_dev_op_state="))
        .map(|rest| rest.split(';').next().unwrap().to_owned())
        .next()
}

/// What the frame would answer in a browser with this state.
fn check(session_state: &str, browser_state: &str) -> &'static str {
    let (_, salt) = session_state.split_once('.').unwrap();
    let known = format!("{CLIENT_ID} http://localhost:3000 {browser_state} {salt}");
    let hash = Sha256::digest(known);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if session_state == format!("{hash}.{salt}") {
        "unchanged"
    } else {
        "changed"
    }
}

async fn signed_in(browser: &Browser) -> Answered {
    let picker = authorize(browser, &[]).await;
    pick(browser, &picker, "ada").await
}

#[tokio::test]
async fn a4_1_the_state_holds_while_the_session_does() {
    let (_provider, browser) = scripted().await;
    let first = signed_in(&browser).await;
    let state = state_set(&first).unwrap();
    let session_state = first.returned("session_state").unwrap();
    assert!(!session_state.contains(' '));
    assert_eq!(check(&session_state, &state), "unchanged");
    let again = authorize(&browser, &[]).await.returned("session_state").unwrap();
    assert_ne!(again, session_state, "the salt is another");
    assert_eq!(check(&again, &state), "unchanged");
    assert_eq!(check(&session_state, ""), "changed");
}

#[tokio::test]
async fn a_logout_removes_the_state_and_nobodys_state_is_a_state_too() {
    let (_provider, browser) = scripted().await;
    let first = signed_in(&browser).await;
    let hint = text(&tokens_again(&browser).await, "id_token").to_owned();
    let answer = browser.get("/end_session", &[("id_token_hint", &hint)]).await;
    assert_eq!(state_set(&answer).as_deref(), Some(""));
    assert_eq!(check(&first.returned("session_state").unwrap(), ""), "changed");
    let refused = authorize(&browser, &[("prompt", "none")]).await;
    assert_eq!(refused.returned("error").as_deref(), Some("login_required"));
    assert_eq!(
        check(&refused.returned("session_state").unwrap(), ""),
        "unchanged"
    );
}

async fn tokens_again(browser: &Browser) -> serde_json::Value {
    let code = authorize(browser, &[]).await.returned("code").unwrap();
    crate::relying_party::exchange(browser, &code).await.json()
}

#[tokio::test]
async fn another_person_has_another_state() {
    let (_provider, browser) = scripted().await;
    let first = state_set(&signed_in(&browser).await).unwrap();
    let picker = authorize(&browser, &[("prompt", "login")]).await;
    let same = state_set(&pick(&browser, &picker, "ada").await).unwrap();
    let picker = authorize(&browser, &[("prompt", "login")]).await;
    let other = state_set(&pick(&browser, &picker, "grace").await).unwrap();
    assert_eq!(first, same);
    assert_ne!(first, other);
}

#[tokio::test]
async fn the_frame_is_advertised_and_framed_by_relying_parties_only() {
    let (provider, browser) = scripted().await;
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(
        metadata["check_session_iframe"],
        format!("{}/check_session", provider.origin())
    );
    let page = browser.get("/check_session", &[]).await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'sha256-")
            && policy.ends_with("; frame-ancestors http://localhost:3000"),
        "{policy}"
    );
    assert!(page.headers.get("x-frame-options").is_none());
    assert!(page.body.contains("postMessage") && page.body.contains("exeunt_dev_op_state="));
}

#[tokio::test]
async fn the_mechanisms_are_advertised_and_can_be_denied() {
    let (provider, browser) = scripted().await;
    let names = [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
    ];
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    for name in names {
        assert_eq!(metadata[name], true, "{name}");
    }
    provider
        .script()
        .change_discovery(move |metadata| names.iter().for_each(|name| drop(metadata.remove(*name))));
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    assert!(names.iter().all(|name| metadata.get(name).is_none()));
    tokens(&browser, "ada").await;
}
