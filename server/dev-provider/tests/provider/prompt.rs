//! When the picker comes, and when it does not.

use crate::browser::{Answered, Browser};
use crate::relying_party::{advance_clock, authorize, pick, provider, sign_in, text, tokens};

fn error(answer: &Answered) -> Option<String> {
    answer.returned("error")
}

async fn asks(browser: &Browser, more: &[(&str, &str)]) -> bool {
    authorize(browser, more).await.status == 200
}

#[tokio::test]
async fn a_session_signs_in_again_without_asking() {
    let browser = provider();
    sign_in(&browser, "ada").await;
    assert!(authorize(&browser, &[]).await.returned("code").is_some());
    assert!(
        authorize(&browser, &[("prompt", "none")])
            .await
            .returned("code")
            .is_some()
    );
}

#[tokio::test]
async fn prompt_none_without_a_session_is_login_required() {
    let browser = provider();
    let answer = authorize(&browser, &[("prompt", "none")]).await;
    assert_eq!(error(&answer).as_deref(), Some("login_required"));
    assert_eq!(answer.returned("state").as_deref(), Some("st&te=1"));
}

#[tokio::test]
async fn prompt_none_is_login_required_again_after_end_session() {
    let browser = provider();
    let tokens = tokens(&browser, "ada").await;
    browser
        .get("/end_session", &[("id_token_hint", text(&tokens, "id_token"))])
        .await;
    assert_eq!(
        error(&authorize(&browser, &[("prompt", "none")]).await).as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn prompt_login_and_select_account_ask_although_there_is_a_session() {
    let browser = provider();
    sign_in(&browser, "ada").await;
    assert!(asks(&browser, &[("prompt", "select_account")]).await);
    advance_clock(10);
    let picker = authorize(&browser, &[("prompt", "login")]).await;
    assert!(picker.body.contains("signed in now"));
    let code = pick(&browser, &picker, "ada").await.returned("code").unwrap();
    let tokens = crate::relying_party::exchange(&browser, &code).await.json();
    assert_eq!(
        crate::relying_party::part(text(&tokens, "id_token"), 1)["auth_time"],
        1_800_000_010
    );
}

#[tokio::test]
async fn signing_in_as_somebody_else_ends_the_session_before() {
    let browser = provider();
    let first = tokens(&browser, "ada").await;
    let picker = authorize(&browser, &[("prompt", "select_account")]).await;
    pick(&browser, &picker, "grace").await;
    let refused = crate::relying_party::refresh(&browser, text(&first, "refresh_token")).await;
    assert_eq!(refused.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn max_age_asks_when_the_sign_in_is_older() {
    let browser = provider();
    sign_in(&browser, "ada").await;
    advance_clock(60);
    assert!(!asks(&browser, &[("max_age", "60")]).await);
    assert!(asks(&browser, &[("max_age", "59")]).await);
    assert!(asks(&browser, &[("max_age", "0")]).await);
    let silent = authorize(&browser, &[("max_age", "59"), ("prompt", "none")]).await;
    assert_eq!(error(&silent).as_deref(), Some("login_required"));
}

#[tokio::test]
async fn login_hint_puts_the_focus_on_its_user() {
    let browser = provider();
    let picker = authorize(&browser, &[("login_hint", "GRACE@example.com")]).await;
    assert!(picker.body.contains("value=\"grace\" autofocus"));
    assert!(
        !authorize(&browser, &[("login_hint", "nobody")])
            .await
            .body
            .contains("autofocus")
    );
}

#[tokio::test]
async fn a_hint_of_somebody_else_does_not_get_the_session() {
    let browser = provider();
    sign_in(&browser, "ada").await;
    assert!(asks(&browser, &[("login_hint", "grace")]).await);
    let silent = authorize(&browser, &[("login_hint", "grace"), ("prompt", "none")]).await;
    assert_eq!(error(&silent).as_deref(), Some("login_required"));
}

#[tokio::test]
async fn cancelling_is_access_denied() {
    let browser = provider();
    let picker = authorize(&browser, &[]).await;
    let answer = browser
        .submit("/authorize/choice", &[("request", &picker.form_request())])
        .await;
    assert_eq!(error(&answer).as_deref(), Some("access_denied"));
    assert!(browser.cookie().is_none());
}
