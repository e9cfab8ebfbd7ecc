//! Discovery: whose document it is, and what happens while it is not to be had.

use std::time::Duration;

use exeunt::config::EndSessionEndpoint;
use exeunt_dev_provider::script::{Answer, Endpoint, ScriptedProvider, ScriptedProviderBuilder};
use serde_json::json;

use super::{
    steps::{UNREACHABLE, assert_page, assert_works, remove, set},
    support::App,
};

#[tokio::test]
async fn f6_1_another_issuer_is_refused_and_the_operator_is_told_both() {
    for found in ["https://evil.example", "http://127.0.0.1:1", "slash"] {
        let app = App::start().await;
        let issuer = app.provider.issuer();
        let found = if found == "slash" {
            format!("{issuer}/")
        } else {
            found.to_owned()
        };
        app.script().change_discovery(set("issuer", found.clone()));
        let answer = app.browser().open("/auth/login").await;
        assert_page(&answer, 502, UNREACHABLE);
        assert!(
            !answer.text().contains(&found) && !answer.text().contains(&issuer),
            "{}",
            answer.text()
        );
        assert_eq!(answer.header("location"), None);
        app.clock.advance(Duration::from_secs(5));
        let message = app.exeunt.provider().metadata().await.unwrap_err().to_string();
        assert!(message.contains(&format!("{found:?}")), "{message}");
        assert!(message.contains(&format!("{issuer:?}")), "{message}");
        assert!(message.contains("EXEUNT_ISSUER"), "{message}");
        assert_eq!(app.script().count(Endpoint::Authorize), 0);
    }
}

#[tokio::test]
async fn f6_1_an_issuer_with_a_path_or_a_slash_is_found_and_compared_whole() {
    for path in ["/", "/realms/example", "/realms/example/"] {
        let app = App::builder()
            .provider(|provider| provider.issuer_path(path))
            .start()
            .await;
        assert!(app.provider.issuer().ends_with(path));
        assert_works(&app).await;
    }
}

#[tokio::test]
async fn f6_2_a_document_that_is_none_gives_a_page_and_no_departure() {
    for answer in [
        Answer::status(404),
        Answer::status(500),
        Answer::status(204),
        Answer::body(200, "text/html", "<html>not here</html>"),
        Answer::body(200, "application/json", "{\"issuer\":"),
        Answer::json(200, &json!({})),
        Answer::json(200, &json!([])),
        Answer::cut_off("{\"issuer\":"),
        Answer::oversize(50 * 1024 * 1024),
        Answer::redirect("http://127.0.0.1:1/"),
    ] {
        let app = App::start().await;
        app.script().answer_always(Endpoint::Discovery, answer);
        let mut browser = app.browser();
        let answer = browser.open("/auth/login").await;
        assert_page(&answer, 502, UNREACHABLE);
        assert_eq!(answer.header("location"), None);
        assert_eq!(browser.cookies.len(), 0, "no attempt was begun");
    }
}

#[tokio::test]
async fn i15_f6_2_discovery_that_hangs_is_given_up() {
    let app = App::builder().timeout(Duration::from_millis(200)).start().await;
    app.script().answer_always(Endpoint::Discovery, Answer::hang());
    let mut browser = app.browser();
    let opening = browser.open("/auth/login");
    let answer = tokio::time::timeout(Duration::from_secs(8), opening)
        .await
        .expect("the timeout holds");
    assert_page(&answer, 502, UNREACHABLE);
}

#[tokio::test]
async fn i17_f6_3_a_provider_that_is_down_at_the_start_is_told_and_recovers_without_a_restart() {
    let app = App::start().await;
    app.script().set_down(true);
    let mut browser = app.browser();
    assert_page(&browser.open("/auth/login").await, 502, UNREACHABLE);
    let ready = browser.fetch("/readyz").await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.json(), json!({"store": "ok", "provider": "degraded"}));
    assert_eq!(browser.fetch("/healthz").await.status, 200);
    assert_eq!(browser.open("/").await.text(), "home");
    app.script().set_down(false);
    app.clock.advance(Duration::from_secs(5));
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    assert_eq!(browser.fetch("/readyz").await.json()["provider"], "ok");
}

#[tokio::test]
async fn f6_3_a_failure_is_remembered_for_five_seconds() {
    let app = App::start().await;
    app.script()
        .answer_always(Endpoint::Discovery, Answer::status(500));
    for _ in 0..3 {
        assert_page(&app.browser().open("/auth/login").await, 502, UNREACHABLE);
    }
    assert_eq!(app.script().count(Endpoint::Discovery), 1);
    app.clock.advance(Duration::from_millis(4999));
    app.browser().open("/auth/login").await;
    assert_eq!(app.script().count(Endpoint::Discovery), 1);
    app.clock.advance(Duration::from_millis(1));
    app.browser().open("/auth/login").await;
    assert_eq!(app.script().count(Endpoint::Discovery), 2);
}

#[tokio::test]
async fn f6_3_a_call_that_took_longer_than_the_memory_is_remembered_all_the_same() {
    let app = App::builder().timeout(Duration::from_millis(200)).start().await;
    app.script().answer_next(Endpoint::Discovery, Answer::hang());
    let mut browser = app.browser();
    let opening = tokio::spawn(async move { browser.open("/auth/login").await });
    app.script().arrived(Endpoint::Discovery, 1).await;
    app.clock.advance(Duration::from_secs(10));
    assert_page(&opening.await.unwrap(), 502, UNREACHABLE);
    assert_page(&app.browser().open("/auth/login").await, 502, UNREACHABLE);
    assert_eq!(app.script().count(Endpoint::Discovery), 1);
}

#[tokio::test]
async fn i17_what_is_known_is_used_when_fetching_it_again_fails() {
    let app = App::start().await;
    assert_works(&app).await;
    app.clock.advance(Duration::from_secs(60 * 60 - 1));
    assert_works(&app).await;
    assert_eq!(app.script().count(Endpoint::Discovery), 1, "known for an hour");
    app.script()
        .answer_always(Endpoint::Discovery, Answer::status(500));
    app.clock.advance(Duration::from_secs(1));
    assert_works(&app).await;
    assert_eq!(app.script().count(Endpoint::Discovery), 2);
    app.script()
        .change_discovery(set("issuer", "https://evil.example"));
    app.script().answer_normally(Endpoint::Discovery);
    app.clock.advance(Duration::from_secs(5));
    assert_works(&app).await;
}

#[tokio::test]
async fn i1_a_fetch_that_hangs_keeps_no_sign_out_from_what_is_known() {
    let app = App::start().await;
    let mut browser = assert_works(&app).await;
    // Within the idle limit, but past the life of what was fetched.
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(20 * 60));
        assert_eq!(browser.open("/account").await.status, 200);
    }
    app.script().answer_always(Endpoint::Discovery, Answer::hang());
    let mut other = app.browser();
    let waiting = tokio::spawn(async move { other.open("/auth/login").await });
    app.script().arrived(Endpoint::Discovery, 2).await;
    let logout = browser.post_json("/api/auth/logout", "{}").await.json();
    let url = logout["front_channel_logout_url"].as_str().unwrap_or_default();
    assert!(
        url.starts_with(&format!("{}/end_session?", app.provider.issuer())),
        "{logout}"
    );
    app.script().release();
    assert_eq!(waiting.await.unwrap().status, 303);
}

#[tokio::test]
async fn i17_keys_that_hang_keep_nobody_else_from_beginning_to_sign_in() {
    let app = App::start().await;
    app.script().answer_always(Endpoint::Jwks, Answer::hang());
    let mut waiting = app.browser();
    let callback = waiting.sign_in_until_callback("/auth/login").await;
    let finishing = tokio::spawn(async move { waiting.open(&callback).await });
    app.script().arrived(Endpoint::Jwks, 1).await;
    assert_eq!(app.browser().open("/auth/login").await.status, 303);
    assert!(!finishing.is_finished(), "the keys still hang");
    app.script().answer_normally(Endpoint::Jwks);
    app.script().release();
    assert_eq!(finishing.await.unwrap().status, 303);
}

#[tokio::test]
async fn f6_6_only_the_configured_issuer_is_contacted() {
    let (app, foreign) = (App::start().await, ScriptedProvider::start().await);
    let encoded: String = url::form_urlencoded::byte_serialize(foreign.issuer().as_bytes()).collect();
    let mut browser = app.browser();
    assert_eq!(
        browser.open(&format!("/auth/login?iss={encoded}")).await.status,
        400
    );
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let answer = browser
        .open(&super::steps::with(&callback, "iss", Some(&foreign.issuer())))
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(foreign.script().count(Endpoint::Discovery), 0);
}

/// Signs in nobody: the login page says that the provider cannot be used.
async fn assert_unusable(member: &'static str, address: &'static str) {
    let app = App::start().await;
    app.script().change_discovery(set(member, address));
    let answer = app.browser().open("/auth/login").await;
    assert_page(&answer, 502, UNREACHABLE);
    assert!(!answer.text().contains("evil"), "{}", answer.text());
    assert_eq!(answer.header("location"), None, "{member} {address}");
}

#[tokio::test]
async fn i8_f4_16_addresses_in_metadata_that_are_not_safe_are_not_used() {
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "revocation_endpoint",
    ] {
        for address in [
            "http://op.example/evil",
            "https://op.example/evil#fragment",
            "/evil",
            "//op.example/evil",
            "javascript:alert('evil')",
            "data:text/html,evil",
            "https://a@evil.example/",
            "https://a:b@evil.example/",
            "ftp://evil.example/",
        ] {
            assert_unusable(member, address).await;
        }
    }
}

#[tokio::test]
async fn i8_without_endpoints_nothing_is_guessed() {
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let app = App::start().await;
        app.script().change_discovery(remove(member));
        assert_page(&app.browser().open("/auth/login").await, 502, UNREACHABLE);
    }
    let app = App::builder()
        .provider(ScriptedProviderBuilder::without_end_session)
        .start()
        .await;
    let mut browser = assert_works(&app).await;
    let logout = browser.post_json("/api/auth/logout", "{}").await.json();
    assert_eq!(logout["front_channel_logout_url"], json!(null));
}

#[tokio::test]
async fn i8_the_operators_end_session_endpoint_counts_only_where_discovery_has_none() {
    let named: EndSessionEndpoint = "https://op.example/leave?tenant=1".parse().unwrap();
    for (has_own, expected) in [
        (false, "https://op.example/leave?tenant=1&"),
        (true, "http://127.0.0.1:"),
    ] {
        let named = named.clone();
        let app = App::builder()
            .settings(|settings| settings.provider.end_session_endpoint = Some(named))
            .start()
            .await;
        if !has_own {
            app.script().change_discovery(remove("end_session_endpoint"));
        }
        let mut browser = assert_works(&app).await;
        let logout = browser.post_json("/api/auth/logout", "{}").await.json();
        let url = logout["front_channel_logout_url"].as_str().unwrap_or_default();
        assert!(url.starts_with(expected), "{logout}");
    }
}

#[tokio::test]
async fn f2_16_i8_a_provider_shaped_like_zitadel_works_as_a_whole() {
    let app = App::builder()
        .provider(ScriptedProviderBuilder::zitadel_shape)
        .start()
        .await;
    let mut browser = assert_works(&app).await;
    assert_eq!(
        app.script().last_request(Endpoint::Token).unwrap().path,
        "/oauth/v2/token"
    );
    let logout = browser.post_json("/api/auth/logout", "{}").await.json();
    let url = logout["front_channel_logout_url"].as_str().unwrap_or_default();
    assert!(
        url.starts_with(&format!("{}/oidc/v1/end_session?", app.provider.issuer())),
        "{url}"
    );
    let parameter = |name| super::steps::parameter(url, name).unwrap_or_default();
    assert_eq!(parameter("id_token_hint").split('.').count(), 3);
    assert_eq!(parameter("client_id"), app.provider.client_id());
    assert_eq!(
        parameter("post_logout_redirect_uri"),
        "http://localhost:3000/logged-out"
    );
    assert!(!parameter("state").is_empty());
    let back = browser.visit_provider(url).await;
    let expected = format!("http://localhost:3000/logged-out?state={}", parameter("state"));
    assert_eq!(back.location(), expected);
}
