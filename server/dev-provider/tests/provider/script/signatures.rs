//! Signatures, right and wrong, and keys that change.

use exeunt_dev_provider::script::Signing;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Value, json};

use super::scripted;
use crate::browser::Browser;
use crate::relying_party::{SECRET, authorize, exchange, part, pick, refresh, text};

async fn fresh_id_token(browser: &Browser) -> String {
    let picker = authorize(browser, &[("prompt", "login")]).await;
    let code = pick(browser, &picker, "ada").await.returned("code").unwrap();
    text(&exchange(browser, &code).await.json(), "id_token").to_owned()
}

/// Whether a published key of the algorithm in the header made the signature.
async fn verifies(browser: &Browser, token: &str) -> bool {
    let keys: JwkSet = serde_json::from_value(browser.get("/jwks", &[]).await.json()).unwrap();
    let algorithm = match part(token, 0)["alg"].as_str() {
        Some("RS256") => Algorithm::RS256,
        Some("ES256") => Algorithm::ES256,
        _ => return false,
    };
    let (input, signature) = token.rsplit_once('.').unwrap();
    keys.keys.iter().any(|key| {
        let key = DecodingKey::from_jwk(key).unwrap();
        crypto::verify(signature, input.as_bytes(), &key, algorithm).unwrap_or(false)
    })
}

fn hmac_verifies(token: &str, secret: &[u8]) -> bool {
    let (input, signature) = token.rsplit_once('.').unwrap();
    crypto::verify(
        signature,
        input.as_bytes(),
        &DecodingKey::from_secret(secret),
        Algorithm::HS256,
    )
    .unwrap()
}

#[tokio::test]
async fn each_way_of_signing_is_what_it_says() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    let known = script.kid();
    for (signing, algorithm, is_good, has_known_kid) in [
        (Signing::Normal, "RS256", true, true),
        (Signing::Es256, "ES256", true, false),
        (Signing::StrangerRsa, "RS256", false, false),
        (Signing::StrangerRsaWithKnownKid, "RS256", false, true),
        (Signing::Hs256ClientSecret, "HS256", false, false),
        (Signing::Hs256PublicKey, "HS256", false, true),
        (Signing::None, "none", false, false),
        (Signing::Corrupted, "RS256", false, true),
    ] {
        script.sign_with(signing);
        let token = fresh_id_token(&browser).await;
        assert_eq!(part(&token, 0)["alg"], algorithm, "{signing:?}");
        assert_eq!(
            part(&token, 0)["kid"] == json!(known),
            has_known_kid,
            "{signing:?}"
        );
        assert_eq!(verifies(&browser, &token).await, is_good, "{signing:?}");
        match signing {
            Signing::Hs256ClientSecret => assert!(hmac_verifies(&token, SECRET.as_bytes())),
            Signing::None => assert!(token.ends_with('.')),
            _ => {}
        }
    }
}

#[tokio::test]
async fn kid_can_be_left_out() {
    let (provider, browser) = scripted().await;
    provider.script().omit_kid(true);
    let token = fresh_id_token(&browser).await;
    assert_eq!(part(&token, 0)["kid"], Value::Null);
    assert!(verifies(&browser, &token).await);
}

#[tokio::test]
async fn rotated_keys_keep_or_drop_the_old_one() {
    let (provider, browser) = scripted().await;
    let script = provider.script();
    let (first_kid, first) = (script.kid(), fresh_id_token(&browser).await);
    script.rotate_keys(true);
    assert_ne!(script.kid(), first_kid);
    let second = fresh_id_token(&browser).await;
    assert!(verifies(&browser, &first).await && verifies(&browser, &second).await);
    script.rotate_keys(false);
    let third = fresh_id_token(&browser).await;
    assert!(!verifies(&browser, &first).await && !verifies(&browser, &second).await);
    assert!(verifies(&browser, &third).await);
    assert_eq!(
        browser
            .get("/end_session", &[("id_token_hint", &first)])
            .await
            .status,
        200
    );
    assert_eq!(browser.cookie(), None, "an old key's hint is still a hint");
}

#[tokio::test]
async fn any_claims_can_be_signed() {
    let (provider, browser) = scripted().await;
    let claims = json!({ "iss": provider.issuer(), "events": {} });
    let token = provider
        .script()
        .sign(Signing::Normal, claims.as_object().unwrap(), |header| {
            header.insert("typ".to_owned(), json!("logout+jwt"));
        });
    assert_eq!(
        (&part(&token, 0)["typ"], part(&token, 1)),
        (&json!("logout+jwt"), claims)
    );
    assert!(verifies(&browser, &token).await);
}

#[tokio::test]
async fn a_refreshed_id_token_follows_the_script_too() {
    let (provider, browser) = scripted().await;
    let tokens = crate::relying_party::tokens(&browser, "ada").await;
    provider
        .script()
        .change_id_token_claims(|claims| drop(claims.insert("sub".to_owned(), json!("grace"))));
    let refreshed = refresh(&browser, text(&tokens, "refresh_token")).await.json();
    assert_eq!(part(text(&refreshed, "id_token"), 1)["sub"], "grace");
}
