//! The newer contract, by what its clients send and read.

use exeunt::platform::Contract;
use http::{HeaderName, HeaderValue, StatusCode};
use url::Url;

use crate::support::App;

async fn app() -> App {
    App::start_with(|settings| settings.contract = Contract::Current).await
}

#[tokio::test]
async fn the_session_is_always_200_and_says_whether_somebody_is_signed_in() {
    let app = app().await;
    let mut browser = app.signed_in();
    let workroom = [("x-workroom-id", "w1"), ("x-user-workroom-role", "owner")];
    for (name, value) in workroom {
        browser
            .gateway
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let answer = browser.get("/api/session").await;
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "user_id": "ada", "email": "ada@k.example", "name": "Ada", "roles": ["admin", "staff"],
            "workroom_id": "w1", "workroom_role": "owner", "is_authenticated": true, "expires_at": null,
        })
    );
    let nobody = app.browser().get("/session").await;
    assert_eq!(nobody.status, StatusCode::OK);
    assert_eq!(
        nobody.json(),
        serde_json::json!({
            "user_id": null, "email": null, "name": null, "roles": [],
            "workroom_id": null, "workroom_role": null, "is_authenticated": false, "expires_at": null,
        })
    );
}

/// A malformed identity is the signed-out shape, and protected calls agree.
#[tokio::test]
async fn session_and_protected_calls_agree() {
    let app = app().await;
    let mut browser = app.signed_in();
    browser
        .gateway
        .append("x-user-id", HeaderValue::from_static("eve"));
    assert_eq!(
        browser.get("/api/session").await.json()["is_authenticated"],
        false
    );
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    let mut browser = app.signed_in();
    assert_eq!(browser.get("/whoami").await.text, "ada");
}

#[tokio::test]
async fn the_login_url_takes_return_to_and_needs_none() {
    let app = app().await;
    let mut browser = app.browser();
    for (query, back) in [
        (
            "?return_to=%2Faccount",
            "https://k.example/runtime/apps/a/account",
        ),
        // The platform may put a query behind it.
        (
            "?return_to=%2Faccount%23letter",
            "https://k.example/runtime/apps/a/account",
        ),
        (
            "?return_to=https%3A%2F%2Fevil.example",
            "https://k.example/runtime/apps/a/",
        ),
        ("", "https://k.example/runtime/apps/a/"),
    ] {
        let answer = browser.get(&format!("/api/auth/login-url{query}")).await;
        let url = Url::parse(answer.json()["login_url"].as_str().unwrap()).unwrap();
        let redirect_uri = url
            .query_pairs()
            .find(|(name, _)| name == "redirect_uri")
            .unwrap()
            .1;
        assert_eq!(redirect_uri, back);
    }
}

/// Its client navigates to `front_channel_logout_url`, else to `logout_url`: both are addresses that a browser may open.
#[tokio::test]
async fn the_sign_out_has_the_members_that_clients_read() {
    let app = app().await;
    for body in [
        "",
        r#"{"redirect_uri":"/bye"}"#,
        r#"{"post_logout_redirect_uri":"/bye"}"#,
        r#"{"redirect_uri":"/a","post_logout_redirect_uri":"/bye"}"#,
    ] {
        let json = app.signed_in().log_out(body).await.json();
        let front_channel = "https://k.example/api/auth/logout/front-channel?redirect_uri=x";
        assert_eq!(json["front_channel_logout_url"], front_channel, "{body}");
        assert_eq!(json["logout_url"], front_channel);
        let logged_out = "https://k.example/runtime/apps/a/logged-out";
        assert_eq!(json["redirect_url"], logged_out);
        assert_eq!(json["post_logout_redirect_uri"], logged_out);
        assert_eq!(json["success"], true);
    }
}

/// By either name it is the wish of the person, and checked.
#[tokio::test]
async fn either_name_of_the_wish_reaches_the_page() {
    let app = App::start_with(|settings| {
        settings.contract = Contract::Current;
        settings.post_logout_uris = "/bye".parse().unwrap();
    })
    .await;
    let mut browser = app.signed_in();
    browser.log_out(r#"{"redirect_uri":"/bye"}"#).await;
    let view = app.logged_out_view(&browser).await;
    assert_eq!(view.continue_to.as_deref(), Some("https://k.example/bye"));
}
