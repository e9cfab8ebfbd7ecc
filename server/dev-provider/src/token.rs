//! The token endpoint.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::client::Client;
use crate::client_authentication::authenticate;
use crate::id_token::{self, Occasion};
use crate::keys::object;
use crate::oauth_error::OAuthError;
use crate::parameters::{Parameters, Sent};
use crate::provider::Provider;
use crate::random::unguessable;
use crate::records::{Grant, RefreshToken};

/// [OpenID Connect Core 1.0, section 3.1.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenEndpoint).
pub(crate) async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, OAuthError> {
    let sent = sent?;
    let client = authenticate(&provider, &headers, &sent)?;
    match sent.get("grant_type") {
        Some("authorization_code") => exchange(&provider, &client, &sent),
        Some("refresh_token") => refresh(&provider, &client, &sent),
        Some(_) => Err(OAuthError::new(
            "unsupported_grant_type",
            "authorization_code or refresh_token",
        )),
        None => Err(OAuthError::invalid_request("grant_type is missing")),
    }
}

/// A code for tokens.
fn exchange(provider: &Provider, client: &Client, sent: &Parameters) -> Result<Response, OAuthError> {
    let code = sent
        .get("code")
        .ok_or_else(|| OAuthError::invalid_request("code is missing"))?;
    let now = provider.now();
    let mut records = provider.records();
    let known = records
        .codes
        .get_mut(code, now)
        .filter(|known| known.client_id == client.client_id)
        .ok_or_else(|| OAuthError::invalid_grant("the code is unknown, expired or another client's"))?;
    let (known, was_used) = (known.clone(), std::mem::replace(&mut known.used, true));
    if was_used {
        // RFC 6749, section 4.1.2: somebody else has it, so what it gave is withdrawn.
        records.withdraw(&known.grant, now);
        return Err(OAuthError::invalid_grant("the code was used before"));
    }
    if sent.get("redirect_uri") != Some(&known.redirect_uri) {
        return Err(OAuthError::invalid_grant(
            "redirect_uri is not that of the authorization request",
        ));
    }
    if !sent
        .get("code_verifier")
        .is_some_and(|verifier| answers(verifier, &known.code_challenge))
    {
        return Err(OAuthError::invalid_grant(
            "code_verifier is missing or does not answer the code_challenge",
        ));
    }
    let grant = records
        .live_grant(&known.grant, now)
        .cloned()
        .ok_or_else(|| OAuthError::invalid_grant("the session ended before the code was used"))?;
    drop(records);
    let occasion = Occasion::Code {
        nonce: known.nonce.as_deref(),
    };
    issue(provider, client, &known.grant, &grant, occasion, None)
}

/// [RFC 7636, section 4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6).
fn answers(verifier: &str, challenge: &str) -> bool {
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    well_formed && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

/// A refresh token for new tokens. Where they rotate, each is good once; a second use withdraws the grant, because one
/// of the two users is a thief: [RFC 9700, section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).
fn refresh(provider: &Provider, client: &Client, sent: &Parameters) -> Result<Response, OAuthError> {
    let token = sent
        .get("refresh_token")
        .ok_or_else(|| OAuthError::invalid_request("refresh_token is missing"))?;
    let refused =
        || OAuthError::invalid_grant("the refresh token is unknown, expired, withdrawn or another client's");
    if provider.conduct.refuses_refresh() {
        return Err(refused());
    }
    let now = provider.now();
    let rotates = provider.conduct.rotates_refresh_tokens();
    let mut records = provider.records();
    let grant_id = records
        .refresh_tokens
        .get(token, now)
        .ok_or_else(refused)?
        .grant
        .clone();
    let grant = records
        .live_grant(&grant_id, now)
        .filter(|grant| grant.client_id == client.client_id)
        .cloned()
        .ok_or_else(refused)?;
    let known = records.refresh_tokens.get_mut(token, now).ok_or_else(refused)?;
    if std::mem::replace(&mut known.used, rotates) {
        records.withdraw(&grant_id, now);
        return Err(OAuthError::invalid_grant(
            "the refresh token was used before; the grant is withdrawn",
        ));
    }
    drop(records);
    let kept = (!rotates).then_some(token);
    issue(provider, client, &grant_id, &grant, Occasion::Refresh, kept)
}

/// `kept`: the refresh token that stays good, in place of a new one.
fn issue(
    provider: &Provider,
    client: &Client,
    grant_id: &str,
    grant: &Grant,
    occasion: Occasion<'_>,
    kept: Option<&str>,
) -> Result<Response, OAuthError> {
    let user = provider
        .user(&grant.sub)
        .ok_or_else(|| OAuthError::invalid_grant("the user is gone"))?;
    let (access_token, refresh_token) = (unguessable()?, unguessable()?);
    let id_token = id_token::issue(provider, client, user, grant, occasion, &access_token)?;
    let (now, lifetimes) = (provider.now(), provider.lifetimes);
    let mut records = provider.records();
    let refresh_expires = now + lifetimes.refresh_token;
    let rotated = RefreshToken {
        grant: grant_id.to_owned(),
        used: false,
    };
    // A logout may have come in between; a grant that it took must not come back.
    if records.grants.take(grant_id, now).is_none() {
        return Err(OAuthError::invalid_grant("the session ended meanwhile"));
    }
    records
        .grants
        .insert(grant_id.to_owned(), grant.clone(), refresh_expires, now);
    records.access_tokens.insert(
        access_token.clone(),
        grant_id.to_owned(),
        now + lifetimes.access_token,
        now,
    );
    if kept.is_none() {
        records
            .refresh_tokens
            .insert(refresh_token.clone(), rotated, refresh_expires, now);
    }
    drop(records);
    let mut response = object(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetimes.access_token,
        "id_token": id_token,
        "scope": grant.scope,
    }));
    if kept.is_none() {
        response.insert("refresh_token".to_owned(), refresh_token.into());
    }
    provider.conduct.token_response(&mut response);
    Ok(([(CACHE_CONTROL, "no-store")], Json(response)).into_response())
}
