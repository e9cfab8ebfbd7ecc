//! The return from the provider to `/logged-out` (F4.21, F4.22).

use exeunt::{http::cookies::PENDING_LIFETIME, logout::view::logged_out_view};
use http::{HeaderMap, header};

use super::{
    parameter, provider_url, receipt, sign_out, status,
    support::{App, Browser, every_store},
};

const MILLISECOND: std::time::Duration = std::time::Duration::from_millis(1);

/// A browser that left for the provider, and the state it took along.
async fn left(app: &App) -> (Browser, String) {
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    (browser, parameter(&url, "state").unwrap())
}

fn cookies_of(browser: &Browser) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &browser.cookies {
        headers.append(header::COOKIE, format!("{name}={value}").parse().unwrap());
    }
    headers
}

#[tokio::test]
async fn f4_21_the_right_state_leaves_the_address_bar_and_marks_the_receipt_as_returned() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let (mut browser, state) = left(&app).await;
        assert!(browser.cookies.contains_key("exeunt-prompt"));
        let answer = browser.open(&format!("/logged-out?state={state}")).await;
        assert_eq!(answer.status, 303, "{}", named.name);
        assert_eq!(answer.location(), "/logged-out");
        assert_eq!(answer.header("cache-control").unwrap(), "no-store");
        assert!(!format!("{:?}{}", answer.headers, answer.text()).contains(&state));
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "returned"
        );
        assert!(
            !browser.cookies.contains_key("exeunt-prompt"),
            "confirmed: no prompt any more"
        );
    }
}

#[tokio::test]
async fn f4_21_any_other_state_is_a_clean_page_and_uses_nothing_up() {
    let app = App::start().await;
    let (mut browser, state) = left(&app).await;
    let long = "s".repeat(10 * 1024);
    let (shorter, longer) = (&state[..state.len() - 1], format!("{state}x"));
    let upper = state.to_uppercase();
    for query in [
        "state=wrong".to_owned(),
        "state=".to_owned(),
        "state".to_owned(),
        "other=1".to_owned(),
        "state_INVALID=1".to_owned(),
        format!("state={shorter}"),
        format!("state={longer}"),
        format!("state={upper}"),
        format!("state={long}"),
        "state=%22%3E%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
        "state=x%0D%0ASet-Cookie:%20evil=1".to_owned(),
        "state=%ff%fe".to_owned(),
        format!("state={state}&state={state}"),
        format!("state=wrong&state={state}"),
        format!("State={state}"),
    ] {
        let answer = browser.open(&format!("/logged-out?{query}")).await;
        let what = query.get(..60).unwrap_or(&query);
        assert_eq!(answer.status, 303, "{what}");
        assert_eq!(answer.location(), "/logged-out", "{what}");
        assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{what}");
        assert_eq!(answer.body, b"", "{what}");
        let receipt = receipt(&mut browser).await;
        assert_eq!(
            status(&receipt, "provider_session").unwrap(),
            "unconfirmed",
            "{what}"
        );
        assert!(browser.cookies.contains_key("exeunt-prompt"), "{what}");
    }
    browser.open(&format!("/logged-out?state={state}")).await;
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned",
        "the right one still works"
    );
}

#[tokio::test]
async fn f4_21_a_replayed_state_changes_nothing_any_more() {
    let app = App::start().await;
    let (mut browser, state) = left(&app).await;
    browser.open(&format!("/logged-out?state={state}")).await;
    let first = receipt(&mut browser).await;
    let answer = browser.open(&format!("/logged-out?state={state}")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/logged-out")
    );
    assert_eq!(receipt(&mut browser).await, first);
    // Nor does it confirm a later sign-out.
    app.clock.advance(MILLISECOND);
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    sign_out(&mut browser, "browser").await;
    browser.open(&format!("/logged-out?state={state}")).await;
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "unconfirmed"
    );
    assert!(browser.cookies.contains_key("exeunt-prompt"));
}

#[tokio::test]
async fn f4_21_a_state_in_another_browser_confirms_nothing() {
    let app = App::start().await;
    let (mut browser, state) = left(&app).await;
    let (mut other, _) = left(&app).await;
    let mut stranger = app.browser();
    for wrong in [&mut other, &mut stranger] {
        let answer = wrong.open(&format!("/logged-out?state={state}")).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.set_cookies(), Vec::<String>::new());
    }
    for browser in [&mut browser, &mut other] {
        assert_eq!(
            status(&receipt(browser).await, "provider_session").unwrap(),
            "unconfirmed"
        );
    }
}

#[tokio::test]
async fn f4_18_after_ten_minutes_nothing_is_pending_and_nothing_stands_in_the_way_of_a_login() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let (mut browser, state) = left(&app).await;
        app.clock.advance(PENDING_LIFETIME);
        let answer = browser.open(&format!("/logged-out?state={state}")).await;
        assert_eq!(answer.status, 303, "{}", named.name);
        assert_eq!(
            browser.fetch("/api/auth/receipt").await.status,
            404,
            "{}",
            named.name
        );
        assert_eq!(
            browser.open("/auth/logout/continue").await.location(),
            "/logged-out"
        );
        assert_eq!(browser.sign_in("/auth/login").await.status, 303, "{}", named.name);
        assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn f4_22_who_is_led_there_while_signed_in_stays_signed_in_and_is_told_so() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    for path in ["/logged-out", "/logged-out?state=x"] {
        browser.open(path).await;
        assert_eq!(browser.fetch("/api/session").await.status, 200, "{path}");
        let view = logged_out_view(&app.exeunt, &cookies_of(&browser)).await.unwrap();
        assert!(
            view.signed_in,
            "{path}: the page must not say that they are signed out"
        );
        assert_eq!(view.receipt, None, "{path}");
    }
}

#[tokio::test]
async fn f4_22_i4_who_signed_in_again_is_told_so_also_if_the_last_receipt_is_still_there() {
    let app = App::start().await;
    let (mut browser, state) = left(&app).await;
    app.clock.advance(MILLISECOND);
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    browser.open(&format!("/logged-out?state={state}")).await;
    let view = logged_out_view(&app.exeunt, &cookies_of(&browser)).await.unwrap();
    assert!(view.signed_in);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn the_receipt_is_for_its_own_browser_and_never_stored_by_a_cache() {
    let app = App::start().await;
    let (mut browser, _) = left(&app).await;
    let answer = browser.fetch("/api/auth/receipt").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    let mut forger = app.browser();
    for value in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        forger
            .cookies
            .insert("exeunt-logout".to_owned(), value.to_owned());
        let answer = forger.fetch("/api/auth/receipt").await;
        assert_eq!(answer.status, 404, "{value}");
        assert_eq!(answer.json()["detail"]["error"], "no_receipt");
        assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    }
}
