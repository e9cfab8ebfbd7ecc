//! The exact parameters of a logout request, row by row, as section C of the collected provider facts has them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt::{
    clock::Timestamp,
    config::Dialect,
    logout::{
        plan::{Facts, LocalEnd, LogoutPlan, Others, ProviderKnown},
        receipt::{Layer, Status},
        rp_initiated::{Departure, LogoutHint, LogoutRequest},
        token_lines::TokensKnown,
    },
    provider::{
        dialect::Habits,
        metadata::{Expectations, Metadata, validate_metadata},
    },
    session::record::SessionTokens,
};
use serde_json::json;
use url::Url;

const NOW: i64 = 1_800_000_000;
const BACK: &str = "https://app.example/logged-out";
const STATE: &str = "st-at_e";

fn id_token(expires: i64) -> String {
    let payload = json!({"exp": expires}).to_string();
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
}

fn hint(id_token: String) -> LogoutHint {
    LogoutHint {
        id_token_hint: id_token,
        logout_hint: Some("O.ada".to_owned()),
        ui_locales: Some("fr de".to_owned()),
    }
}

fn departure(dialect: Dialect, hint: Option<&LogoutHint>) -> Option<Departure> {
    let request = LogoutRequest {
        client_id: "app",
        post_logout_redirect_uri: BACK,
        state: STATE,
        hint,
        dialect: Habits::of(dialect),
        now: Timestamp::from_seconds(NOW),
    };
    Departure::new(&"https://op.example/end".parse().unwrap(), &request)
}

fn parameters(departure: &Departure) -> Vec<(String, String)> {
    let Departure::Get { url } = departure else {
        panic!("it is short");
    };
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const PLRU: (&str, &str) = ("post_logout_redirect_uri", BACK);
const CLIENT: (&str, &str) = ("client_id", "app");
const OUR_STATE: (&str, &str) = ("state", STATE);
const LOGOUT_HINT: (&str, &str) = ("logout_hint", "O.ada");
const LOCALES: (&str, &str) = ("ui_locales", "fr de");

type Pairs = Vec<(&'static str, &'static str)>;

/// With a good hint, and with none (`None`: it is not asked at all).
fn documented(dialect: Dialect) -> (Pairs, Option<Pairs>) {
    const HINT: (&str, &str) = ("id_token_hint", "<hint>");
    match dialect {
        // RIL 2: every parameter.
        Dialect::Auto | Dialect::Standard | Dialect::Google => (
            vec![HINT, CLIENT, PLRU, OUR_STATE, LOGOUT_HINT, LOCALES],
            Some(vec![CLIENT, PLRU, OUR_STATE]),
        ),
        // C1, C2, C3.1, C13: standard; what they call logout_hint is not the claim login_hint.
        Dialect::Zitadel | Dialect::Keycloak | Dialect::Auth0 | Dialect::Rauthy => (
            vec![HINT, CLIENT, PLRU, OUR_STATE, LOCALES],
            Some(vec![CLIENT, PLRU, OUR_STATE]),
        ),
        // C2.1
        Dialect::KeycloakLegacy => (vec![("redirect_uri", BACK)], Some(vec![("redirect_uri", BACK)])),
        // C3.1
        Dialect::Auth0Legacy => (
            vec![CLIENT, ("returnTo", BACK)],
            Some(vec![CLIENT, ("returnTo", BACK)]),
        ),
        // C4.1
        Dialect::Okta => (vec![HINT, PLRU, OUR_STATE], None),
        // C5.1, C5.2
        Dialect::Entra => (
            vec![CLIENT, PLRU, OUR_STATE, LOGOUT_HINT, LOCALES],
            Some(vec![CLIENT, PLRU, OUR_STATE]),
        ),
        // C7.1, C7.2
        Dialect::Cognito => (
            vec![CLIENT, ("logout_uri", BACK)],
            Some(vec![CLIENT, ("logout_uri", BACK)]),
        ),
        // C9.1
        Dialect::Hydra => (vec![HINT, PLRU, OUR_STATE], Some(vec![])),
    }
}

#[test]
fn c14_2_each_provider_is_asked_with_the_parameters_it_documents() {
    let id_token = id_token(NOW + 60);
    for dialect in Dialect::ALL {
        let (with, without) = documented(dialect);
        let with: Vec<_> = with
            .into_iter()
            .map(|(name, value)| {
                (
                    name,
                    if name == "id_token_hint" {
                        id_token.as_str()
                    } else {
                        value
                    },
                )
            })
            .collect();
        let hint = hint(id_token.clone());
        let asked = departure(dialect, Some(&hint)).unwrap();
        assert_eq!(parameters(&asked), owned(&with), "{dialect} with a hint");
        let asked = departure(dialect, None).map(|departure| parameters(&departure));
        assert_eq!(asked, without.as_deref().map(owned), "{dialect} without a hint");
    }
}

#[test]
fn f4_19_the_retry_leaves_out_the_hint_and_what_needs_it() {
    let hint = hint(id_token(NOW + 60));
    for dialect in Dialect::ALL {
        let first = departure(dialect, Some(&hint)).unwrap();
        let retry = parameters(&first.without_id_token_hint(Habits::of(dialect)));
        let mut expected = parameters(&first);
        match dialect {
            // Without it the answer is an error for certain.
            Dialect::Okta => {}
            // C9.1: without it neither a state nor an address to return to.
            Dialect::Hydra => expected.clear(),
            _ => expected.retain(|(name, _)| name != "id_token_hint"),
        }
        assert_eq!(retry, expected, "{dialect}");
    }
}

#[test]
fn f4_19_c13_3_rauthy_is_not_shown_a_hint_that_it_would_refuse() {
    for (expired_for, sent) in [
        (-60, true),
        (0, true),
        (600, true),
        (601, false),
        (100_000, false),
    ] {
        let hint = hint(id_token(NOW - expired_for));
        let asked = parameters(&departure(Dialect::Rauthy, Some(&hint)).unwrap());
        let has_hint = asked.iter().any(|(name, _)| name == "id_token_hint");
        assert_eq!(has_hint, sent, "expired for {expired_for} s");
        assert!(asked.contains(&("state".to_owned(), STATE.to_owned())));
    }
    // What cannot be read is the provider's to judge.
    for unreadable in ["a.b.c", "x", "e30.e30.c2ln"] {
        let asked = parameters(&departure(Dialect::Rauthy, Some(&hint(unreadable.to_owned()))).unwrap());
        assert!(
            asked.iter().any(|(name, _)| name == "id_token_hint"),
            "{unreadable}"
        );
    }
}

#[test]
fn a1_9_others_are_shown_an_expired_hint() {
    let hint = hint(id_token(NOW - 100_000));
    for dialect in [
        Dialect::Standard,
        Dialect::Zitadel,
        Dialect::Keycloak,
        Dialect::Auth0,
        Dialect::Okta,
        Dialect::Hydra,
    ] {
        let asked = parameters(&departure(dialect, Some(&hint)).unwrap());
        assert!(asked.iter().any(|(name, _)| name == "id_token_hint"), "{dialect}");
    }
}

fn metadata(dialect: Dialect) -> Metadata {
    let document = json!({
        "issuer": "https://op.example",
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "end_session_endpoint": "https://op.example/end",
        "jwks_uri": "https://op.example/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let expectations = Expectations {
        dialect,
        ..Expectations::default()
    };
    let issuer = "https://op.example".parse().unwrap();
    validate_metadata(document.to_string().as_bytes(), &issuer, &expectations).unwrap()
}

/// What the plan says of the provider's session, and whether the browser leaves for it.
fn planned(dialect: Dialect, tokens: Option<SessionTokens>) -> (bool, Status, String) {
    let metadata = metadata(dialect);
    let plan = LogoutPlan::compute(&Facts {
        local: &LocalEnd::Ended(tokens),
        others: Others::Unknown,
        tokens: TokensKnown::NotQueued,
        scope: exeunt::logout::body::Scope::Browser,
        provider: ProviderKnown::Yes(&metadata),
        host: "op.example",
        client_id: "app",
        post_logout_redirect_uri: BACK,
        state: STATE,
        now: Timestamp::from_seconds(NOW),
    });
    let line = plan
        .receipt
        .layers
        .iter()
        .find(|line| line.layer == Layer::ProviderSession)
        .unwrap();
    (
        plan.departure.is_some(),
        line.status,
        line.detail.clone().unwrap_or_default(),
    )
}

#[test]
fn c4_1_i4_okta_is_not_asked_without_a_hint_and_the_receipt_says_so() {
    let (leaves, status, detail) = planned(Dialect::Okta, None);
    assert!(!leaves, "it would only answer with an error");
    assert_eq!(status, Status::Failed);
    assert!(detail.contains("still be signed in"), "{detail}");
    let tokens = SessionTokens {
        id_token: "a.b.c".to_owned(),
        access_token: "access".to_owned(),
        refresh_token: None,
        expires_at: None,
        logout_hint: None,
        ui_locales: None,
        upstream_idp: None,
        life: None,
        is_for_offline_access: false,
    };
    let (leaves, status, _) = planned(Dialect::Okta, Some(tokens));
    assert!(leaves);
    assert_eq!(status, Status::Unconfirmed);
}

#[test]
fn i4_where_no_state_comes_back_nobody_waits_for_a_confirmation() {
    for dialect in [Dialect::Cognito, Dialect::Auth0Legacy, Dialect::KeycloakLegacy] {
        let (leaves, status, detail) = planned(dialect, None);
        assert!(leaves, "{dialect}");
        assert_eq!(status, Status::Unconfirmed, "{dialect}");
        assert!(detail.contains("never tells"), "{dialect}: {detail}");
    }
    assert!(planned(Dialect::Standard, None).2.contains("has not confirmed"));
}
