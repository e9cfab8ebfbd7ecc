//! The login after a sign-out (invariant I19).

use super::{
    parameter, provider_url, sign_out,
    support::{App, Browser},
};

/// What `prompt` the provider would get.
async fn prompt(browser: &Browser, query: &str) -> Option<String> {
    let start = browser.clone().open(&format!("/auth/login{query}")).await;
    parameter(&start.location(), "prompt")
}

async fn come_back(browser: &mut Browser, url: &str) {
    let back = browser.visit_provider(url).await.location();
    browser.open(&browser.path_here(&back)).await;
}

#[tokio::test]
async fn i19_until_the_provider_confirms_the_next_login_prompts_and_no_parameter_weakens_that() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    assert_eq!(prompt(&browser, "").await, None);
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    for query in [
        "",
        "?prompt=none",
        "?prompt=consent",
        "?prompt=",
        "?prompt=login",
        "?prompt=none&prompt=none",
    ] {
        assert_eq!(prompt(&browser, query).await.as_deref(), Some("login"), "{query}");
    }
    come_back(&mut browser, &url).await;
    assert_eq!(prompt(&browser, "").await, None, "confirmed");
    assert_eq!(prompt(&browser, "?prompt=none").await.as_deref(), Some("none"));
}

#[tokio::test]
async fn i19_a_login_clears_it() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "browser").await;
    app.clock.advance(std::time::Duration::from_millis(1));
    let start = browser.open("/auth/login").await;
    let back = browser.visit_provider(&start.location()).await.location();
    assert_eq!(browser.open(&browser.path_here(&back)).await.status, 303);
    assert!(!browser.cookies.contains_key("exeunt-prompt"));
    assert_eq!(prompt(&browser, "").await, None);
}

#[tokio::test]
async fn i19_a_login_that_fails_does_not_clear_it() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "browser").await;
    app.script().change_authorization_response(|parameters| {
        parameters.retain(|(name, _)| name == "state" || name == "iss");
        parameters.push(("error".to_owned(), "access_denied".to_owned()));
    });
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(browser.cookies.contains_key("exeunt-prompt"));
}

#[tokio::test]
async fn i19_who_kept_the_provider_on_purpose_is_not_prompted() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "app").await;
    assert_eq!(prompt(&browser, "").await, None);
}

#[tokio::test]
async fn i19_it_is_one_browsers_affair() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "everywhere").await;
    assert_eq!(prompt(&app.browser(), "").await, None);
    assert_eq!(prompt(&browser, "").await.as_deref(), Some("login"));
}

#[tokio::test]
async fn i19_i4_a_person_who_chose_to_stay_signed_in_there_is_not_told_that_the_session_ended() {
    let app = App::start().await;
    app.script().ask_at_logout(true);
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    // They never answer the question and come back by hand.
    assert_eq!(browser.visit_provider(&url).await.status, 200);
    browser.open("/logged-out").await;
    let receipt = super::receipt(&mut browser).await;
    assert_eq!(
        super::status(&receipt, "provider_session").unwrap(),
        "unconfirmed"
    );
    assert_eq!(prompt(&browser, "").await.as_deref(), Some("login"));
}
