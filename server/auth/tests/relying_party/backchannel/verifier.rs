//! What a good logout token says, by which algorithms it may be signed, and the strict policies.

use std::time::Duration;

use exeunt::{
    clock::Timestamp,
    config::{IdTokenAlg, LogoutTokenPolicy, Strictness},
    logout::backchannel::{Expected, LogoutTokenError, verify_logout_token},
};
use jsonwebtoken::Algorithm;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::json;

use super::{
    keys::{self, TestKey},
    token::{CLIENT, Desk, EVENT},
};

#[test]
fn it_says_who_and_which_and_until_when() {
    let desk = Desk::on_paper();
    let token = desk.judge(&desk.token().sign()).unwrap();
    assert_eq!(
        (token.iss(), token.sub(), token.sid()),
        (desk.issuer.as_str(), Some("ada"), Some("sid-1"))
    );
    assert_eq!(token.jti(), "jti-1");
    assert_eq!(token.iat(), desk.now);
    assert_eq!(
        token.remember_until(),
        desk.now + Duration::from_secs(120 + 60 + 60),
        "exp, the leeway, and what the clocks of instances differ"
    );
    assert!(!token.revoke_offline_access());
    let token = desk
        .judge(&desk.token().without("sub").claim("iat", 1_799_999_999.25).sign())
        .unwrap();
    assert_eq!((token.sub(), token.sid()), (None, Some("sid-1")));
    assert_eq!(token.iat(), Timestamp::from_millis(1_799_999_999_250));
    let token = desk
        .judge(&desk.token().without("sid").without("exp").sign())
        .unwrap();
    assert_eq!((token.sub(), token.sid()), (Some("ada"), None));
}

#[test]
fn f1_29_a_jti_is_remembered_for_as_long_as_any_instance_accepts_its_token() {
    let desk = Desk::on_paper();
    for token in [
        desk.token(),
        desk.token().without("exp"),
        desk.token().claim("exp", 1_800_000_060.5),
    ] {
        let raw = token.sign();
        let until = desk.judge(&raw).unwrap().remember_until() - Duration::from_secs(60);
        let at = |now| Desk::new(&desk.issuer, now, &desk.sid).judge(&raw).is_ok();
        assert!(
            at(until - Duration::from_millis(1)),
            "it could come again until then"
        );
        assert!(
            !at(until),
            "one whose clock is a minute behind would accept it for that minute"
        );
    }
}

#[test]
fn f1_31_keycloaks_word_on_offline_tokens_is_heard() {
    let desk = Desk::on_paper();
    for (value, heard) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), false),
        (json!({}), false),
    ] {
        let token = desk
            .token()
            .claim("events", json!({EVENT: {}, "revoke_offline_access": value}));
        assert_eq!(
            desk.judge(&token.sign()).unwrap().revoke_offline_access(),
            heard,
            "{value}"
        );
    }
    let inside = desk
        .token()
        .claim("events", json!({EVENT: {"revoke_offline_access": true}}));
    assert!(
        !desk.judge(&inside.sign()).unwrap().revoke_offline_access(),
        "only beside the logout"
    );
}

#[test]
fn a2_18_each_algorithm_that_may_be_set_verifies_and_none_stands_for_another() {
    use IdTokenAlg as Alg;
    let desk = Desk::on_paper();
    let rsa = |alg| keys::rsa().using(alg);
    let all: [(Alg, TestKey); 9] = [
        (Alg::Rs256, rsa(Algorithm::RS256)),
        (Alg::Rs384, rsa(Algorithm::RS384)),
        (Alg::Rs512, rsa(Algorithm::RS512)),
        (Alg::Ps256, rsa(Algorithm::PS256)),
        (Alg::Ps384, rsa(Algorithm::PS384)),
        (Alg::Ps512, rsa(Algorithm::PS512)),
        (Alg::Es256, keys::p256()),
        (Alg::Es384, keys::p384()),
        (Alg::EdDsa, keys::ed25519()),
    ];
    let set = keys::key_set(&keys::published());
    for (signed, key) in &all {
        let raw = desk.token().by(key.clone()).sign();
        for alg in Alg::ALL {
            let verdict = desk
                .judge_alg(&raw, &set, LogoutTokenPolicy::default(), alg)
                .map(|_| ());
            let expected = if alg == *signed {
                Ok(())
            } else {
                Err(LogoutTokenError::Algorithm)
            };
            assert_eq!(verdict, expected, "signed by {signed}, expected {alg}");
        }
    }
}

#[test]
fn a2_18_no_setting_makes_hmac_or_none_acceptable() {
    let desk = Desk::on_paper();
    let secret = keys::secret(b"exeunt-test-secret");
    let set = keys::key_set(std::slice::from_ref(&secret.jwk));
    let hmac = desk.token().by(secret).sign();
    let (unsigned, _) = desk
        .token()
        .header("alg", "none")
        .without_header("kid")
        .sign()
        .rsplit_once('.')
        .map(|(input, _)| (format!("{input}."), ()))
        .unwrap();
    for (alg, raw) in [
        (CoreJwsSigningAlgorithm::HmacSha256, hmac),
        (CoreJwsSigningAlgorithm::None, unsigned),
    ] {
        let expected = Expected {
            issuer: &desk.issuer,
            client_id: CLIENT,
            alg: &alg,
        };
        let verdict = verify_logout_token(&raw, &set, &expected, &LogoutTokenPolicy::default(), desk.now);
        assert_eq!(verdict.map(|_| ()), Err(LogoutTokenError::Algorithm), "{alg:?}");
    }
}

#[test]
fn f1_19_a_key_published_for_another_algorithm_or_as_symmetric_is_not_used() {
    let desk = Desk::on_paper();
    let raw = desk.token().sign();
    for (key, error) in [
        (keys::rsa().published("alg", "RS512"), LogoutTokenError::Signature),
        // Of algorithms that sign nothing the library does not even read the key.
        (
            keys::rsa().published("alg", "RSA-OAEP"),
            LogoutTokenError::UnknownKey,
        ),
        (keys::rsa().published("kty", "oct"), LogoutTokenError::Signature),
        (keys::rsa().published("use", "enc"), LogoutTokenError::Signature),
    ] {
        let verdict = desk.judge_by(
            &raw,
            &keys::key_set(std::slice::from_ref(&key.jwk)),
            LogoutTokenPolicy::default(),
        );
        assert_eq!(verdict.map(|_| ()), Err(error), "{}", key.jwk);
    }
    for key in [
        keys::rsa(),
        keys::rsa().published("alg", "RS256").published("use", "sig"),
    ] {
        assert!(
            desk.judge_by(&raw, &keys::key_set(&[key.jwk]), LogoutTokenPolicy::default())
                .is_ok()
        );
    }
}

#[test]
fn f1_18_of_keys_with_one_name_whichever_verifies_verifies() {
    let desk = Desk::on_paper();
    let twin = keys::second_rsa().published("kid", "rsa").jwk;
    let set = keys::key_set(&[twin, keys::rsa().jwk]);
    assert!(
        desk.judge_by(&desk.token().sign(), &set, LogoutTokenPolicy::default())
            .is_ok()
    );
}

#[test]
fn f1_34_strict_takes_logout_jwt_alone() {
    let desk = Desk::on_paper();
    let policy = LogoutTokenPolicy {
        typ: Strictness::Strict,
        ..LogoutTokenPolicy::default()
    };
    let set = keys::key_set(&keys::published());
    let judge = |raw: &str| desk.judge_by(raw, &set, policy).map(|_| ());
    assert_eq!(judge(&desk.token().header("typ", "logout+jwt").sign()), Ok(()));
    assert_eq!(judge(&desk.token().sign()), Err(LogoutTokenError::Type), "absent");
    for typ in [
        "JWT",
        "application/logout+jwt",
        "LOGOUT+JWT",
        "at+jwt",
        "secevent+jwt",
        "",
    ] {
        assert_eq!(
            judge(&desk.token().header("typ", typ).sign()),
            Err(LogoutTokenError::Type),
            "{typ}"
        );
    }
}

#[test]
fn f1_23_strict_refuses_a_missing_exp() {
    let desk = Desk::on_paper();
    let policy = LogoutTokenPolicy {
        exp: Strictness::Strict,
        ..LogoutTokenPolicy::default()
    };
    let set = keys::key_set(&keys::published());
    let judge = |raw: &str| desk.judge_by(raw, &set, policy).map(|_| ());
    assert_eq!(judge(&desk.token().sign()), Ok(()));
    assert_eq!(
        judge(&desk.token().without("exp").sign()),
        Err(LogoutTokenError::ExpiresAt)
    );
}

#[test]
fn only_a_key_that_is_missing_asks_for_newer_keys() {
    let desk = Desk::on_paper();
    let asks = |raw: &str, keys: &[serde_json::Value]| {
        desk.judge_by(raw, &keys::key_set(keys), LogoutTokenPolicy::default())
            .unwrap_err()
            .asks_for_newer_keys()
    };
    let older = [keys::second_rsa().jwk];
    assert!(asks(&desk.token().sign(), &older));
    assert!(asks(&desk.token().without_header("kid").sign(), &older));
    assert!(asks(&desk.token().sign(), &[]));
    // A token that is wrong in anything else is not worth a fetch.
    assert!(!asks(
        &desk.token().claim("aud", "other").header("kid", "newer").sign(),
        &older
    ));
    assert!(!asks(
        &desk.token().by(keys::second_rsa()).header("kid", "rsa").sign(),
        &[keys::rsa().jwk]
    ));
}

#[test]
fn i16_nothing_of_a_token_shows_when_it_is_printed() {
    let desk = Desk::on_paper();
    let token = desk.judge(&desk.token().sign()).unwrap();
    assert_eq!(format!("{token:?}"), "VerifiedLogoutToken");
}
