//! The rows of the fault table that are about the token alone: what each token is, and what is said to it.
//!
//! Each row is judged twice: by the pure function, and, all of them, by the endpoint (`sweep.rs`).

use exeunt::logout::backchannel::LogoutTokenError::{self, *};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{
    keys,
    token::{CLIENT, Desk, EVENT, Token},
};

/// What the token is, the token, and the rule that it breaks, if any.
pub(super) struct Case {
    pub(super) what: String,
    pub(super) raw: String,
    pub(super) expected: Result<(), LogoutTokenError>,
}

fn good(what: &str, token: &Token) -> Case {
    raw(what, token.sign(), Ok(()))
}

fn bad(error: LogoutTokenError, what: &str, token: &Token) -> Case {
    raw(what, token.sign(), Err(error))
}

fn raw(what: &str, raw: impl Into<String>, expected: Result<(), LogoutTokenError>) -> Case {
    Case {
        what: what.to_owned(),
        raw: raw.into(),
        expected,
    }
}

/// One claim with each of these values.
fn claim(desk: &Desk, name: &str, error: LogoutTokenError, values: &[Value]) -> Vec<Case> {
    let case = |value: &Value| {
        bad(
            error,
            &format!("{name}: {value}"),
            &desk.token().claim(name, value.clone()),
        )
    };
    values.iter().map(case).collect()
}

macro_rules! rows {
    ($($(#[$note:meta])* $name:ident($desk:ident) $cases:block)*) => {
        /// All rows, by name.
        pub(super) const ALL: &[(&str, fn(&Desk) -> Vec<Case>)] = &[$((stringify!($name), $name)),*];

        $($(#[$note])* fn $name($desk: &Desk) -> Vec<Case> $cases)*

        /// One test for each row.
        mod judged {
            $(#[test]
            fn $name() {
                super::judge(super::$name);
            })*
        }
    };
}

fn judge(row: fn(&Desk) -> Vec<Case>) {
    let desk = Desk::on_paper();
    let cases = row(&desk);
    assert!(!cases.is_empty());
    for case in cases {
        assert_eq!(desk.judge(&case.raw).map(|_| ()), case.expected, "{}", case.what);
    }
}

rows! {
    f1_1_a_token_as_the_conformance_suite_writes_it_is_good(desk) {
        vec![good("as it is", &desk.token())]
    }

    f1_3_f1_4_sid_alone_and_sub_alone_are_enough(desk) {
        vec![
            good("sid alone", &desk.token().without("sub")),
            good("sub alone", &desk.token().without("sid")),
        ]
    }

    f1_7_neither_sub_nor_sid_is_refused(desk) {
        vec![bad(NobodyNamed, "neither", &desk.token().without("sub").without("sid"))]
    }

    f1_8_a_sid_is_any_visible_ascii_and_nothing_else(desk) {
        let long = json!("s".repeat(1025));
        let wrong = [json!(""), json!(7), json!(null), json!(["sid-1"]), json!("a\tb"), json!("a\u{7f}"),
            json!("s\u{ef}d"), json!("a\nb"), json!("\u{0}"), long];
        let mut cases = claim(desk, "sid", SessionId, &wrong);
        for sid in [r##"a b"%+&=\~<>"##, "/+/+", &"s".repeat(1024), " "] {
            cases.push(good(sid, &desk.token().claim("sid", sid)));
        }
        cases
    }

    f1_7_a_sub_that_is_there_must_be_usable(desk) {
        let wrong = [json!(""), json!(7), json!(null), json!(["ada"]), json!("a".repeat(1025))];
        let mut cases = claim(desk, "sub", Subject, &wrong);
        cases.push(good("not ASCII", &desk.token().without("sid").claim("sub", "ад\u{430}")));
        cases
    }

    f1_9_none_is_refused_however_it_is_written(desk) {
        let written = |alg: &str, with_signature: bool| {
            let token = desk.token().header("alg", alg).without_header("kid");
            let signed = token.sign();
            let (input, signature) = signed.rsplit_once('.').unwrap();
            let signature = if with_signature { signature } else { "" };
            raw(alg, format!("{input}.{signature}"), Err(Unsigned))
        };
        ["none", "None", "nOnE", "NONE"]
            .into_iter()
            .flat_map(|alg| [written(alg, false), written(alg, true)])
            .collect()
    }

    f1_10_another_algorithm_is_refused_though_its_key_is_published(desk) {
        let mut cases = vec![
            bad(LogoutTokenError::Algorithm, "ES256", &desk.token().by(keys::p256())),
            bad(LogoutTokenError::Algorithm, "ES384", &desk.token().by(keys::p384())),
            bad(LogoutTokenError::Algorithm, "EdDSA", &desk.token().by(keys::ed25519())),
            bad(LogoutTokenError::Algorithm, "no alg", &desk.token().without_header("alg")),
        ];
        for alg in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
            cases.push(bad(LogoutTokenError::Algorithm, "RSA", &desk.token().by(keys::rsa().using(alg))));
        }
        for alg in [json!("rs256"), json!(""), json!(null), json!(["RS256"]), json!("RS256 ")] {
            cases.push(bad(LogoutTokenError::Algorithm, &alg.to_string(), &desk.token().header("alg", alg)));
        }
        cases
    }

    f1_11_f1_12_a_public_key_or_the_clients_secret_is_no_hmac_key(desk) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let pem = keys::RSA_PUBLIC_PEM;
        let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let jwk = keys::rsa().jwk.to_string();
        let modulus = keys::rsa().jwk["n"].as_str().unwrap().to_owned();
        let secrets = [pem.as_bytes().to_vec(), pem.trim_end().as_bytes().to_vec(), STANDARD.decode(der).unwrap(),
            jwk.into_bytes(), modulus.into_bytes(), b"exeunt-test-secret".to_vec(), b"".to_vec()];
        let mut cases = Vec::new();
        for secret in secrets {
            let hmac = desk.token().by(keys::secret(&secret));
            cases.push(bad(LogoutTokenError::Algorithm, "HS256", &hmac));
            // Signed by HMAC, and claiming to be what is expected.
            cases.push(bad(Signature, "HS256 as RS256", &hmac.header("alg", "RS256")));
        }
        cases
    }

    f1_13_a_signature_must_be_whole_and_this_tokens_own(desk) {
        let signed = desk.token().sign();
        let (input, signature) = signed.rsplit_once('.').unwrap();
        let other = desk.token().claim("jti", "another").sign();
        let others = other.rsplit_once('.').unwrap().1;
        let by_stranger = desk.token().by(keys::second_rsa()).header("kid", "rsa");
        let with = |what, signature: &str, error| raw(what, format!("{input}.{signature}"), Err(error));
        let turned: String = signature.chars().rev().collect();
        vec![
            with("none", "", Signature),
            with("half of it", &signature[..168], Signature),
            with("all but four bytes", &signature[..336], Signature),
            with("another token's", others, Signature),
            with("zeros", &"A".repeat(342), Signature),
            with("padded", &format!("{signature}=="), Malformed),
            with("with a bit that stands for nothing", &format!("{}{}", &signature[..signature.len() - 1], "B"), Malformed),
            raw("turned round", format!("{input}.{turned}"), Err(if decodes(&turned) { Signature } else { Malformed })),
            bad(Signature, "by another key under this name", &by_stranger),
        ]
    }

    f1_14_a_key_in_the_header_is_refused_whosever_it_is(desk) {
        let own = keys::rsa().jwk;
        let strange = keys::second_rsa().jwk;
        let mut cases = Vec::new();
        for (member, value) in [
            ("jwk", own), ("jwk", strange), ("jwk", json!(null)),
            ("jku", json!("https://evil.example/keys")), ("x5u", json!("https://evil.example/chain")),
            ("x5c", json!(["MIIB"])), ("x5c", json!([])),
        ] {
            cases.push(bad(KeyInHeader, member, &desk.token().header(member, value)));
        }
        cases
    }

    f1_15_no_extension_is_known(desk) {
        let mut cases = Vec::new();
        for crit in [json!(["foo"]), json!([]), json!(null), json!(["b64"])] {
            cases.push(bad(CriticalExtension, &crit.to_string(), &desk.token().header("crit", crit).header("foo", 1)));
        }
        cases
    }

    f1_16_a_key_that_is_not_in_the_set_is_told_apart(desk) {
        let mut cases = vec![bad(LogoutTokenError::Malformed, "kid: 7", &desk.token().header("kid", 7))];
        for kid in ["never-seen", "", "RSA", "rsa "] {
            cases.push(bad(UnknownKey, kid, &desk.token().header("kid", kid)));
        }
        cases
    }

    f1_18_without_kid_every_key_is_tried(desk) {
        let stranger = desk.token().by(keys::secret(b"stranger")).header("alg", "RS256");
        vec![
            good("by the first", &desk.token().without_header("kid")),
            good("by the second", &desk.token().by(keys::second_rsa()).without_header("kid")),
            bad(NoKeyFits, "by none", &stranger.without_header("kid")),
        ]
    }

    f1_19_a_key_for_encryption_or_a_short_one_signs_nothing(desk) {
        let short = desk.token().by(keys::short_rsa());
        vec![
            bad(Signature, "for encryption", &desk.token().header("kid", "enc")),
            bad(Signature, "short", &short),
            bad(NoKeyFits, "short, unnamed", &short.clone().without_header("kid")),
            bad(Signature, "of another kind", &desk.token().header("kid", "p256")),
        ]
    }

    f1_20_the_issuer_is_compared_to_the_letter(desk) {
        let iss = &desk.issuer;
        let wrong = [
            json!(format!("{iss}/")), json!(iss.to_uppercase()), json!(format!("{iss}.evil.example")), json!(""),
            json!(null), json!([iss]), json!("https://evil.example"), json!(format!(" {iss}")),
        ];
        let mut cases = claim(desk, "iss", Issuer, &wrong);
        cases.push(bad(Issuer, "missing", &desk.token().without("iss")));
        cases
    }

    f1_21_the_audience_must_contain_us(desk) {
        let wrong = [
            json!("exeunt-testINVALID"), json!(["other", "another"]), json!([]), json!(""), json!(7), json!(null),
            json!({"exeunt-test": 1}), json!([[CLIENT]]), json!([CLIENT, 7]), json!("EXEUNT-TEST"),
            json!(format!("{CLIENT} other")),
        ];
        let mut cases = claim(desk, "aud", Audience, &wrong);
        cases.push(bad(Audience, "missing", &desk.token().without("aud")));
        for right in [json!([CLIENT]), json!(["other", CLIENT]), json!([CLIENT, CLIENT])] {
            cases.push(good(&right.to_string(), &desk.token().claim("aud", right)));
        }
        cases
    }

    f1_22_an_expired_token_is_refused_beyond_the_leeway(desk) {
        let expired = |seconds: i64| desk.token().claim("iat", desk.at(-600)).claim("exp", desk.at(-seconds));
        vec![
            good("now", &expired(0)),
            good("30 s ago", &expired(30)),
            good("59 s ago", &expired(59)),
            bad(Expired, "60 s ago", &expired(60)),
            bad(Expired, "an hour ago", &expired(3600)),
            bad(Expired, "in 1970", &expired(desk.at(0))),
        ]
    }

    f1_23_without_exp_five_minutes_are_good(desk) {
        let issued = |seconds: i64| desk.token().without("exp").claim("iat", desk.at(-seconds));
        vec![
            good("now", &issued(0)),
            good("five minutes ago", &issued(300)),
            bad(Stale, "a second more", &issued(301)),
            bad(Stale, "an hour ago", &issued(3600)),
            bad(IssuedInFuture, "in two minutes", &issued(-120)),
        ]
    }

    f1_24_a_life_is_at_most_25_hours(desk) {
        let lives = |seconds: i64| desk.token().claim("exp", desk.at(seconds));
        vec![
            good("15 minutes", &lives(900)),
            good("24 hours", &lives(86_400)),
            good("25 hours", &lives(90_000)),
            bad(LongLived, "a second more", &lives(90_001)),
            bad(LongLived, "ten years", &lives(315_360_000)),
        ]
    }

    f1_24_exp_is_a_moment(desk) {
        let wrong = [json!("soon"), json!(null), json!(-1), json!(1e300), json!(true), json!([desk.at(60)]),
            json!(desk.at(60).to_string()), json!(u64::MAX)];
        let mut cases = claim(desk, "exp", ExpiresAt, &wrong);
        cases.push(good("a fraction", &desk.token().claim("exp", desk.at(60) as f64 + 0.5)));
        cases
    }

    f1_25_iat_is_a_moment_that_has_come_and_not_long_ago(desk) {
        let wrong = [json!("now"), json!(null), json!(-1), json!(1e300), json!(true), json!(i64::MIN),
            json!(desk.at(0).to_string()), json!(u64::MAX)];
        let mut cases = claim(desk, "iat", IssuedAt, &wrong);
        let issued = |seconds: i64| desk.token().claim("iat", desk.at(seconds)).claim("exp", desk.at(seconds + 120));
        cases.extend([
            bad(IssuedAt, "missing", &desk.token().without("iat")),
            good("in 60 s", &issued(60)),
            bad(IssuedInFuture, "in 61 s", &issued(61)),
            bad(Expired, "two days ago", &issued(-172_800)),
            bad(LongLived, "two days ago, good until now", &desk.token().claim("iat", desk.at(-172_800))),
            bad(Stale, "two days ago, without exp", &issued(-172_800).without("exp")),
            good("a float", &desk.token().claim("iat", desk.at(0) as f64)),
            good("a fraction", &desk.token().claim("iat", desk.at(-1) as f64 + 0.28706)),
        ]);
        cases
    }

    f1_26_jti_is_needed(desk) {
        let wrong = [json!(""), json!(7), json!(null), json!(["a"]), json!("j".repeat(1025))];
        let mut cases = claim(desk, "jti", TokenId, &wrong);
        cases.push(bad(TokenId, "missing", &desk.token().without("jti")));
        cases.push(good("short", &desk.token().claim("jti", "bWJq")));
        cases
    }

    f1_30_events_must_hold_the_logout_as_an_object(desk) {
        let foreign = json!({"http://schemas.openid.net/event/foobar": {}});
        let other_case = json!({EVENT.to_uppercase(): {}});
        let mut cases = claim(desk, "events", Events, &[json!([]), json!(EVENT), json!(null), json!([EVENT])]);
        cases.extend(claim(desk, "events", Event, &[json!({}), foreign, other_case]));
        let values = [json!(null), json!([]), json!(true), json!("{}"), json!(1)].map(|value| json!({EVENT: value}));
        cases.extend(claim(desk, "events", EventValue, &values));
        cases.push(bad(Events, "missing", &desk.token().without("events")));
        cases
    }

    f1_31_f1_32_other_events_and_members_are_tolerated(desk) {
        let all = [
            json!({EVENT: {}, "revoke_offline_access": true}),
            json!({EVENT: {}, "revoke_offline_access": false}),
            json!({EVENT: {}, "urn:example:more": null, "x": [1]}),
            json!({EVENT: {"x": 1}}),
        ];
        all.map(|events| good(&events.to_string(), &desk.token().claim("events", events))).into()
    }

    f1_33_a_nonce_is_refused_whatever_its_value(desk) {
        claim(desk, "nonce", Nonce, &[json!("n"), json!(null), json!(""), json!(0), json!({})])
    }

    f1_34_typ_is_none_jwt_or_logout_jwt(desk) {
        let mut cases = Vec::new();
        for typ in ["JWT", "jwt", "logout+jwt", "application/logout+jwt", "LOGOUT+JWT", "application/jwt"] {
            cases.push(good(typ, &desk.token().header("typ", typ)));
        }
        for typ in [json!("at+jwt"), json!("secevent+jwt"), json!("dpop+jwt"), json!(7), json!(null), json!(""),
            json!("text/logout+jwt"), json!("application/"), json!("logout+jwt "), json!(["JWT"])]
        {
            cases.push(bad(Type, &typ.to_string(), &desk.token().header("typ", typ)));
        }
        cases
    }

    f1_35_an_id_token_is_no_logout_token(desk) {
        let id_token = desk.token().without("events").without("jti").claim("auth_time", desk.at(0));
        vec![
            bad(Nonce, "with nonce", &id_token.clone().claim("nonce", "n")),
            bad(Events, "without nonce", &id_token),
        ]
    }

    f1_37_a_member_that_comes_twice_is_refused(desk) {
        let token = desk.token();
        let (header, claims) = (token.header_text(), token.claims_text());
        let twice = |text: &str, member: &str| format!("{{{member},{}", &text[1..]);
        let mut cases = Vec::new();
        for member in [
            r#""iss":"https://evil.example""#, r#""iss":null"#, r#""sub":"grace""#, r#""sid":"sid-2""#,
            r#""aud":"other""#, r#""exp":0"#, r#""\u0069ss":"x""#, r#""ignored_claim":"ignored""#,
        ] {
            let raw_token = token.sign_texts(header.as_bytes(), twice(&claims, member).as_bytes());
            cases.push(raw(member, raw_token, Err(DuplicateMember)));
        }
        for member in [r#""alg":"none""#, r#""kid":"second""#] {
            let raw_token = token.sign_texts(twice(&header, member).as_bytes(), claims.as_bytes());
            cases.push(raw(member, raw_token, Err(DuplicateMember)));
        }
        let nested = claims.replace(&format!("\"{EVENT}\":{{}}"), &format!("\"{EVENT}\":null,\"{EVENT}\":{{}}"));
        cases.push(raw("in events", token.sign_texts(header.as_bytes(), nested.as_bytes()), Err(DuplicateMember)));
        cases
    }

    f1_38_an_encrypted_token_is_refused_and_named_so(_desk) {
        let jwe = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA";
        vec![raw("a JWE", jwe, Err(Encrypted)), raw("four dots", "....", Err(Encrypted))]
    }

    f1_43_garbage_is_refused(desk) {
        let token = desk.token();
        let signed = token.sign();
        let (header, claims) = (token.header_text(), token.claims_text());
        let texts = |header: &[u8], claims: &[u8]| token.sign_texts(header, claims);
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let mut cases: Vec<Case> = [
            "", ".", "..", "...", ".....", "......", "a", "a.b", "a.b.c", "=.=.=", "\u{0}", "a\u{20ac}.b.c",
            &signed.replace('.', ","), &format!(" {signed}"), &format!("{signed} "), &format!("{signed}."),
            &format!(".{signed}"), &"a".repeat(60_000),
        ]
        .iter()
        .map(|text| raw(text.get(..12).unwrap_or(text), *text, Err(Malformed)))
        .collect();
        for (what, header, claims) in [
            ("header no JSON", &b"{"[..], claims.as_bytes()),
            ("header no object", b"[]", claims.as_bytes()),
            ("claims no JSON", header.as_bytes(), b"{\"iss\":"),
            ("claims no object", header.as_bytes(), b"\"x\""),
            ("claims with more after them", header.as_bytes(), b"{}{}"),
            ("claims not UTF-8", header.as_bytes(), b"{\"iss\":\"\xff\"}"),
            ("deep claims", header.as_bytes(), deep.as_bytes()),
            ("deep header", deep.as_bytes(), claims.as_bytes()),
        ] {
            cases.push(raw(what, texts(header, claims), Err(Malformed)));
        }
        cases
    }

    f1_50_a_token_of_another_tenant_is_refused(desk) {
        vec![bad(Issuer, "tenant B", &desk.token().claim("iss", format!("{}/tenants/b", desk.issuer)))]
    }
}

fn decodes(text: &str) -> bool {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.decode(text).is_ok()
}
