//! The revocation endpoint.

use std::sync::Arc;

use axum::extract::State;
use http::{HeaderMap, StatusCode};

use crate::client_authentication::authenticate;
use crate::oauth_error::OAuthError;
use crate::parameters::Sent;
use crate::provider::Provider;

/// [RFC 7009, section 2](https://www.rfc-editor.org/rfc/rfc7009#section-2): a refresh token takes its grant with it,
/// an access token goes alone, an unknown token is no error.
pub(crate) async fn revoke(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<StatusCode, OAuthError> {
    let sent = sent?;
    let client = authenticate(&provider, &headers, &sent)?;
    let token = sent
        .get("token")
        .ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
    let now = provider.now();
    let mut records = provider.records();
    // The hint only speeds a search up, and here there is nothing to search.
    let refresh = records
        .refresh_tokens
        .get(token, now)
        .map(|refresh| refresh.grant.clone());
    let Some(grant_id) = refresh
        .clone()
        .or_else(|| records.access_tokens.get(token, now).cloned())
    else {
        return Ok(StatusCode::OK);
    };
    if records
        .grants
        .get(&grant_id, now)
        .is_some_and(|grant| grant.client_id != client.client_id)
    {
        return Err(OAuthError::invalid_grant(
            "the token was issued to another client",
        ));
    }
    if refresh.is_some() {
        records.withdraw(&grant_id, now);
    } else {
        records.access_tokens.take(token, now);
    }
    Ok(StatusCode::OK)
}
