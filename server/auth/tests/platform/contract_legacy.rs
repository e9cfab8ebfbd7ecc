//! The older contract, by what its clients send and read.

use http::{Method, StatusCode};
use url::Url;

use crate::support::{App, FETCH};

/// The members that the reference front end reads, and no token among the others.
#[tokio::test]
async fn the_session_has_the_members_that_clients_read() {
    let app = App::start().await;
    let answer = app.signed_in().get("/api/session").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "user_id": "ada", "email": "ada@k.example", "name": "Ada", "roles": ["admin", "staff"],
            "request_id": null, "auth_enabled": true, "now": 1_800_000_000,
        })
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// Its `fetchSession` takes anything but 401 for a fault.
#[tokio::test]
async fn nobody_gets_401_with_the_words_that_clients_know() {
    let app = App::start().await;
    let mut browser = app.browser();
    for path in ["/api/session", "/session", "/runtime/apps/a/api/session"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(
            answer.json(),
            serde_json::json!({"detail": {
                "error": "session_expired", "message": "Your session has expired. Please log in again.",
            }})
        );
    }
}

/// `buildLoginUrl` sends `redirect_uri` and navigates to `login_url`.
#[tokio::test]
async fn the_login_url_leads_to_the_platform_and_back_to_the_page() {
    let app = App::start().await;
    let mut browser = app.browser();
    for (wanted, back) in [
        // Path mode: the base path, path and query.
        (
            "/runtime/apps/a/account?x=1",
            "https://k.example/runtime/apps/a/account?x=1",
        ),
        // Port mode: the whole address.
        (
            "https://k.example/runtime/apps/a/account",
            "https://k.example/runtime/apps/a/account",
        ),
        ("https://evil.example/", "https://k.example/runtime/apps/a/"),
        ("//evil.example", "https://k.example/runtime/apps/a/"),
    ] {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", wanted)
            .finish();
        for path in ["/api/auth/login-url", "/auth/login-url"] {
            let answer = browser.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status, StatusCode::OK);
            let login_url = answer.json()["login_url"].as_str().unwrap().to_owned();
            let url = Url::parse(&login_url).unwrap();
            assert_eq!(url.origin().ascii_serialization(), "https://k.example");
            assert_eq!(url.path(), "/api/auth/login");
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            assert_eq!(pairs[0], ("redirect_uri".to_owned(), back.to_owned()));
        }
    }
    let answer = browser.get("/api/auth/login-url").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// `logout(redirectUri?)` posts JSON with `credentials: 'include'`, or nothing at all, and reads four members.
#[tokio::test]
async fn the_sign_out_is_handed_on_and_answers_200_with_the_members_that_clients_read() {
    let app = App::start().await;
    let bodies = ["", "{}", r#"{"post_logout_redirect_uri":"/bye"}"#];
    for (count, body) in bodies.into_iter().enumerate() {
        let answer = app.signed_in().log_out(body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        let json = answer.json();
        assert_eq!(json["success"], true);
        assert!(json["message"].is_string() && json["redirect_url"].is_string());
        assert_eq!(
            json["front_channel_logout_url"],
            "https://k.example/api/auth/logout/front-channel?redirect_uri=x"
        );
        let asked = app.scripted.asked();
        assert_eq!(asked.len(), count + 1);
        assert_eq!(asked[count].method, Method::POST);
        assert_eq!(asked[count].uri, "/api/auth/logout");
        let sent: serde_json::Value = serde_json::from_slice(&asked[count].body).unwrap();
        let return_to = sent["post_logout_redirect_uri"].as_str().unwrap();
        assert!(
            return_to.starts_with("https://k.example/runtime/apps/a/logged-out?state="),
            "{return_to}"
        );
    }
}

#[tokio::test]
async fn the_sign_out_is_there_without_api_too() {
    let app = App::start().await;
    for path in ["/auth/logout", "/runtime/apps/a/auth/logout"] {
        let mut browser = app.signed_in();
        browser
            .cookies
            .insert("access_token".to_owned(), path.len().to_string());
        let answer = browser.send(Method::POST, path, &FETCH, "{}").await;
        assert_eq!(answer.json()["success"], true, "{path}");
        assert_eq!(browser.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(app.scripted.asked().len(), 2);
}

#[tokio::test]
async fn f8_8_the_default_redirect_is_the_login_page_beside_the_api() {
    let app = App::start_with(|settings| {
        settings.public_api_url = "https://api.example.com/api".parse().unwrap();
    })
    .await;
    let answer = app.signed_in().log_out("{}").await;
    assert_eq!(answer.json()["redirect_url"], "https://api.example.com/login");
}
