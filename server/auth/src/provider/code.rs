//! The code flow: the authorization request, and the exchange of the code.
//! [OpenID Connect Core 1.0, section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth)

use std::time::Duration;

use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse,
    core::{CoreClient, CoreTokenResponse},
};
use url::Url;

use super::{
    metadata::Metadata,
    outbound::{Endpoint, Outbound, OutboundError},
    refresh,
};
use crate::{clock::Timestamp, config::ProviderSettings};

/// What an authorization request asks for.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest<'a> {
    /// Our callback.
    pub redirect_uri: &'a str,
    /// Binds the answer to this attempt.
    pub state: &'a str,
    /// Binds the ID token to this attempt.
    pub nonce: &'a str,
    /// The S256 challenge.
    /// [RFC 7636, section 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)
    pub code_challenge: &'a str,
    /// `prompt`.
    pub prompt: Option<&'a str>,
    /// `login_hint`.
    pub login_hint: Option<&'a str>,
    /// `ui_locales`.
    pub ui_locales: Option<&'a str>,
}

/// The address of the authorization request.
#[must_use]
pub fn authorization_url(
    metadata: &Metadata,
    settings: &ProviderSettings,
    request: &AuthorizationRequest<'_>,
) -> Url {
    let mut url = metadata.oidc.authorization_endpoint().url().clone();
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", settings.client_id.as_str())
            .append_pair("redirect_uri", request.redirect_uri)
            .append_pair("scope", &settings.scopes.to_string())
            .append_pair("state", request.state)
            .append_pair("nonce", request.nonce)
            .append_pair("code_challenge", request.code_challenge)
            .append_pair("code_challenge_method", "S256");
        for (name, value) in [
            ("prompt", request.prompt),
            ("login_hint", request.login_hint),
            ("ui_locales", request.ui_locales),
        ] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
    }
    url
}

/// Why the code gave no tokens. Never holds the code or what the provider wrote in free text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The token endpoint could not be reached.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The provider refused the code (used before, expired, or not ours).
    #[error("the provider refused the code: {0}")]
    Refused(String),
    /// The answer is not a token response.
    #[error("the provider's token endpoint did not answer as the specification says")]
    Malformed,
    /// There is no ID token in it: `openid` is not among the scopes, or the provider speaks only OAuth 2.
    #[error("the provider sent no ID token")]
    NoIdToken,
}

/// The tokens of a login. Its `Debug` shows none of them.
pub struct Tokens {
    /// The ID token, not judged yet; `None` where the provider sent none.
    pub id_token: Option<String>,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: Option<String>,
    /// When the access token expires, if the provider said so.
    pub expires_at: Option<Timestamp>,
    /// How long it lived when it came, if the provider said so.
    pub life: Option<Duration>,
    /// Whether `offline_access` was granted: a provider that does not say what it granted granted what was asked for.
    pub is_for_offline_access: bool,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

const OFFLINE_ACCESS: &str = "offline_access";

pub(super) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Who we are to the token endpoint.
pub(super) fn client(metadata: &Metadata, settings: &ProviderSettings) -> Client {
    let secret = settings
        .client_secret
        .as_ref()
        .map(|secret| ClientSecret::new(secret.expose().to_owned()));
    CoreClient::from_provider_metadata(
        metadata.oidc.clone(),
        ClientId::new(settings.client_id.as_str().to_owned()),
        secret,
    )
    .set_auth_type(if metadata.secret_in_body {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    })
}

/// Exchanges a code for tokens. Never tried twice: a code is good for one use.
///
/// # Errors
///
/// [`CodeError`]; nothing of it is a session.
pub async fn exchange_code(
    outbound: &Outbound,
    metadata: &Metadata,
    settings: &ProviderSettings,
    redirect_uri: &str,
    code: &str,
    code_verifier: &str,
    now: Timestamp,
) -> Result<Tokens, CodeError> {
    let redirect_uri = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| CodeError::Malformed)?;
    let client = client(metadata, settings).set_redirect_uri(redirect_uri);
    let outbound = outbound.to(Endpoint::Token);
    let call = move |request: HttpRequest| {
        let outbound = outbound.clone();
        async move { outbound.call(request).await }
    };
    let answer: Result<CoreTokenResponse, _> = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|_| CodeError::Malformed)?
        .set_pkce_verifier(PkceCodeVerifier::new(code_verifier.to_owned()))
        .request_async(&call)
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(RequestTokenError::Request(error)) => return Err(CodeError::Outbound(error)),
        Err(RequestTokenError::ServerResponse(answer)) => {
            return Err(CodeError::Refused(registered_error(answer.error().to_string())));
        }
        Err(RequestTokenError::Parse(_, body)) => {
            let tokens = refresh::with_unreadable_id_token(&body, now).map_err(|_| CodeError::Malformed)?;
            return Ok(Tokens {
                id_token: tokens.id_token,
                access_token: tokens.access_token,
                refresh_token: tokens.refresh_token,
                expires_at: tokens.expires_at,
                life: tokens.life,
                is_for_offline_access: settings.scopes.contains(OFFLINE_ACCESS),
            });
        }
        Err(RequestTokenError::Other(_)) => return Err(CodeError::Malformed),
    };
    Ok(Tokens {
        id_token: answer.id_token().map(ToString::to_string),
        access_token: answer.access_token().secret().clone(),
        refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
        expires_at: answer.expires_in().map(|life| now + life),
        life: answer.expires_in(),
        is_for_offline_access: match answer.scopes() {
            Some(granted) => granted.iter().any(|scope| scope.as_str() == OFFLINE_ACCESS),
            None => settings.scopes.contains(OFFLINE_ACCESS),
        },
    })
}

/// Error codes are lower-case words; anything else is not repeated anywhere, since it might be what was sent.
pub(crate) fn registered_error(error: String) -> String {
    let plain = !error.is_empty()
        && error.len() <= 64
        && error
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain { error } else { "unknown_error".to_owned() }
}
