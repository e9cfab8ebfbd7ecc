//! `oidcc-client-basic-certification-test-plan`: signing in by the code flow with `client_secret_basic`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use exeunt_dev_provider::{
    Client,
    script::{Endpoint, Signing},
};
use serde_json::Value;

use super::{suite::Suite, support::App};

/// Puts `INVALID` behind a claim's text, as the suite does.
fn spoil(claim: &mut Value) {
    *claim = format!("{}INVALID", claim.as_str().unwrap()).into();
}

/// Publishes only RSA keys.
fn publish_rsa_only(suite: &Suite) {
    suite.app.script().change_jwks(|set| {
        set["keys"]
            .as_array_mut()
            .unwrap()
            .retain(|key| key["kty"] == "RSA");
    });
}

#[tokio::test]
async fn oidcc_client_test() {
    let suite = Suite::start().await;
    let mut browser = suite.completes().await;
    let session = Suite::session_of(&mut browser).await;
    assert_eq!(session["user_id"], "ada");
    assert_eq!(session["email"], "ada@example.com", "from userinfo");
}

#[tokio::test]
async fn oidcc_client_test_invalid_iss() {
    let suite = Suite::start().await;
    suite.id_tokens_with(|claims| spoil(&mut claims["iss"]));
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_missing_sub() {
    let suite = Suite::start().await;
    suite.id_tokens_with(|claims| {
        claims.remove("sub");
    });
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_invalid_aud() {
    let suite = Suite::start().await;
    suite.id_tokens_with(|claims| spoil(&mut claims["aud"]));
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_missing_iat() {
    let suite = Suite::start().await;
    suite.id_tokens_with(|claims| {
        claims.remove("iat");
    });
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_kid_absent_single_jwks() {
    let suite = Suite::start().await;
    suite.app.script().omit_kid(true);
    publish_rsa_only(&suite);
    suite.completes().await;
}

#[tokio::test]
async fn oidcc_client_test_kid_absent_multiple_jwks() {
    let suite = Suite::start().await;
    let script = suite.app.script();
    script.omit_kid(true);
    script.rotate_keys(true);
    let stranger = script.stranger_jwk();
    script.change_jwks(move |set| {
        // The one that signs is neither the first nor the last.
        let keys = set["keys"].as_array_mut().unwrap();
        keys.retain(|key| key["kty"] == "RSA");
        assert_eq!(keys.len(), 2);
        keys.insert(0, stranger.clone().into());
    });
    suite.completes().await;
}

#[tokio::test]
async fn oidcc_client_test_idtoken_sig_rs256() {
    let suite = Suite::start().await;
    suite.app.script().change_id_token_header(|header| {
        assert_eq!(header["alg"], "RS256", "the module is about RS256");
    });
    suite.completes().await;
}

/// The suite lets a relying party that knows no unsigned tokens refuse them, and counts the module as skipped.
#[tokio::test]
async fn oidcc_client_test_idtoken_sig_none() {
    let suite = Suite::start().await;
    suite.app.script().sign_with(Signing::None);
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_invalid_sig_rs256() {
    let suite = Suite::start().await;
    suite.app.script().sign_with(Signing::Corrupted);
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_userinfo_invalid_sub() {
    let suite = Suite::start().await;
    suite
        .app
        .script()
        .change_userinfo(|claims| spoil(&mut claims["sub"]));
    let mut browser = suite.completes().await;
    let session = Suite::session_of(&mut browser).await;
    assert_eq!(session["user_id"], "ada", "who the ID token is about");
    for claim in ["name", "email"] {
        assert_eq!(session[claim], Value::Null, "{claim} is another person's");
    }
}

#[tokio::test]
async fn oidcc_client_test_nonce_invalid() {
    let suite = Suite::start().await;
    suite.id_tokens_with(|claims| spoil(&mut claims["nonce"]));
    suite.refuses().await;
}

#[tokio::test]
async fn oidcc_client_test_scope_userinfo_claims() {
    let suite = Suite::start().await;
    let mut browser = suite.completes().await;
    let request = suite.app.script().last_request(Endpoint::Authorize).unwrap();
    let scope = request.parameter("scope").unwrap();
    for wanted in ["openid", "profile", "email"] {
        assert!(scope.split(' ').any(|one| one == wanted), "{wanted} in {scope}");
    }
    let session = Suite::session_of(&mut browser).await;
    assert_eq!(session["name"], "Ada Example", "profile");
    assert_eq!(session["email"], "ada@example.com", "email");
}

/// Id and secret hold what has a meaning in the header: each is form-encoded before Base64,
/// [RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1).
#[tokio::test]
async fn oidcc_client_test_client_secret_basic() {
    let (id, secret) = ("conformance:client", "s3cret: +/%&=\"");
    let builder = App::builder().provider(|provider| provider.clients(vec![Client::new(id, Some(secret))]));
    let suite = Suite::with(builder).await;
    suite.completes().await;
    let request = suite.app.script().last_request(Endpoint::Token).unwrap();
    let credentials = request
        .header("authorization")
        .unwrap()
        .strip_prefix("Basic ")
        .unwrap();
    let credentials = String::from_utf8(STANDARD.decode(credentials).unwrap()).unwrap();
    assert_eq!(credentials, "conformance%3Aclient:s3cret%3A+%2B%2F%25%26%3D%22");
    assert_eq!(request.parameter("grant_type").unwrap(), "authorization_code");
}
