//! The authorization request, read and checked.

use crate::id_token_hint::{self, Hint};
use crate::parameters::Parameters;
use crate::provider::Provider;

/// A request that may be granted:
/// [OpenID Connect Core 1.0, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client_id: String,
    pub(crate) answer_to: AnswerTo,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: String,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) id_token_hint: Option<Hint>,
}

/// Where the answer goes.
#[derive(Clone, Debug)]
pub(crate) struct AnswerTo {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
}

/// What the relying party wants the person to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    None,
    Login,
    SelectAccount,
}

/// Why a request cannot be granted.
#[derive(Debug)]
pub(crate) enum Invalid {
    /// Nobody trustworthy to answer to: the person is told, and the browser goes nowhere.
    Here(&'static str),
    /// The relying party is told:
    /// [OpenID Connect Core 1.0, section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError).
    There {
        answer_to: AnswerTo,
        error: &'static str,
        description: &'static str,
    },
}

impl AuthorizationRequest {
    pub(crate) fn read(provider: &Provider, sent: &Parameters) -> Result<Self, Invalid> {
        let client = sent
            .get("client_id")
            .and_then(|client_id| provider.client(client_id))
            .ok_or(Invalid::Here("The client_id is missing or not registered."))?;
        let redirect_uri = sent
            .get("redirect_uri")
            .filter(|uri| client.redirect_uris.iter().any(|registered| registered == uri))
            .ok_or(Invalid::Here(
                "The redirect_uri is missing or not registered for this client.",
            ))?;
        let answer_to = AnswerTo {
            redirect_uri: redirect_uri.to_owned(),
            state: sent.owned("state"),
        };
        Self::read_answerable(provider, sent, client.client_id, answer_to.clone()).map_err(
            |(error, description)| Invalid::There {
                answer_to,
                error,
                description,
            },
        )
    }

    /// Reads on where an error can be answered to the relying party.
    fn read_answerable(
        provider: &Provider,
        sent: &Parameters,
        client_id: String,
        answer_to: AnswerTo,
    ) -> Result<Self, (&'static str, &'static str)> {
        match sent.get("response_type") {
            Some("code") => {}
            None => return Err(("invalid_request", "response_type is missing")),
            Some(_) => return Err(("unsupported_response_type", "response_type must be code")),
        }
        if sent.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(("invalid_request", "response_mode must be query"));
        }
        if sent.get("request").is_some() {
            return Err(("request_not_supported", "request objects are not supported"));
        }
        if sent.get("request_uri").is_some() {
            return Err(("request_uri_not_supported", "request objects are not supported"));
        }
        let scope = sent.owned("scope").unwrap_or_default();
        if !scope.split(' ').any(|scope| scope == "openid") {
            return Err(("invalid_scope", "scope must contain openid"));
        }
        Ok(Self {
            client_id,
            answer_to,
            scope,
            nonce: sent.owned("nonce"),
            code_challenge: code_challenge(sent)?,
            prompt: prompt(sent)?,
            max_age: max_age(sent)?,
            login_hint: sent.owned("login_hint"),
            // Good or useless: it only says who is expected.
            id_token_hint: sent
                .get("id_token_hint")
                .and_then(|hint| id_token_hint::read(provider, hint).ok()),
        })
    }
}

/// PKCE is not optional here, and only S256 is:
/// [RFC 7636, section 4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3).
fn code_challenge(sent: &Parameters) -> Result<String, (&'static str, &'static str)> {
    if sent.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method must be S256"));
    }
    sent.owned("code_challenge")
        .filter(|challenge| challenge.len() == 43)
        .ok_or((
            "invalid_request",
            "code_challenge is missing or not a SHA-256 in base64url",
        ))
}

fn prompt(sent: &Parameters) -> Result<Option<Prompt>, (&'static str, &'static str)> {
    let values: Vec<&str> = sent
        .get("prompt")
        .unwrap_or_default()
        .split(' ')
        .filter(|value| !value.is_empty())
        .collect();
    if values.contains(&"none") {
        return match values.len() {
            1 => Ok(Some(Prompt::None)),
            _ => Err(("invalid_request", "prompt=none stands alone")),
        };
    }
    // `consent` and what else there may be: nothing is ever asked, so nothing is left out.
    Ok(if values.contains(&"select_account") {
        Some(Prompt::SelectAccount)
    } else if values.contains(&"login") {
        Some(Prompt::Login)
    } else {
        None
    })
}

fn max_age(sent: &Parameters) -> Result<Option<i64>, (&'static str, &'static str)> {
    match sent.get("max_age").map(str::parse::<u32>) {
        None => Ok(None),
        Some(Ok(seconds)) => Ok(Some(i64::from(seconds))),
        Some(Err(_)) => Err(("invalid_request", "max_age must be a number of seconds")),
    }
}
