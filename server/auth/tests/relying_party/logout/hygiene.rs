//! The headers of every answer of a sign-out (F4.32).

use super::{Answer, parameter, provider_url, sign_out, support::App};

fn assert_clean(answer: &Answer, what: &str) {
    assert_eq!(answer.header("cache-control").unwrap(), "no-store", "{what}");
    // With `no-referrer` a form of our own would send `Origin: null`.
    assert_eq!(answer.header("referrer-policy").unwrap(), "same-origin", "{what}");
    assert_eq!(
        answer.header("x-content-type-options").unwrap(),
        "nosniff",
        "{what}"
    );
    assert_eq!(answer.header("x-frame-options").unwrap(), "DENY", "{what}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("unsafe-inline"), "{what}: {policy}");
    assert_eq!(answer.header("access-control-allow-origin"), None, "{what}");
    assert!(
        ![301, 302, 307, 308].contains(&answer.status.as_u16()),
        "{what}: {}",
        answer.status
    );
    let clear = answer.header("clear-site-data").unwrap_or_default();
    assert!(
        !clear.contains("cookies") && !clear.contains("storage") && !clear.contains('*'),
        "{what}: {clear}"
    );
}

#[tokio::test]
async fn f4_32_every_answer_is_unstored_and_a_redirect_is_303() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let answer = sign_out(&mut browser, "browser").await;
    assert_clean(&answer, "json");
    assert_eq!(answer.header("clear-site-data").unwrap(), "\"cache\"");
    let state = parameter(&provider_url(&answer), "state").unwrap();
    for path in [
        "/auth/logout/continue".to_owned(),
        format!("/logged-out?state={state}"),
        "/logged-out".to_owned(),
        "/api/auth/receipt".to_owned(),
        "/api/session".to_owned(),
        "/auth/logout/continue".to_owned(),
        "/api/auth/logout".to_owned(),
    ] {
        assert_clean(&browser.open(&path).await, &path);
    }
    app.clock.advance(std::time::Duration::from_millis(1));
    let mut browser = app.signed_in("ada").await;
    let answer = browser.submit("/api/auth/logout", "").await;
    assert_clean(&answer, "form");
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("clear-site-data").unwrap(), "\"cache\"");
    assert_clean(&sign_out(&mut browser, "browser").await, "nobody is signed in");
    assert_clean(&sign_out(&mut browser, "nowhere").await, "refused");
}

#[tokio::test]
async fn f4_32_over_https_browsers_are_told_to_stay_there() {
    let app = App::builder().public_url("https://app.example").start().await;
    let mut browser = app.signed_in("ada").await;
    let answer = sign_out(&mut browser, "browser").await;
    assert!(
        answer
            .header("strict-transport-security")
            .unwrap()
            .starts_with("max-age=")
    );
    let app = App::start().await;
    assert_eq!(
        app.browser()
            .open("/logged-out")
            .await
            .header("strict-transport-security"),
        None
    );
}
