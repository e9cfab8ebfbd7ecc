//! Anything, as the body of a logout request, as a logout token, and as either half of one.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt::{
    clock::Timestamp,
    config::LogoutTokenPolicy,
    logout::backchannel::{Expected, find_logout_token, verify_logout_token},
};
use libfuzzer_sys::fuzz_target;
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};

/// A public key whose private half exists nowhere: the modulus of an example.
/// [RFC 7517, appendix A.1](https://www.rfc-editor.org/rfc/rfc7517#appendix-A.1)
const KEYS: &str = r#"{"keys":[{"kty":"RSA","kid":"k","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB"}]}"#;
const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;
const CLAIMS: &str = r#"{"iss":"https://op.example","aud":"client","sub":"ada","iat":1800000000,"exp":1800000120,"jti":"j","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#;

static KEY_SET: LazyLock<CoreJsonWebKeySet> =
    LazyLock::new(|| serde_json::from_str(KEYS).expect("a key set"));

fn judge(raw: &str) {
    let expected = Expected {
        issuer: "https://op.example",
        client_id: "client",
        alg: &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    };
    let now = Timestamp::from_seconds(1_800_000_000);
    let verdict = verify_logout_token(raw, &KEY_SET, &expected, &LogoutTokenPolicy::default(), now);
    assert!(verdict.is_err(), "nobody signed this");
}

/// Where base64 would keep the fuzzer out.
fn compose(header: &[u8], claims: &[u8]) -> String {
    let signature = [0x5a_u8; 256];
    [header, claims, &signature]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".")
}

fuzz_target!(|data: &[u8]| {
    if let Ok(token) = find_logout_token(data) {
        judge(&token);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        judge(text);
    }
    judge(&compose(HEADER.as_bytes(), data));
    judge(&compose(data, CLAIMS.as_bytes()));
});
