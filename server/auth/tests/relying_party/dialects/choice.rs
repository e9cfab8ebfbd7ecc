//! Which row is chosen, and what it tells others: revocation, front channel.

use exeunt::{
    config::Dialect,
    provider::{
        dialect::{Habits, Revocation},
        metadata::{Expectations, validate_metadata},
    },
};
use exeunt_dev_provider::script::ScriptedProviderBuilder;
use serde_json::json;

use super::support::App;

fn chosen(
    setting: Dialect,
    issuer: &str,
    discovered: Option<&str>,
    set: Option<&str>,
) -> (Dialect, Option<String>) {
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "jwks_uri": "https://op.example/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    if let Some(endpoint) = discovered {
        document["end_session_endpoint"] = endpoint.into();
    }
    let expectations = Expectations {
        end_session_endpoint: set.map(|address| address.parse().unwrap()),
        dialect: setting,
        ..Expectations::default()
    };
    let metadata = validate_metadata(
        document.to_string().as_bytes(),
        &issuer.parse().unwrap(),
        &expectations,
    )
    .unwrap();
    (
        metadata.dialect.dialect(),
        metadata.end_session_endpoint.map(String::from),
    )
}

#[test]
fn the_operators_word_counts_and_auto_looks() {
    let keycloak = "https://op.example/realms/a/protocol/openid-connect/logout";
    for (setting, expected) in [
        (Dialect::Auto, Dialect::Keycloak),
        (Dialect::Standard, Dialect::Standard),
        (Dialect::KeycloakLegacy, Dialect::KeycloakLegacy),
        (Dialect::Cognito, Dialect::Cognito),
    ] {
        let (dialect, endpoint) = chosen(setting, "https://op.example/realms/a", Some(keycloak), None);
        assert_eq!(dialect, expected, "{setting}");
        assert_eq!(endpoint.as_deref(), Some(keycloak), "{setting}");
    }
}

#[test]
fn i8_no_dialect_makes_up_an_address() {
    for setting in Dialect::ALL {
        let (_, endpoint) = chosen(setting, "https://op.example", None, None);
        assert_eq!(endpoint, None, "{setting}");
    }
}

#[test]
fn i8_cognito_and_the_older_auth0_work_with_an_address_from_the_operator() {
    for (issuer, address, expected) in [
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
            "https://app.auth.eu-west-1.amazoncognito.com/logout",
            Dialect::Cognito,
        ),
        (
            "https://tenant.eu.auth0.com/",
            "https://tenant.eu.auth0.com/v2/logout",
            Dialect::Auth0Legacy,
        ),
    ] {
        let (dialect, endpoint) = chosen(Dialect::Auto, issuer, None, Some(address));
        assert_eq!(dialect, expected, "{issuer}");
        assert_eq!(endpoint.as_deref(), Some(address), "{issuer}");
    }
}

#[test]
fn c5_3_c6_1_what_others_need_to_know_of_a_row() {
    for dialect in Dialect::ALL {
        let row = Habits::of(dialect);
        let revocation = match dialect {
            Dialect::Google | Dialect::Keycloak | Dialect::KeycloakLegacy => Revocation::Grant,
            Dialect::Entra => Revocation::None,
            _ => Revocation::Token,
        };
        assert_eq!(row.revocation(), revocation, "{dialect}");
        assert_eq!(
            row.front_channel_sid_without_iss(),
            dialect == Dialect::Entra,
            "{dialect}"
        );
        assert_eq!(
            row.requires_id_token_hint(),
            dialect == Dialect::Okta,
            "{dialect}"
        );
    }
}

#[tokio::test]
async fn the_shape_of_zitadel_is_recognised_in_a_running_app() {
    let app = App::builder()
        .provider(ScriptedProviderBuilder::zitadel_shape)
        .start()
        .await;
    let metadata = app.exeunt.provider().metadata().await.unwrap();
    assert_eq!(metadata.dialect.dialect(), Dialect::Zitadel);
}
