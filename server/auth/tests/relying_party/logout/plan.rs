//! Every combination of facts that a plan is made of (invariant I4), without any I/O.

use exeunt::{
    clock::Timestamp,
    config::Issuer,
    logout::{
        Remnant,
        body::Scope,
        outbox::{Progress, Step},
        plan::{Facts, LocalEnd, LogoutPlan, Others, ProviderKnown},
        receipt::{Layer, Status},
        rp_initiated::Departure,
        token_lines::TokensKnown,
    },
    provider::metadata::{Expectations, Metadata, validate_metadata},
    session::record::SessionTokens,
};
use serde_json::json;

const ISSUER: &str = "https://op.example";

fn metadata(end_session_endpoint: Option<&str>) -> Metadata {
    let mut document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "jwks_uri": "https://op.example/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    if let Some(endpoint) = end_session_endpoint {
        document["end_session_endpoint"] = endpoint.into();
    }
    let issuer: Issuer = ISSUER.parse().unwrap();
    validate_metadata(document.to_string().as_bytes(), &issuer, &Expectations::default()).unwrap()
}

fn tokens(refresh: bool) -> SessionTokens {
    SessionTokens {
        id_token: "a.b.c".to_owned(),
        access_token: "access".to_owned(),
        refresh_token: refresh.then(|| "refresh".to_owned()),
        expires_at: None,
        logout_hint: None,
        ui_locales: None,
        upstream_idp: None,
        life: None,
        is_for_offline_access: false,
    }
}

fn facts<'a>(local: &'a LocalEnd, others: Others, scope: Scope, provider: ProviderKnown<'a>) -> Facts<'a> {
    Facts {
        local,
        others,
        tokens: TokensKnown::NotQueued,
        scope,
        provider,
        host: "op.example",
        client_id: "app",
        post_logout_redirect_uri: "https://app.example/logged-out",
        state: "state",
        now: Timestamp::from_seconds(1),
    }
}

fn plan(local: &LocalEnd, others: Others, scope: Scope, provider: ProviderKnown<'_>) -> LogoutPlan {
    LogoutPlan::compute(&facts(local, others, scope, provider))
}

#[test]
fn i4_no_combination_of_facts_claims_more_than_was_done() {
    let (with, without) = (metadata(Some("https://op.example/end")), metadata(None));
    let locals = [
        LocalEnd::Ended(Some(tokens(true))),
        LocalEnd::Ended(Some(tokens(false))),
        LocalEnd::Ended(None),
        LocalEnd::HadExpired(Some(tokens(true))),
        LocalEnd::HadExpired(None),
        LocalEnd::EndedElsewhere(Remnant::of(&tokens(true), true)),
        LocalEnd::NoSession,
        LocalEnd::Failed,
    ];
    let others = [
        Others::Ended(0),
        Others::Ended(3),
        Others::Kept(0),
        Others::Kept(2),
        Others::Failed,
        Others::Unknown,
    ];
    let mut combinations = 0;
    for local in &locals {
        for others in others {
            for scope in [Scope::App, Scope::Browser, Scope::Everywhere] {
                for (endpoint, provider) in [
                    (true, ProviderKnown::Yes(&with)),
                    (false, ProviderKnown::Yes(&without)),
                    (false, ProviderKnown::No),
                ] {
                    let what = format!("{local:?} {others:?} {scope:?} {endpoint}");
                    let plan = plan(local, others, scope, provider);
                    let of = |layer| plan.receipt.status(layer);
                    combinations += 1;

                    let had_session = !matches!(local, LocalEnd::NoSession | LocalEnd::Failed);
                    let failed = *local == LocalEnd::Failed;
                    assert_eq!(
                        of(Layer::AppSession),
                        Some(if failed { Status::Failed } else { Status::Ended }),
                        "{what}"
                    );

                    // The provider's session is never called ended or returned before the browser came back.
                    let departs = scope != Scope::App && had_session && endpoint;
                    assert_eq!(plan.departure.is_some(), departs, "{what}");
                    let expected = match scope {
                        Scope::App => Status::Kept,
                        _ if failed => Status::Failed,
                        _ if !had_session || departs => Status::Unconfirmed,
                        _ if matches!(provider, ProviderKnown::No) => Status::Failed,
                        _ => Status::CannotBeEnded,
                    };
                    assert_eq!(of(Layer::ProviderSession), Some(expected), "{what}");

                    let expected = match others {
                        Others::Ended(_) => Some(Status::Ended),
                        Others::Kept(0) | Others::Unknown => None,
                        Others::Kept(_) => Some(Status::Kept),
                        Others::Failed => Some(Status::Failed),
                    };
                    assert_eq!(of(Layer::OtherSessions), expected, "{what}");

                    for layer in [
                        Layer::AccessToken,
                        Layer::RefreshToken,
                        Layer::OpenTabs,
                        Layer::UpstreamIdp,
                        Layer::Platform,
                    ] {
                        assert_ne!(of(layer), Some(Status::Ended), "{what}: {layer:?}");
                    }
                    assert_eq!(plan.prompt_next_login, scope != Scope::App, "{what}");
                    assert_eq!(plan.receipt.ended_at, 1);
                }
            }
        }
    }
    assert_eq!(combinations, 8 * 6 * 3 * 3);
}

#[test]
fn i4_a_refresh_token_has_a_line_only_if_there_was_one() {
    let with = metadata(Some("https://op.example/end"));
    for (refresh, expected) in [(true, Some(Status::CannotBeEnded)), (false, None)] {
        let local = LocalEnd::Ended(Some(tokens(refresh)));
        let plan = plan(&local, Others::Unknown, Scope::Browser, ProviderKnown::Yes(&with));
        assert_eq!(plan.receipt.status(Layer::RefreshToken), expected);
    }
}

#[test]
fn the_hint_goes_to_the_provider_if_there_is_one_and_the_browser_leaves_without_it_too() {
    let with = metadata(Some("https://op.example/end"));
    for (tokens, expected) in [(Some(tokens(false)), true), (None, false)] {
        let plan = plan(
            &LocalEnd::Ended(tokens),
            Others::Unknown,
            Scope::Browser,
            ProviderKnown::Yes(&with),
        );
        let Some(Departure::Get { url }) = plan.departure else {
            panic!("it is short")
        };
        assert_eq!(url.contains("id_token_hint=a.b.c"), expected, "{url}");
        assert!(
            url.contains("client_id=app") && url.contains("state=state"),
            "{url}"
        );
    }
}

#[test]
fn what_the_person_may_see_holds_no_token() {
    let with = metadata(Some("https://op.example/end"));
    let local = LocalEnd::Ended(Some(tokens(true)));
    let plan = plan(&local, Others::Kept(1), Scope::Browser, ProviderKnown::Yes(&with));
    let receipt = serde_json::to_string(&plan.receipt).unwrap();
    assert!(!receipt.contains("a.b.c"), "{receipt}");
}

#[test]
fn i4_what_became_of_the_tokens_is_told_as_it_is() {
    let with = metadata(Some("https://op.example/end"));
    let local = LocalEnd::Ended(Some(tokens(true)));
    for (refresh_token, access_token, expected) in [
        (Step::Revoked, Step::Revoked, [Status::Ended, Status::Ended]),
        (Step::Revoked, Step::Todo, [Status::Ended, Status::Pending]),
        (Step::KeptForOthers, Step::Refused, [Status::Kept, Status::Failed]),
        (
            Step::KeptOffline,
            Step::Unsupported,
            [Status::Kept, Status::CannotBeEnded],
        ),
    ] {
        let progress = Progress {
            refresh_token,
            access_token,
        };
        let plan = LogoutPlan::compute(&Facts {
            tokens: TokensKnown::Progress(progress),
            ..facts(&local, Others::Unknown, Scope::Browser, ProviderKnown::Yes(&with))
        });
        let seen = [Layer::RefreshToken, Layer::AccessToken].map(|layer| plan.receipt.status(layer).unwrap());
        assert_eq!(seen, expected, "{progress:?}");
    }
}

#[test]
fn i4_who_stands_behind_the_provider_is_named_and_out_of_reach() {
    let with = metadata(Some("https://op.example/end"));
    let behind = SessionTokens {
        upstream_idp: Some("github".to_owned()),
        ..tokens(false)
    };
    for (tokens, scope, expected) in [
        (behind.clone(), Scope::Browser, Some(Status::CannotBeEnded)),
        (behind, Scope::App, None),
        (tokens(false), Scope::Browser, None),
    ] {
        for local in [
            LocalEnd::Ended(Some(tokens.clone())),
            LocalEnd::HadExpired(Some(tokens.clone())),
            LocalEnd::EndedElsewhere(Remnant::of(&tokens, true)),
        ] {
            let plan = plan(&local, Others::Unknown, scope, ProviderKnown::Yes(&with));
            assert_eq!(
                plan.receipt.status(Layer::UpstreamIdp),
                expected,
                "{local:?} {scope:?}"
            );
        }
    }
}
