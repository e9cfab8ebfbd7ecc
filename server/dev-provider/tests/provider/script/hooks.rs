//! Hooks, shapes, and what arrived.

use exeunt_dev_provider::script::Endpoint;
use serde_json::{Value, json};

use super::{builder, scripted};
use crate::browser::Browser;
use crate::relying_party::{
    CALLBACK, CLIENT_ID, VERIFIER, authorize, basic, exchange, part, provider, sign_in, text, tokens,
};

#[tokio::test]
async fn hooks_change_discovery_and_keys() {
    let (provider, browser) = scripted().await;
    provider.script().change_discovery(|metadata| {
        metadata.insert("issuer".to_owned(), json!("http://127.0.0.1:1"));
        metadata.remove("end_session_endpoint");
    });
    let stranger = provider.script().stranger_jwk();
    provider.script().change_jwks(move |keys| {
        let keys = keys["keys"].as_array_mut().unwrap();
        keys.push(json!({ "kty": "unknown", "kid": keys[0]["kid"] }));
        keys.push(Value::Object(stranger.clone()));
    });
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(
        (&metadata["issuer"], &metadata["end_session_endpoint"]),
        (&json!("http://127.0.0.1:1"), &Value::Null)
    );
    let keys = browser.get("/jwks", &[]).await.json();
    assert_eq!(
        (keys["keys"].as_array().unwrap().len(), &keys["keys"][2]["kty"]),
        (4, &json!("unknown"))
    );
}

#[tokio::test]
async fn hooks_change_tokens_and_userinfo() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    script.change_id_token_header(|header| drop(header.insert("typ".to_owned(), json!("at+jwt"))));
    script.change_id_token_claims(|claims| drop(claims.remove("nonce")));
    script.change_token_response(|response| drop(response.remove("token_type")));
    script.change_userinfo(|claims| drop(claims.insert("sub".to_owned(), json!("grace"))));
    let tokens = tokens(&browser, "ada").await;
    let id_token = text(&tokens, "id_token");
    assert_eq!(tokens["token_type"], Value::Null);
    assert_eq!(part(id_token, 0)["typ"], "at+jwt");
    assert_eq!(part(id_token, 1)["nonce"], Value::Null);
    let authorization = format!("Bearer {}", text(&tokens, "access_token"));
    let userinfo = browser
        .post("/userinfo", &[], &[("authorization", &authorization)])
        .await
        .json();
    assert_eq!(userinfo["sub"], "grace");
}

#[tokio::test]
async fn a_hook_changes_authorization_responses_and_errors_too() {
    let (provider, browser) = scripted().await;
    provider.script().change_authorization_response(|parameters| {
        parameters.retain(|(name, _)| name != "state");
        parameters.push(("iss".to_owned(), "https://evil.example".to_owned()));
    });
    let answer = authorize(&browser, &[("prompt", "none")]).await;
    let names: Vec<String> = answer
        .location()
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(
        names,
        ["error", "error_description", "session_state", "iss", "iss"]
    );
}

#[tokio::test]
async fn the_zitadel_shape_has_its_paths_and_several_audiences() {
    let provider = builder().zitadel_shape().start().await;
    let browser = Browser::new(provider.router());
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    let url = |path: &str| json!(format!("{}{path}", provider.origin()));
    assert_eq!(metadata["authorization_endpoint"], url("/oauth/v2/authorize"));
    assert_eq!(metadata["token_endpoint"], url("/oauth/v2/token"));
    assert_eq!(metadata["userinfo_endpoint"], url("/oidc/v1/userinfo"));
    assert_eq!(metadata["revocation_endpoint"], url("/oauth/v2/revoke"));
    assert_eq!(metadata["end_session_endpoint"], url("/oidc/v1/end_session"));
    assert_eq!(metadata["jwks_uri"], url("/oauth/v2/keys"));

    provider.script().auto_login("ada");
    let request = [
        ("client_id", CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", crate::relying_party::CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let code = browser
        .get("/oauth/v2/authorize", &request)
        .await
        .returned("code")
        .unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = browser
        .post("/oauth/v2/token", &form, &[("authorization", &basic())])
        .await
        .json();
    let claims = part(text(&tokens, "id_token"), 1);
    assert_eq!(
        (
            claims["aud"].as_array().unwrap().len(),
            &claims["aud"][0],
            &claims["azp"]
        ),
        (3, &json!(CLIENT_ID), &json!(CLIENT_ID))
    );
    let hint = [("id_token_hint", text(&tokens, "id_token"))];
    assert_eq!(browser.get("/oidc/v1/end_session", &hint).await.status, 200);
    assert_eq!(browser.cookie(), None);
}

#[tokio::test]
async fn a_provider_without_logout_neither_says_nor_serves_it() {
    let provider = builder().without_end_session().start().await;
    let browser = Browser::new(provider.router());
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(metadata.get("end_session_endpoint"), None);
    assert_eq!(browser.get("/end_session", &[]).await.status, 404);
}

#[tokio::test]
async fn an_issuer_can_have_a_path_or_a_trailing_slash() {
    for (path, discovery) in [
        ("/", "/.well-known/openid-configuration"),
        (
            "/realms/example",
            "/realms/example/.well-known/openid-configuration",
        ),
        (
            "/realms/example/",
            "/realms/example/.well-known/openid-configuration",
        ),
    ] {
        let provider = builder().issuer_path(path).start().await;
        let metadata = Browser::new(provider.router()).get(discovery, &[]).await.json();
        assert_eq!(metadata["issuer"], format!("{}{path}", provider.origin()));
        assert_eq!(metadata["issuer"], provider.issuer());
        assert_eq!(provider.script().count(Endpoint::Discovery), 1);
    }
}

#[tokio::test]
async fn requests_are_recorded_as_they_arrived() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    assert_eq!(script.count(Endpoint::Token), 0);
    let code = sign_in(&browser, "ada").await;
    exchange(&browser, &code).await;
    let request = script.last_request(Endpoint::Token).unwrap();
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/token")
    );
    assert_eq!(request.parameter("code"), Some(code));
    assert_eq!(request.header("authorization"), Some(&*basic()));
    let authorization = &script.requests(Endpoint::Authorize)[0];
    assert_eq!(authorization.parameter("state").as_deref(), Some("st&te=1"));
    assert!(
        authorization
            .query
            .as_deref()
            .unwrap()
            .contains("state=st%26te%3D1")
    );
    script.clear_requests();
    assert_eq!(
        script.count(Endpoint::Token) + script.count(Endpoint::Authorize),
        0
    );
}

#[tokio::test]
async fn reset_puts_everything_right_again() {
    let (scripted_provider, browser) = scripted().await;
    let script = scripted_provider.script();
    script.auto_login("grace");
    script.change_discovery(serde_json::Map::clear);
    script.answer_always(Endpoint::Jwks, exeunt_dev_provider::script::Answer::status(500));
    script.set_down(true);
    script.reset();
    assert_eq!(authorize(&browser, &[]).await.status, 200, "the picker is back");
    let names = |metadata: &Value| {
        metadata
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<String>>()
    };
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    let expected = provider()
        .get("/.well-known/openid-configuration", &[])
        .await
        .json();
    assert_eq!(names(&metadata), names(&expected));
    assert_eq!(browser.get("/jwks", &[]).await.status, 200);
}

#[tokio::test]
async fn addresses_can_be_registered_after_the_start() {
    let provider = exeunt_dev_provider::script::ScriptedProvider::start().await;
    let browser = Browser::new(provider.router());
    let client_id = provider.client_id();
    let with_client = [("client_id", client_id.as_str())];
    authorize(&browser, &with_client)
        .await
        .is_page_without_redirect(400);
    provider.set_redirect_uris([CALLBACK]);
    provider.set_post_logout_redirect_uris([crate::relying_party::LOGGED_OUT]);
    assert!(
        authorize(&browser, &with_client)
            .await
            .body
            .contains("Who do you want to be")
    );
    let logout = [
        with_client[0],
        ("post_logout_redirect_uri", crate::relying_party::LOGGED_OUT),
    ];
    assert_eq!(
        browser.get("/end_session", &logout).await.location().as_str(),
        crate::relying_party::LOGGED_OUT
    );
    assert!(!provider.client_secret().is_empty());
}
