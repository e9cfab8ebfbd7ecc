//! Discovery and keys.

use exeunt_dev_provider::{Client, ConfigError, DevProvider, DevProviderConfig};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::relying_party::provider;

#[tokio::test]
async fn the_metadata_names_the_issuer_and_endpoints_below_it() {
    let browser = provider();
    let metadata = browser.get("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(metadata["issuer"], "http://127.0.0.1:3010");
    assert_eq!(
        metadata["end_session_endpoint"],
        "http://127.0.0.1:3010/end_session"
    );
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
}

#[tokio::test]
async fn an_issuer_with_a_path_and_a_trailing_slash_is_served_below_its_path() {
    let config = DevProviderConfig::new("http://localhost:3010/realms/example/", Vec::new());
    let browser = Browser::new(DevProvider::new(config).unwrap().router());
    let metadata = browser
        .get("/realms/example/.well-known/openid-configuration", &[])
        .await
        .json();
    assert_eq!(metadata["issuer"], "http://localhost:3010/realms/example/");
    assert_eq!(
        metadata["token_endpoint"],
        "http://localhost:3010/realms/example/token"
    );
    assert_eq!(
        browser.get("/.well-known/openid-configuration", &[]).await.status,
        404
    );
}

#[tokio::test]
async fn the_key_set_holds_an_rsa_and_an_ec_key_and_nothing_private() {
    let browser = provider();
    let keys = browser.get("/jwks", &[]).await.json();
    let of = |name: &str| {
        keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key[name].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(of("alg"), ["RS256", "ES256"]);
    assert_ne!(of("kid")[0], of("kid")[1]);
    // 2048 bits in base64url.
    assert_eq!(keys["keys"][0]["n"].as_str().unwrap().len(), 342);
    for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
        assert!(of(private).iter().all(Value::is_null), "{private}");
    }
}

#[test]
fn an_issuer_that_others_could_reach_is_refused() {
    for issuer in [
        "https://127.0.0.1:3010",
        "http://192.0.2.1",
        "http://op.example.com",
        "http://127.0.0.1/?a=b",
        "127.0.0.1",
        "http://user@localhost",
        "http://localhost/{id}",
        "http://localhost//a",
        "http://0.0.0.0:3010",
    ] {
        let refused = DevProvider::new(DevProviderConfig::new(issuer, Vec::new())).unwrap_err();
        assert!(
            matches!(refused, ConfigError::Issuer { .. }),
            "{issuer}: {refused}"
        );
    }
}

#[test]
fn an_address_that_cannot_be_redirected_to_is_refused() {
    for uri in [
        "/callback",
        "http://localhost/#fragment",
        "http://localhost/a b",
        "http://localhost/\r\nx: y",
    ] {
        let client = Client::new("example", None).post_logout_redirect_uri(uri);
        let refused =
            DevProvider::new(DevProviderConfig::new("http://127.0.0.1:1", vec![client])).unwrap_err();
        assert!(
            matches!(refused, ConfigError::RedirectUri { .. }),
            "{uri:?}: {refused}"
        );
    }
}

#[test]
fn a_secret_is_not_in_the_debug_text() {
    let config = crate::relying_party::config();
    assert!(!format!("{config:?}").contains(crate::relying_party::SECRET));
}
