//! A valid token, changed in any way, is refused; whatever arrives, nothing panics.

use std::sync::LazyLock;

use exeunt::{
    config::LogoutTokenPolicy,
    logout::backchannel::{LogoutTokenError, VerifiedLogoutToken},
};
use openidconnect::core::CoreJsonWebKeySet;
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};

use super::{
    keys,
    token::{Desk, EVENT, Token},
};

/// The same cases at every run: what fails here fails for everybody.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x00e7_e017),
        ..ProptestConfig::default()
    }
}

/// Read once: reading a key takes longer than signing with it.
static GOOD: LazyLock<Token> = LazyLock::new(|| Desk::on_paper().token());
static KEYS: LazyLock<CoreJsonWebKeySet> = LazyLock::new(|| keys::key_set(&keys::published()));

fn token() -> Token {
    GOOD.clone()
}

fn judge(raw: &str) -> Result<VerifiedLogoutToken, LogoutTokenError> {
    Desk::on_paper().judge_by(raw, &KEYS, LogoutTokenPolicy::default())
}

/// Any JSON that is not too large.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Claims that a token cannot do without as it is, and those that it must not have.
const JUDGED: [&str; 7] = ["iss", "aud", "iat", "jti", "events", "nonce", "sid"];

/// Whether the claim, with this value, still is a good one; by the words of the specification, not by the code.
fn is_good(name: &str, value: &Value) -> bool {
    match name {
        "iss" => *value == json!(Desk::on_paper().issuer),
        "aud" => *value == json!(super::token::CLIENT),
        "iat" => value
            .as_f64()
            .is_some_and(|iat| (1_799_910_120.0..=1_800_000_060.0).contains(&iat)),
        "jti" => value.as_str().is_some_and(|text| !text.is_empty()),
        "events" => value.get(EVENT).is_some_and(Value::is_object),
        "sid" => value
            .as_str()
            .is_some_and(|text| !text.is_empty() && text.chars().all(|char| (' '..='~').contains(&char))),
        _ => false,
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_byte_that_is_changed_breaks_the_token(place in any::<prop::sample::Index>(), flip in 1..=u8::MAX) {
        let mut bytes = token().sign().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(judge(&changed).is_err(), "byte {place} with {flip:#x}");
    }

    #[test]
    fn any_piece_that_is_cut_out_or_doubled_breaks_the_token(
        from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), doubled in any::<bool>(),
    ) {
        let signed = token().sign();
        let (from, to) = (from.index(signed.len()), to.index(signed.len()) + 1);
        let (from, to) = (from.min(to - 1), to.max(from + 1));
        let middle = if doubled { signed[from..to].repeat(2) } else { String::new() };
        let changed = format!("{}{middle}{}", &signed[..from], &signed[to..]);
        prop_assert!(judge(&changed).is_err(), "{from}..{to}");
    }

    #[test]
    fn parts_of_two_tokens_make_none(which in 0..3_usize, jti in "[a-z]{1,8}") {
        let one = token().sign();
        let other = token().claim("jti", jti).header("typ", "JWT").sign();
        let mut parts: Vec<&str> = one.split('.').collect();
        parts[which] = other.split('.').nth(which).unwrap();
        prop_assert!(judge(&parts.join(".")).is_err());
    }

    #[test]
    fn a_claim_of_any_value_is_judged_as_the_specification_says(name in prop::sample::select(&JUDGED[..]), value in any_json()) {
        let verdict = judge(&token().claim(name, value.clone()).sign());
        prop_assert_eq!(verdict.is_ok(), is_good(name, &value), "{}: {}", name, value);
    }

    #[test]
    fn a_claim_that_is_dropped_or_doubled_breaks_the_token(
        name in prop::sample::select(&["iss", "aud", "iat", "jti", "events"][..]), doubled in any::<bool>(), value in any_json(),
    ) {
        let good = token();
        let raw = if doubled {
            let claims = good.claims_text();
            let claims = format!("{{\"{name}\":{value},{}", &claims[1..]);
            good.sign_texts(good.header_text().as_bytes(), claims.as_bytes())
        } else {
            good.clone().without(name).sign()
        };
        prop_assert!(judge(&raw).is_err());
    }

    #[test]
    fn a_header_of_any_value_is_refused_unless_it_is_the_one(
        name in prop::sample::select(&["alg", "kid", "typ", "crit", "jwk", "jku", "x5u", "x5c"][..]), value in any_json(),
    ) {
        prop_assert!(judge(&token().header(name, value).sign()).is_err());
    }

    #[test]
    fn an_unknown_claim_of_any_value_is_ignored(name in "[a-z_]{8,12}", value in any_json()) {
        prop_assert!(judge(&token().claim(&name, value).sign()).is_ok());
    }

    #[test]
    fn whatever_arrives_is_refused_without_a_panic(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(judge(&text).is_err());
        let good = token();
        let (header, claims) = (good.header_text(), good.claims_text());
        prop_assert!(judge(&good.sign_texts(&bytes, claims.as_bytes())).is_err());
        prop_assert!(judge(&good.sign_texts(header.as_bytes(), &bytes)).is_err());
    }
}
