//! The weaknesses that were found in the reference, and that this must not have. K3, K4, K13, K15 and K16 have files of their own; K8
//! stands beside the address, K9 to K11 and K14 where the pages are.

use http::{Method, StatusCode};
use url::Url;

use crate::support::{App, Logs, Reply};

#[tokio::test]
async fn k01_nothing_is_said_to_be_done_that_was_not() {
    let app = App::start().await;
    app.scripted.will(Reply::status(502));
    let answer = app.signed_in().log_out("{}").await;
    let json = answer.json();
    assert_eq!(json["success"], false);
    assert!(
        json["message"].as_str().unwrap().contains("did not confirm"),
        "{json}"
    );
    assert_eq!(answer.layer("platform").as_deref(), Some("failed"));
    assert_eq!(answer.layer("provider_session").as_deref(), Some("unconfirmed"));

    // Of an app that nobody was signed in to, nothing was ended.
    let nobody = app.browser().log_out("{}").await;
    assert_eq!(nobody.layer("app_session"), None);
    assert!(
        nobody.json()["message"]
            .as_str()
            .unwrap()
            .contains("not signed in")
    );
}

#[tokio::test]
async fn k02_the_browser_is_always_led_to_the_platform() {
    for reply in [
        Reply::signed_out("/out"),
        Reply::json(&serde_json::json!({"message": "Logged out"})),
        Reply::json(&serde_json::json!({"front_channel_logout_url": null})),
        Reply::status(500),
    ] {
        let app = App::start().await;
        app.scripted.will(reply.clone());
        for mut browser in [app.signed_in(), app.browser()] {
            let json = browser.log_out("{}").await.json();
            let url = json["front_channel_logout_url"].as_str();
            assert!(
                url.is_some_and(|url| url.starts_with("https://k.example/")),
                "{reply:?} {json}"
            );
        }
    }
}

#[tokio::test]
async fn k05_where_a_caller_wants_to_go_on_to_is_checked() {
    for (wanted, continue_to) in [
        ("/bye", Some("https://k.example/bye")),
        ("https://evil.example/", None),
        ("//evil.example", None),
        ("javascript:alert(1)", None),
    ] {
        let app = App::start_with(|settings| settings.post_logout_uris = "/bye".parse().unwrap()).await;
        let mut browser = app.signed_in();
        let body = serde_json::json!({"post_logout_redirect_uri": wanted}).to_string();
        let answer = browser.log_out(&body).await;
        assert_eq!(answer.status, StatusCode::OK, "ignored, never an error");
        assert!(!answer.text.contains("evil") && !answer.text.contains("javascript"));
        let expected = continue_to.unwrap_or("https://k.example/login");
        assert_eq!(answer.json()["redirect_url"], expected, "{wanted}");
        let view = app.logged_out_view(&browser).await;
        assert_eq!(view.continue_to.as_deref(), continue_to, "{wanted}");
        let sent = String::from_utf8(app.scripted.only().body.to_vec()).unwrap();
        assert!(!sent.contains("evil") && !sent.contains("bye"), "{sent}");
    }
}

#[tokio::test]
async fn k06_the_state_of_a_login_is_random() {
    let app = App::start().await;
    let mut browser = app.browser();
    let mut states = Vec::new();
    for _ in 0..2 {
        let answer = browser.get("/api/auth/login-url?redirect_uri=%2Faccount").await;
        states.push(answer.json()["login_url"].as_str().unwrap().to_owned());
        states.push(
            browser
                .open("/auth/login?return_to=%2Faccount")
                .await
                .header("location"),
        );
    }
    let states: std::collections::BTreeSet<String> = states
        .iter()
        .map(|url| {
            let url = Url::parse(url).unwrap();
            url.query_pairs()
                .find(|(name, _)| name == "state")
                .unwrap()
                .1
                .into_owned()
        })
        .collect();
    assert_eq!(states.len(), 4, "{states:?}");
    assert!(
        states
            .iter()
            .all(|state| state.len() >= 43 && !state.contains("account"))
    );
}

#[tokio::test]
async fn k07_a_sign_out_from_another_origin_is_refused_and_none_may_read_an_answer() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    for headers in [
        &[
            ("origin", "https://evil.example"),
            ("content-type", "application/json"),
        ][..],
        &[("origin", "null"), ("content-type", "text/plain")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("content-type", "application/json"),
        ],
        &[("sec-fetch-site", "same-site"), ("origin", "https://k.example")],
        &[("content-type", "application/x-www-form-urlencoded")],
    ] {
        for path in ["/api/auth/logout", "/auth/logout", "/runtime/apps/a/auth/logout"] {
            let answer = browser.send(Method::POST, path, headers, "").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert!(app.scripted.asked().is_empty());
    assert_eq!(browser.get("/whoami").await.text, "ada");
    let preflight = [
        ("origin", "https://evil.example"),
        ("access-control-request-method", "POST"),
    ];
    for (method, path) in [
        (Method::OPTIONS, "/api/auth/logout"),
        (Method::GET, "/api/session"),
        (Method::GET, "/api/auth/login-url?redirect_uri=%2F"),
    ] {
        let answer = browser.send(method, path, &preflight, "").await;
        let cors = answer
            .headers
            .keys()
            .filter(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(cors.count(), 0, "{path}");
    }
}

#[tokio::test]
async fn k12_i16_no_log_line_holds_what_the_platform_or_the_browser_wrote() {
    let (logs, _guard) = Logs::capture();
    let secret = "s3cr3t";
    for reply in [
        Reply::signed_out(&format!("https://evil.example/?token={secret}")),
        Reply {
            body: format!("{{\"token\":\"{secret}\"}}"),
            ..Reply::status(500)
        },
        Reply {
            body: secret.to_owned(),
            ..Reply::status(200)
        },
        Reply::status(302).with("location", &format!("https://k.example/?token={secret}")),
        Reply::signed_out("/out").with("set-cookie", &format!("access_token={secret}")),
    ] {
        let app = App::start().await;
        app.scripted.will(reply);
        let mut browser = app.signed_in();
        browser
            .cookies
            .insert("access_token".to_owned(), secret.to_owned());
        browser
            .gateway
            .insert("authorization", format!("Bearer {secret}").parse().unwrap());
        let answer = browser.log_out("{}").await;
        let state = answer.json()["front_channel_logout_url"]
            .as_str()
            .unwrap()
            .to_owned();
        browser.open("/auth/logout/continue").await;
        if let Some((_, state)) = state.split_once("state%3D") {
            browser.open(&format!("/logged-out?state={state}")).await;
            assert!(!logs.text().contains(state), "the state is logged");
        }
        // What a stranger claims is ignored without repeating it.
        browser.peer = "203.0.113.9".parse().unwrap();
        browser.gateway.insert("x-user-id", secret.parse().unwrap());
        browser.get("/api/session").await;
    }
    let text = logs.text();
    let ours = text.lines().filter(|line| line.contains("exeunt::"));
    assert!(ours.count() > 3, "something is logged");
    // The HTTP libraries may say at their finest what they carry; the server never hears them below info.
    let heard = text
        .lines()
        .filter(|line| line.contains("exeunt::") || !(line.contains("TRACE") || line.contains("DEBUG")));
    for line in heard {
        assert!(!line.contains(secret), "{line}");
    }
}

#[tokio::test]
async fn k17_no_token_stands_in_an_address() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let secret = "s3cr3t";
    for name in ["access_token", "refresh_token", "id_token"] {
        browser.cookies.insert(name.to_owned(), secret.to_owned());
    }
    browser
        .gateway
        .insert("authorization", format!("Bearer {secret}").parse().unwrap());
    let answer = browser.log_out("{}").await;
    assert!(!answer.text.contains(secret), "{}", answer.text);
    browser.get("/api/session").await;
    browser.get("/api/auth/login-url?redirect_uri=%2F").await;
    for asked in app.scripted.asked() {
        assert!(!asked.uri.to_string().contains(secret), "{}", asked.uri);
        assert_eq!(
            asked.uri.path(),
            "/api/auth/logout",
            "and nothing is refreshed there"
        );
        assert!(!String::from_utf8_lossy(&asked.body).contains(secret));
    }
}
