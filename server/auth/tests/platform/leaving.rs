//! The browser's way to the platform and back, with and without scripts.

use http::StatusCode;
use url::Url;

use crate::support::{App, Browser, Reply};

/// The address at which the platform sends the browser back, from what it was asked.
fn return_to(app: &App) -> String {
    let asked = app.scripted.asked().pop().unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
    let url = Url::parse(sent["post_logout_redirect_uri"].as_str().unwrap()).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

async fn receipt_layer(browser: &mut Browser, layer: &str) -> Option<String> {
    browser.get("/api/auth/receipt").await.layer(layer)
}

#[tokio::test]
async fn the_platforms_return_is_noted_and_leaves_the_address_bar() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let back = return_to(&app);
    // The platform has removed its cookies and says nobody's name any more.
    browser.gateway.clear();
    browser.cookies.remove("access_token");
    let answer = browser.open(&back).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/runtime/apps/a/logged-out");
    assert_eq!(
        receipt_layer(&mut browser, "platform").await.as_deref(),
        Some("ended")
    );
    assert_eq!(
        receipt_layer(&mut browser, "provider_session").await.as_deref(),
        Some("returned")
    );
    assert_eq!(browser.open("/logged-out").await.text, "logged out");
}

#[tokio::test]
async fn i4_a_wrong_state_is_no_return_and_does_not_use_up_the_right_one() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let back = return_to(&app);
    for wrong in ["/logged-out?state=x", "/logged-out?state=", "/logged-out?a=b"] {
        let answer = browser.open(wrong).await;
        assert_eq!(answer.header("location"), "/runtime/apps/a/logged-out", "{wrong}");
        let status = receipt_layer(&mut browser, "provider_session").await;
        assert_eq!(status.as_deref(), Some("unconfirmed"), "{wrong}");
    }
    browser.gateway.clear();
    browser.open(&back).await;
    let status = receipt_layer(&mut browser, "provider_session").await;
    assert_eq!(status.as_deref(), Some("returned"));
}

/// The platform may send the browser back although nothing ended: its gateway says so.
#[tokio::test]
async fn i4_what_the_gateway_contradicts_is_not_claimed() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let back = return_to(&app);
    browser.open(&back).await;
    let view = app.logged_out_view(&browser).await;
    assert!(!view.signed_in, "this app does not listen any more");
    for layer in ["platform", "provider_session"] {
        assert_eq!(
            receipt_layer(&mut browser, layer).await.as_deref(),
            Some("failed"),
            "{layer}"
        );
    }
    assert_eq!(view.provider_tries_left, 3);
    let page = browser.open("/auth/logout/continue").await;
    assert_eq!(page.status, StatusCode::OK, "it can be tried again");
    browser.gateway.clear();
    browser.open(&back).await;
    let status = receipt_layer(&mut browser, "provider_session").await;
    assert_eq!(status.as_deref(), Some("returned"));
}

#[tokio::test]
async fn i20_without_scripts_a_form_is_led_to_the_platform_by_a_page() {
    for reply in [Reply::signed_out("/out?x=1"), Reply::status(500)] {
        let app = App::start().await;
        app.scripted.will(reply);
        let mut browser = app.signed_in();
        let answer = browser.log_out_by_form().await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), "/runtime/apps/a/auth/logout/continue");
        let page = browser.open("/runtime/apps/a/auth/logout/continue").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text
                .contains("http-equiv=\"refresh\" content=\"0; url=https://k.example/"),
            "{}",
            page.text
        );
        assert!(!page.text.contains("<script"));
    }
}

#[tokio::test]
async fn the_platform_can_be_tried_again_three_times() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    for _ in 0..3 {
        assert_eq!(browser.open("/auth/logout/continue").await.status, StatusCode::OK);
    }
    let answer = browser.open("/auth/logout/continue").await;
    assert_eq!(answer.header("location"), "/runtime/apps/a/logged-out");
}

#[tokio::test]
async fn after_ten_minutes_nothing_is_pending() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    app.clock.advance(std::time::Duration::from_secs(600));
    assert_eq!(
        browser.get("/api/auth/receipt").await.status,
        StatusCode::NOT_FOUND
    );
    let answer = browser.open("/auth/logout/continue").await;
    assert_eq!(answer.header("location"), "/runtime/apps/a/logged-out");
}

#[tokio::test]
async fn i16_a_cookie_that_was_changed_says_nothing() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let (name, value) = browser
        .cookies
        .iter()
        .find(|(name, _)| name.ends_with("-logout"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .unwrap();
    assert!(!value.contains("state") && !value.contains("k.example"));
    let mut changed = value.into_bytes();
    let last = changed.len() - 2;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    browser.cookies.insert(name, String::from_utf8(changed).unwrap());
    assert_eq!(
        browser.get("/api/auth/receipt").await.status,
        StatusCode::NOT_FOUND
    );
}

/// A second press, after the platform failed, asks it once more.
#[tokio::test]
async fn a_second_press_tries_the_platform_again() {
    let app = App::start().await;
    app.scripted.will(Reply::status(500));
    let mut browser = app.signed_in();
    assert_eq!(browser.log_out("{}").await.json()["success"], false);
    app.scripted.will(Reply::signed_out("/out"));
    let answer = browser.log_out("{}").await;
    assert_eq!(answer.json()["success"], true);
    assert_eq!(answer.layer("platform").as_deref(), Some("ended"));
    assert_eq!(app.scripted.asked().len(), 2);
}

/// The page says of this app what is true when it is shown.
#[tokio::test]
async fn i4_the_leaving_page_claims_no_sign_out_of_whoever_is_signed_in_again() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let page = browser.open("/auth/logout/continue").await;
    assert!(
        page.text.contains("You are signed out of this app."),
        "{}",
        page.text
    );
    let mut again = browser.with_cookie("access_token", "ada-2");
    let page = again.open("/auth/logout/continue").await;
    assert!(!page.text.contains("signed out of this app"), "{}", page.text);
    assert!(
        page.text.contains("You are signed in to this app again."),
        "{}",
        page.text
    );
}
