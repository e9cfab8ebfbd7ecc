//! A platform that fails, lies, or leads astray.

use std::time::Duration;

use http::StatusCode;

use crate::support::{App, Reply, Scripted};

/// The address that is known without the platform.
const KNOWN: &str = "https://k.example/api/auth/logout/front-channel?redirect_uri=https%3A%2F%2Fk.example%2Fruntime%2Fapps%2Fa%2Flogged-out%3Fstate%3D";

async fn check_failure(app: &App, why: &str) {
    let mut browser = app.signed_in();
    let answer = browser.log_out("{}").await;
    assert_eq!(answer.status, StatusCode::OK, "{why}");
    let json = answer.json();
    assert_eq!(json["success"], false, "{why}");
    let front_channel = json["front_channel_logout_url"].as_str().unwrap();
    assert!(front_channel.starts_with(KNOWN), "{why}: {front_channel}");
    assert!(
        json["redirect_url"].as_str().unwrap().starts_with("https://"),
        "{why}"
    );
    assert_eq!(answer.layer("app_session").as_deref(), Some("ended"), "{why}");
    assert_eq!(answer.layer("platform").as_deref(), Some("failed"), "{why}");
    assert_eq!(
        answer.layer("provider_session").as_deref(),
        Some("unconfirmed"),
        "{why}"
    );
    assert_eq!(
        browser.get("/api/session").await.status,
        StatusCode::UNAUTHORIZED,
        "{why}"
    );
}

#[tokio::test]
async fn f8_3_whatever_the_platform_does_the_app_is_signed_out_and_the_way_there_is_known() {
    let html = "<!DOCTYPE html><title>Sign in</title>";
    for (why, reply) in [
        ("500", Reply::status(500)),
        ("405", Reply::status(405)),
        ("401", Reply::status(401)),
        ("204", Reply::status(204)),
        (
            "a redirect",
            Reply::status(302).with("location", "https://k.example/login"),
        ),
        (
            "a page",
            Reply {
                body: html.to_owned(),
                ..Reply::status(200)
            },
        ),
        (
            "too long",
            Reply {
                body: format!("{{\"message\":\"{}\"}}", "x".repeat(2 << 20)),
                ..Reply::status(200)
            },
        ),
    ] {
        let app = App::start().await;
        app.scripted.will(reply);
        check_failure(&app, why).await;
        assert_eq!(
            app.scripted.asked().len(),
            1,
            "{why}: asked once, and no redirect followed"
        );
    }
}

#[tokio::test]
async fn f8_3_i15_a_platform_that_does_not_answer_is_not_waited_for_long() {
    let app = App::start_with(|settings| settings.timeout = Duration::from_millis(200)).await;
    app.scripted.will(Reply::hangs());
    check_failure(&app, "no answer").await;
}

#[tokio::test]
async fn f8_3_i17_a_platform_that_is_down_prevents_neither_start_nor_sign_out() {
    let app = App::start_with(|settings| {
        // Nobody listens on the port that says so.
        settings.api_url = "http://127.0.0.1:9/api".parse().unwrap();
    })
    .await;
    check_failure(&app, "down").await;
}

#[tokio::test]
async fn f8_1_a_path_is_taken_for_one_of_the_public_origin() {
    let app = App::start().await;
    app.scripted
        .will(Reply::signed_out("/api/auth/logout/front-channel?redirect_uri=y"));
    let json = app.signed_in().log_out("{}").await.json();
    assert_eq!(
        json["front_channel_logout_url"],
        "https://k.example/api/auth/logout/front-channel?redirect_uri=y"
    );
}

#[tokio::test]
async fn k15_f8_2_an_address_that_leads_elsewhere_is_replaced() {
    for astray in [
        "https://evil.example/out",
        "//evil.example/out",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\\evil.example",
        "evil",
        "",
        "http://k.example/out",
    ] {
        let app = App::start().await;
        app.scripted.will(Reply::signed_out(astray));
        let answer = app.signed_in().log_out("{}").await;
        let json = answer.json();
        let front_channel = json["front_channel_logout_url"].as_str().unwrap();
        assert!(front_channel.starts_with(KNOWN), "{astray}: {front_channel}");
        assert_eq!(json["success"], true, "the platform confirmed all the same");
        assert!(!answer.text.contains("evil"), "{}", answer.text);
    }
}

#[tokio::test]
async fn f8_9_only_removals_of_listed_cookies_reach_the_browser() {
    let app = App::start().await;
    let reply = Reply::signed_out("/out")
        .with("set-cookie", "access_token=; Path=/; Max-Age=0; HttpOnly; Secure")
        .with("set-cookie", "refresh_token=fresh; Path=/")
        .with("set-cookie", "theme=; Path=/; Max-Age=0");
    app.scripted.will(reply);
    let answer = app.signed_in().log_out("{}").await;
    let cookies = answer.set_cookies();
    let of = |name: &str| cookies.iter().filter(|cookie| cookie.starts_with(name)).count();
    assert_eq!(
        (of("access_token="), of("refresh_token="), of("theme=")),
        (1, 0, 0),
        "{cookies:?}"
    );
}

#[tokio::test]
async fn f8_9_a_refusal_removes_nothing() {
    let app = App::start().await;
    app.scripted
        .will(Reply::status(500).with("set-cookie", "access_token=; Path=/; Max-Age=0"));
    let answer = app.signed_in().log_out("{}").await;
    assert!(
        answer
            .set_cookies()
            .iter()
            .all(|cookie| !cookie.starts_with("access_token"))
    );
}

/// The answer's own headers stay below 4 KB, however much the platform wants to say.
#[tokio::test]
async fn i9_no_answer_is_larger_than_a_proxy_takes() {
    let scripted = Scripted::start().await;
    let app = App::start_on(scripted, |_| ());
    let long = format!("/out?x={}", "a".repeat(1150));
    let mut reply = Reply::signed_out(&long);
    for _ in 0..20 {
        reply = reply.with("set-cookie", "access_token=; Path=/; Max-Age=0");
    }
    app.scripted.will(reply);
    let answer = app.signed_in().log_out("{}").await;
    let size: usize = answer
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    assert!(size < 4096, "{size}");
    let kept = answer.set_cookies();
    assert!(
        kept.iter().any(|cookie| cookie.contains("-logout=")),
        "it is still pending"
    );
}
