//! The authorization endpoint: does it know this client, and will it send people back to our callback?

use exeunt::provider::{
    code::{self, AuthorizationRequest},
    metadata::Metadata,
    outbound::OutboundError,
};
use http::Response;
use url::Url;

use super::{Patient, finding::Finding};

const CHECK: &str = "authorization_endpoint";

/// What a provider says when nobody is signed in there.
/// [OpenID Connect Core 1.0, section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)
const NOBODY_SIGNED_IN: [&str; 4] = [
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
];

/// What was asked with.
struct Asked<'a> {
    endpoint: &'a Url,
    redirect_uri: &'a str,
    state: &'a str,
    issuer: &'a str,
    iss_promised: bool,
}

pub(super) async fn examine(patient: &Patient<'_>, metadata: &Metadata) -> Finding {
    let settings = &patient.config.settings.provider;
    let request = AuthorizationRequest {
        redirect_uri: &patient.redirect_uri,
        state: &patient.made_up,
        nonce: &patient.made_up,
        code_challenge: &patient.made_up,
        prompt: Some("none"),
        login_hint: None,
        ui_locales: None,
    };
    let url = code::authorization_url(metadata, settings, &request);
    let answer = patient.outbound.get(url.as_str(), None).await;
    let asked = Asked {
        endpoint: &url,
        redirect_uri: &patient.redirect_uri,
        state: &patient.made_up,
        issuer: settings.issuer.as_str(),
        iss_promised: metadata.iss_parameter_promised,
    };
    judge_authorization(&answer, &asked)
}

fn judge_authorization(answer: &Result<Response<Vec<u8>>, OutboundError>, asked: &Asked<'_>) -> Finding {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            return Finding::wrong(
                CHECK,
                format!("{error}."),
                "Nobody can sign in without it. Check that the provider runs.",
            );
        }
    };
    let status = answer.status();
    let location = super::end_session::location(answer, asked.endpoint);
    match location {
        Some(location) if super::end_session::is_at(&location, asked.redirect_uri) => {
            judge_return(&location, asked)
        }
        Some(location) if super::end_session::names_an_error(&location) => not_registered(asked.redirect_uri),
        Some(_) => Finding::warning(
            CHECK,
            "It sends people on to a page of its own although it was asked not to, so nothing can be told of the redirect URI.",
            format!("See that {} is registered as redirect URI.", asked.redirect_uri),
        ),
        None if status == http::StatusCode::NOT_FOUND => Finding::wrong(
            CHECK,
            "It answered with 404: there is no such page.",
            "Whoever runs the provider must correct its discovery document.",
        ),
        None if status.is_client_error() => not_registered(asked.redirect_uri),
        None => Finding::warning(
            CHECK,
            format!(
                "It answered with {} instead of sending back, so nothing can be told of the redirect URI.",
                status.as_u16()
            ),
            format!("See that {} is registered as redirect URI.", asked.redirect_uri),
        ),
    }
}

fn not_registered(redirect_uri: &str) -> Finding {
    Finding::wrong(
        CHECK,
        "It refused the request with a page of its own: it does not know the client, or not the redirect URI.",
        format!("Register {redirect_uri} as redirect URI, equal to the letter, and check EXEUNT_CLIENT_ID."),
    )
}

/// It sent back to us: with what?
fn judge_return(location: &Url, asked: &Asked<'_>) -> Finding {
    let parameter = |name: &str| {
        location
            .query_pairs()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    };
    if parameter("state").as_deref() != Some(asked.state) {
        return Finding::wrong(
            CHECK,
            "It sends back without the state it was given, and every sign-in is refused.",
            "Whoever runs the provider must mend that.",
        );
    }
    let iss = parameter("iss");
    if iss.as_deref().is_some_and(|iss| iss != asked.issuer) {
        return Finding::wrong(
            CHECK,
            "It sends back with another issuer than its own, and every sign-in is refused.",
            "Set EXEUNT_ISSUER to the issuer that this endpoint belongs to.",
        );
    }
    let error = parameter("error").unwrap_or_default();
    if !NOBODY_SIGNED_IN.contains(&error.as_str()) {
        let error = code_of(&error);
        return Finding::wrong(
            CHECK,
            format!("It knows the redirect URI, but refuses the request: {error}."),
            match error.as_str() {
                "invalid_scope" => "Set EXEUNT_SCOPES to scopes that this client may ask for.",
                "unauthorized_client" => "Allow this client the authorization code flow at the provider.",
                _ => {
                    "Allow this client the authorization code flow with PKCE (S256) and the scopes of EXEUNT_SCOPES."
                }
            },
        );
    }
    if asked.iss_promised && iss.is_none() {
        return Finding::warning(
            CHECK,
            "It knows client and redirect URI, but leaves out the issuer that its metadata promises with every answer.",
            "If sign-ins are refused for it too, whoever runs the provider must mend that.",
        );
    }
    Finding::ok(CHECK, "It knows client and redirect URI.")
}

/// An error code as it may be repeated: a lower-case word, or not at all.
fn code_of(error: &str) -> String {
    let plain = !error.is_empty()
        && error.len() <= 64
        && error
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain {
        error.to_owned()
    } else {
        "no error code".to_owned()
    }
}
