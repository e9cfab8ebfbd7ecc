//! A sign-out that works, from the press to the receipt (F4.1).

use exeunt::session::SessionToken;
use exeunt_dev_provider::script::Endpoint;
use serde_json::json;

use super::{
    detail, parameter, provider_url, receipt, sign_out, status,
    support::{App, every_store},
};

#[tokio::test]
async fn f4_1_i1_the_session_is_dead_before_the_answer_and_the_provider_ends_its_own() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let (_, raw) = browser.session_cookie().unwrap();
        let sso = browser.provider_cookies.values().next().unwrap().clone();
        let answer = browser.post_json("/api/auth/logout", "{}").await;
        assert_eq!(answer.status, 200, "{}", named.name);
        let key = SessionToken::parse(&raw).unwrap().key();
        assert_eq!(
            app.store.load(&key, app.now()).await.unwrap(),
            None,
            "{}",
            named.name
        );
        assert_eq!(
            app.script().count(Endpoint::EndSession),
            0,
            "the provider knows nothing yet"
        );
        assert!(app.script().has_session(&sso));

        let url = provider_url(&answer);
        let back = browser.visit_provider(&url).await;
        assert_eq!(back.status, 303, "{}", back.text());
        assert!(!app.script().has_session(&sso), "the provider's session is ended");
        let returned = browser.open(&browser.path_here(&back.location())).await;
        assert_eq!(returned.location(), "/logged-out");
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "returned"
        );

        // The oracle: the provider itself says that nobody is signed in.
        let start = browser.open("/auth/login?prompt=none").await;
        let refusal = browser.visit_provider(&start.location()).await.location();
        assert_eq!(
            parameter(&refusal, "error").unwrap(),
            "login_required",
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f4_1_the_provider_gets_hint_client_address_and_state_and_nothing_else() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    browser.visit_provider(&url).await;
    let request = app.script().last_request(Endpoint::EndSession).unwrap();
    let names: Vec<String> = request.parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]
    );
    assert_eq!(request.parameter("client_id").unwrap(), app.provider.client_id());
    assert_eq!(
        request.parameter("post_logout_redirect_uri").unwrap(),
        "http://localhost:3000/logged-out"
    );
    assert!(request.parameter("state").unwrap().len() >= 32, "unguessable");
    // A compact JWT of three parts, as it was received.
    assert_eq!(request.parameter("id_token_hint").unwrap().split('.').count(), 3);
    assert_eq!(request.header("referer"), None);
}

#[tokio::test]
async fn f4_1_each_sign_out_has_a_state_of_its_own() {
    let app = App::start().await;
    let mut states = Vec::new();
    for _ in 0..2 {
        let mut browser = app.signed_in("ada").await;
        states.push(parameter(&provider_url(&sign_out(&mut browser, "browser").await), "state").unwrap());
    }
    assert_ne!(states[0], states[1]);
}

#[tokio::test]
async fn the_answer_has_exactly_the_shape_of_the_contract() {
    let app = App::builder()
        .public_url("https://app.example/some/app")
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    let now = app.now().seconds();
    let answer = sign_out(&mut browser, "browser").await;
    let body = answer.json();
    let mut fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "front_channel_logout_url",
            "message",
            "receipt",
            "redirect_url",
            "success"
        ]
    );
    assert_eq!(body["success"], true);
    assert_eq!(body["message"], "You are signed out of this app.");
    assert_eq!(body["redirect_url"], "https://app.example/some/app/logged-out");
    assert_eq!(
        parameter(&provider_url(&answer), "post_logout_redirect_uri").unwrap(),
        "https://app.example/some/app/logged-out"
    );
    assert_eq!(body["receipt"]["ended_at"], now);
    assert_eq!(body["receipt"].as_object().unwrap().len(), 2);
    for line in body["receipt"]["layers"].as_array().unwrap() {
        let extra: Vec<_> = line
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| !["layer", "status", "detail"].contains(&key.as_str()))
            .collect();
        assert!(extra.is_empty(), "{line}");
    }
    let layers: Vec<&str> = body["receipt"]["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["layer"].as_str().unwrap())
        .collect();
    assert_eq!(layers[0], "app_session");
    assert_eq!(
        body["receipt"]["layers"][0],
        json!({"layer": "app_session", "status": "ended"})
    );
    assert_eq!(
        status(&body["receipt"], "provider_session").unwrap(),
        "unconfirmed"
    );
    assert_eq!(
        receipt(&mut browser).await,
        body["receipt"],
        "the page reads the same"
    );
}

#[tokio::test]
async fn i4_what_is_not_done_is_not_claimed() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let receipt = sign_out(&mut browser, "browser").await.json()["receipt"].clone();
    for layer in ["open_tabs", "provider_session"] {
        assert_ne!(status(&receipt, layer).unwrap(), "ended", "{layer}");
    }
    // The tokens are called ended because the provider said so.
    assert!(app.script().count(Endpoint::Revocation) > 0);
    assert!(
        detail(&receipt, "access_token").contains("revoked it"),
        "{receipt}"
    );
}

#[tokio::test]
async fn f4_4_without_a_session_it_says_so_and_ends_nothing() {
    let app = App::start().await;
    let mut other = app.signed_in("ada").await;
    let mut stranger = app.browser();
    for scope in ["app", "browser", "everywhere"] {
        let answer = sign_out(&mut stranger, scope).await;
        assert_eq!(answer.status, 200);
        let body = answer.json();
        assert_eq!(body["success"], true);
        assert_eq!(body["message"], "You were not signed in.");
        assert_eq!(body.get("front_channel_logout_url"), None);
        assert_ne!(status(&body["receipt"], "provider_session").unwrap(), "ended");
        assert_eq!(stranger.fetch("/api/auth/receipt").await.status, 404);
    }
    assert_eq!(other.fetch("/api/session").await.status, 200);
}
