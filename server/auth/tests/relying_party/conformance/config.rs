//! `oidcc-client-config-certification-test-plan`: discovery and the provider's keys.

use exeunt_dev_provider::script::{Endpoint, ScriptedProviderBuilder, Signing};

use super::{suite::Suite, support::App};

#[tokio::test]
async fn oidcc_client_test_discovery_openid_config() {
    let suite = Suite::start().await;
    suite.completes().await;
    let script = suite.app.script();
    assert_eq!(script.count(Endpoint::Discovery), 1);
    let request = script.last_request(Endpoint::Discovery).unwrap();
    assert_eq!(request.path, "/.well-known/openid-configuration");
}

/// The suite's key set has another address in each run: so it has here in each of two.
#[tokio::test]
async fn oidcc_client_test_discovery_jwks_uri_keys() {
    let usual = Suite::start().await;
    let moved = App::builder().provider(ScriptedProviderBuilder::zitadel_shape);
    let moved = Suite::with(moved).await;
    let mut paths = Vec::new();
    for suite in [usual, moved] {
        suite.id_tokens_with(|claims| {
            claims.insert("aud".to_owned(), "exeunt-test".into());
        });
        suite.completes().await;
        let requests = suite.app.script().requests(Endpoint::Jwks);
        assert_eq!(
            requests.len(),
            1,
            "its keys are fetched from where discovery says"
        );
        paths.push(requests[0].path.clone());
    }
    assert_eq!(paths, ["/jwks", "/oauth/v2/keys"]);
}

#[tokio::test]
async fn oidcc_client_test_discovery_issuer_mismatch() {
    let suite = Suite::start().await;
    suite.metadata_with(|metadata| {
        let issuer = metadata["issuer"].as_str().unwrap();
        metadata["issuer"] = format!("{issuer}/INVALID").into();
    });
    let mut browser = suite.app.browser();
    let answer = browser.open("/auth/login").await;
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert_eq!(answer.header("location"), None, "nobody is sent there");
    assert_eq!(suite.app.script().count(Endpoint::Discovery), 1);
    assert_eq!(suite.app.script().count(Endpoint::Authorize), 0);
}

/// The same module as in the basic plan, with this plan's discovery.
#[tokio::test]
async fn oidcc_client_test_idtoken_sig_none() {
    let suite = Suite::start().await;
    suite.metadata_with(|metadata| {
        metadata["id_token_signing_alg_values_supported"] = ["RS256", "none"].into();
    });
    suite.app.script().sign_with(Signing::None);
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_signing_key_rotation_just_before_signing() {
    let suite = Suite::start().await;
    // The keys are known before they change.
    suite.completes().await;
    let mut browser = suite.app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    suite.app.script().rotate_keys(false);
    let answer = browser.open(&callback).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(suite.app.script().count(Endpoint::Jwks), 2);
    assert_eq!(suite.app.script().count(Endpoint::Userinfo), 2);
    suite.assert_sound();
}

#[tokio::test]
async fn oidcc_client_test_signing_key_rotation() {
    let suite = Suite::start().await;
    suite.completes().await;
    suite.app.script().rotate_keys(false);
    suite.completes().await;
    let kids: Vec<_> = suite.issued().iter().map(|token| kid(token)).collect();
    assert_eq!(kids.len(), 2);
    assert_ne!(kids[0], kids[1], "the second is signed with a new key");
    assert_eq!(suite.app.script().count(Endpoint::Jwks), 2);
}

fn kid(token: &str) -> String {
    super::suite::header_of(token)["kid"].as_str().unwrap().to_owned()
}
