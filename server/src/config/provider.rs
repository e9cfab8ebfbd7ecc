//! The OpenID Provider and who we are to it.

use clap::Args;
use exeunt::config::{ClientSecret, Dialect, LogoutTokenPolicy, ProviderSettings, Scopes};

use super::{
    development::{self, DevelopmentProvider},
    http::Http,
    problems::Problems,
    secret,
};

#[derive(Args)]
#[command(next_help_heading = "OpenID Provider")]
pub(super) struct ProviderArgs {
    /// The provider's issuer identifier, exactly as the provider writes it.
    ///
    /// Without it a development provider runs on a port of its own (that of LEPTOS_SITE_ADDR plus 10), and only if listen
    /// address and public URL are loopback. Default: none. Example: https://id.example/realms/main
    #[arg(long, env = "EXEUNT_ISSUER", value_name = "URL")]
    pub(super) issuer: Option<String>,
    /// The identifier under which this app is registered at the provider.
    ///
    /// Needed with EXEUNT_ISSUER. Default: none. Example: exeunt
    #[arg(long, env = "EXEUNT_CLIENT_ID", value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// The secret of that registration; environment only.
    ///
    /// Default: none, a public client, which proves itself by PKCE alone.
    #[arg(long, env = "EXEUNT_CLIENT_SECRET", value_name = "SECRET")]
    pub(super) client_secret: Option<String>,
    /// A file that holds the secret instead.
    ///
    /// A newline at its end is ignored. Default: none. Example: /run/secrets/exeunt-client-secret
    #[arg(long, env = "EXEUNT_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub(super) client_secret_file: Option<String>,
    /// What to ask for, separated by spaces; openid is always among them.
    ///
    /// Default: openid profile email. Example: openid email offline_access
    #[arg(long, env = "EXEUNT_SCOPES", value_name = "SCOPES")]
    pub(super) scopes: Option<String>,
    /// Which of the provider's habits to allow for: auto, standard, zitadel, keycloak, keycloak-legacy (before 18), auth0,
    /// auth0-legacy (/v2/logout), okta, entra, cognito, google, hydra or rauthy.
    ///
    /// It chooses parameters, never an address; auto tells it from the issuer and the provider's metadata.
    /// docs/providers.md explains each. Default: auto. Example: keycloak-legacy
    #[arg(long, env = "EXEUNT_DIALECT", value_name = "NAME")]
    pub(super) dialect: Option<String>,
    /// Where the provider's session is ended, used only where discovery names no endpoint.
    ///
    /// Default: none. Example: https://id.example/logout
    #[arg(long, env = "EXEUNT_END_SESSION_ENDPOINT", value_name = "URL")]
    pub(super) end_session_endpoint: Option<String>,
    /// How ID tokens and logout tokens are signed: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA.
    ///
    /// Default: RS256 if the provider lists it, else its only asymmetric one. Example: ES256
    #[arg(long, env = "EXEUNT_ID_TOKEN_ALG", value_name = "ALG")]
    pub(super) id_token_alg: Option<String>,
    /// Audiences that an ID token may name besides this app, separated by commas.
    ///
    /// Default: none; others are accepted only if azp is this app. Example: project-1,project-2
    #[arg(long, env = "EXEUNT_TRUSTED_AUDIENCES", value_name = "AUDIENCES")]
    pub(super) trusted_audiences: Option<String>,
    /// Which types of logout token are accepted: lenient or strict.
    ///
    /// Lenient: no typ, JWT or logout+jwt. Strict: logout+jwt alone. Default: lenient. Example: strict
    #[arg(long, env = "EXEUNT_LOGOUT_TOKEN_TYP", value_name = "HOW")]
    pub(super) logout_token_typ: Option<String>,
    /// Whether a logout token needs an expiry: lenient or strict.
    ///
    /// Lenient: without exp it is good for five minutes. Strict: without exp it is refused. Default: lenient. Example: strict
    #[arg(long, env = "EXEUNT_LOGOUT_TOKEN_EXP", value_name = "HOW")]
    pub(super) logout_token_exp: Option<String>,
}

/// How strictly the provider's logout tokens are judged.
pub(super) fn logout_tokens(given: &ProviderArgs, problems: &mut Problems) -> LogoutTokenPolicy {
    LogoutTokenPolicy {
        typ: problems.parse_or_default("EXEUNT_LOGOUT_TOKEN_TYP", given.logout_token_typ.as_deref()),
        exp: problems.parse_or_default("EXEUNT_LOGOUT_TOKEN_EXP", given.logout_token_exp.as_deref()),
    }
}

/// The provider, and the development provider if it is that one. `None` only if something is wrong.
pub(super) fn validate(
    given: &ProviderArgs,
    http: &Http,
    problems: &mut Problems,
    notes: &mut Vec<String>,
) -> Option<(ProviderSettings, Option<DevelopmentProvider>)> {
    // Everything is read before anything is given up, so that all problems are told at once.
    let issuer = problems.parse("EXEUNT_ISSUER", given.issuer.as_deref());
    let client_id = problems.parse("EXEUNT_CLIENT_ID", given.client_id.as_deref());
    let client_secret: Option<ClientSecret> = secret::read(
        "EXEUNT_CLIENT_SECRET",
        given.client_secret.as_deref(),
        given.client_secret_file.as_deref(),
        problems,
    );
    let scopes: Scopes = problems.parse_or_default("EXEUNT_SCOPES", given.scopes.as_deref());
    let dialect: Dialect = problems.parse_or_default("EXEUNT_DIALECT", given.dialect.as_deref());
    let end_session_endpoint = problems.parse(
        "EXEUNT_END_SESSION_ENDPOINT",
        given.end_session_endpoint.as_deref(),
    );
    let id_token_alg = problems.parse("EXEUNT_ID_TOKEN_ALG", given.id_token_alg.as_deref());
    let audiences = given
        .trusted_audiences
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .map(str::trim);
    let trusted_audiences = audiences
        .filter(|audience| !audience.is_empty())
        .map(str::to_owned)
        .collect();

    if given.issuer.is_none() {
        refuse_what_needs_an_issuer(given, problems);
        let (issuer, client_id, development) = development::provider(http, problems)?;
        let provider = ProviderSettings {
            issuer,
            client_id,
            client_secret: None,
            scopes,
            dialect,
            end_session_endpoint: None,
            id_token_alg,
            trusted_audiences,
        };
        return Some((provider, Some(development)));
    }
    if given.client_id.is_none() {
        problems.add(
            "EXEUNT_CLIENT_ID",
            "is unset, but EXEUNT_ISSUER is set; set it to the id under which this app is registered there",
        );
    }
    if given.client_secret.is_none() && given.client_secret_file.is_none() {
        notes.push(
            "EXEUNT_CLIENT_SECRET is unset: signing in as a public client. If the provider expects a secret, set it."
                .to_owned(),
        );
    }
    let (issuer, client_id) = (issuer?, client_id?);
    let provider = ProviderSettings {
        issuer,
        client_id,
        client_secret,
        scopes,
        dialect,
        end_session_endpoint,
        id_token_alg,
        trusted_audiences,
    };
    Some((provider, None))
}

/// Whoever sets one of these means a real provider; the development provider in its place would be a surprise.
fn refuse_what_needs_an_issuer(given: &ProviderArgs, problems: &mut Problems) {
    for (variable, value) in [
        ("EXEUNT_CLIENT_ID", &given.client_id),
        ("EXEUNT_CLIENT_SECRET", &given.client_secret),
        ("EXEUNT_CLIENT_SECRET_FILE", &given.client_secret_file),
        ("EXEUNT_END_SESSION_ENDPOINT", &given.end_session_endpoint),
    ] {
        if value.is_some() {
            problems.add(
                variable,
                "is set, but EXEUNT_ISSUER is not; set EXEUNT_ISSUER too, or remove it",
            );
        }
    }
}
