//! The two halves of a sign-out.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::platform::{GATEWAY_COOKIE, PlatformStandIn, SINGLE_SIGN_ON_COOKIE};
use http::StatusCode;
use http::header::{ALLOW, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use crate::browser::{Answered, Browser, ORIGIN, send};
use crate::extension::bare;

/// As an extension's server asks: with the cookies it was sent, and what it was told of the connection.
pub(crate) async fn ask_for_logout(stand_in: &PlatformStandIn, browser: &Browser, body: &Value) -> Answered {
    let token = browser.cookie(GATEWAY_COOKIE).unwrap_or_default();
    let request = Request::post("/api/auth/logout")
        .header(HOST, "localhost:3000")
        .header(CONTENT_TYPE, "application/json")
        .header(COOKIE, format!("{GATEWAY_COOKIE}={token}"))
        .header("x-forwarded-host", "localhost:3000")
        .header("x-forwarded-proto", "http")
        .header("x-forwarded-for", "127.0.0.1");
    send(
        &stand_in.router(),
        request.body(Body::from(body.to_string())).unwrap(),
    )
    .await
}

#[tokio::test]
async fn a_server_that_asks_ends_the_session_at_the_gateway_and_is_told_where_the_browser_must_go() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    let return_to = format!("{ORIGIN}/runtime/apps/notes/logged-out?state=x");
    let body = json!({ "post_logout_redirect_uri": return_to });
    let answer = ask_for_logout(&stand_in, &browser, &body).await;
    assert_eq!(answer.status, StatusCode::OK);
    let told = answer.json();
    assert_eq!(told["session_termination_requested"], true);
    assert_eq!(told["post_logout_redirect_uri"], return_to);
    assert!(told["message"].is_string() && told["logout_time"].is_string());
    assert_eq!(
        told["front_channel_logout_url"],
        "/api/auth/logout/front-channel?redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fruntime%2Fapps%2Fnotes%2Flogged-out%3Fstate%3Dx"
    );
    let line = answer.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
    assert!(line.starts_with("access_token=; Path=/;") && line.contains("Max-Age=0"));
    assert_eq!(
        browser.get("/api/auth/validate").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn eng_6911_without_the_second_half_the_next_visit_signs_in_silently() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    ask_for_logout(&stand_in, &browser, &json!({})).await;
    assert_eq!(
        browser.get("/api/auth/validate").await.status,
        StatusCode::UNAUTHORIZED
    );
    browser.get("/api/auth/login?redirect_uri=%2F").await.location();
    assert_eq!(browser.get("/api/auth/validate").await.json()["sub"], "ada");
}

#[tokio::test]
async fn eng_6911_with_the_second_half_the_next_visit_is_asked() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    let told = ask_for_logout(&stand_in, &browser, &json!({})).await.json();
    let back = browser
        .get(told["front_channel_logout_url"].as_str().unwrap())
        .await;
    assert_eq!(back.location(), format!("{ORIGIN}/login"));
    assert_eq!(browser.cookie(GATEWAY_COOKIE), None);
    assert_eq!(browser.cookie(SINGLE_SIGN_ON_COOKIE), None);
    assert!(
        browser
            .get("/api/auth/login?redirect_uri=%2F")
            .await
            .asks_who_one_is()
    );
}

#[tokio::test]
async fn the_second_half_ends_the_sessions_and_not_only_the_cookies() {
    let stand_in = bare();
    let (browser, thief) = (Browser::new(&stand_in), Browser::new(&stand_in));
    browser.sign_in("ada", "/").await;
    let stolen = [GATEWAY_COOKIE, SINGLE_SIGN_ON_COOKIE].map(|name| (name, browser.cookie(name).unwrap()));
    browser
        .get("/api/auth/logout/front-channel?redirect_uri=%2Fx")
        .await
        .location();
    let cookies = stolen.map(|(name, value)| format!("{name}={value}")).join("; ");
    for (path, refused) in [
        ("/api/auth/validate", StatusCode::UNAUTHORIZED),
        ("/api/auth/login?redirect_uri=%2F", StatusCode::OK),
    ] {
        let request = Request::get(path)
            .header(HOST, "localhost:3000")
            .header(COOKIE, &cookies);
        let answer = thief.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, refused, "{path}");
        assert!(answer.headers.get(SET_COOKIE).is_none(), "{path}");
    }
}

#[tokio::test]
async fn the_second_half_leads_nowhere_but_to_the_platform() {
    for foreign in [
        "",
        "?redirect_uri=http%3A%2F%2Fevil.example%2F",
        "?redirect_uri=%2F%2Fevil.example",
        "?redirect_uri=javascript%3Aalert(1)",
        "?redirect_uri=%2Fa&redirect_uri=%2Fb",
    ] {
        let browser = Browser::new(&bare());
        browser.sign_in("ada", "/").await;
        let answer = browser
            .get(&format!("/api/auth/logout/front-channel{foreign}"))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{foreign}");
        assert!(answer.headers.get(LOCATION).is_none(), "{foreign}");
        assert!(answer.body.contains("You are signed out"));
        assert_eq!(
            browser.cookie(SINGLE_SIGN_ON_COOKIE),
            None,
            "signed out all the same"
        );
    }
}

#[tokio::test]
async fn a_foreign_return_address_is_replaced_in_the_answer() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    let body = json!({ "post_logout_redirect_uri": "https://evil.example/" });
    let told = ask_for_logout(&stand_in, &browser, &body).await.json();
    assert_eq!(told["post_logout_redirect_uri"], format!("{ORIGIN}/login"));
    assert_eq!(told["session_termination_requested"], false);
}

#[tokio::test]
async fn the_first_half_is_no_address_to_navigate_to() {
    let browser = Browser::new(&bare());
    browser.sign_in("ada", "/").await;
    let refused = browser.get("/api/auth/logout").await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers.get(ALLOW).unwrap(), "POST");
    assert_eq!(browser.get("/api/auth/validate").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_sent_as_bearer_is_revoked_too() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    let token = browser.cookie(GATEWAY_COOKIE).unwrap();
    let request = Request::post("/api/auth/logout")
        .header(HOST, "localhost:3000")
        .header("authorization", format!("Bearer {token}"));
    let answer = send(&stand_in.router(), request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.json()["session_termination_requested"], true);
    assert_eq!(
        browser.get("/api/auth/validate").await.status,
        StatusCode::UNAUTHORIZED
    );
}
