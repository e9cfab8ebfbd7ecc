//! The revocation endpoint.

use std::sync::Arc;

use axum::extract::State;
use http::{HeaderMap, StatusCode};

use crate::client_authentication::authenticate;
use crate::oauth_error::OAuthError;
use crate::parameters::Sent;
use crate::provider::Provider;
use crate::records::Grant;

/// [RFC 7009, section 2](https://www.rfc-editor.org/rfc/rfc7009#section-2): a refresh token takes its grant with it,
/// an access token goes alone, an unknown token is no error. Where the conduct says so, one token takes everything that
/// its client has of the person.
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
        drop(records);
        provider.conduct.revoked(token, Vec::new());
        return Ok(StatusCode::OK);
    };
    let grant = records.grants.get(&grant_id, now).cloned();
    if grant
        .as_ref()
        .is_some_and(|grant| grant.client_id != client.client_id)
    {
        return Err(OAuthError::invalid_grant(
            "the token was issued to another client",
        ));
    }
    let mut gone = match grant.filter(|_| provider.conduct.revokes_all()) {
        Some(grant) => {
            let of_both = |other: &Grant| other.client_id == grant.client_id && other.sub == grant.sub;
            let grants = records.grants.keys(now, of_both);
            grants
                .iter()
                .flat_map(|grant| records.withdraw(grant, now))
                .collect()
        }
        None if refresh.is_some() => records.withdraw(&grant_id, now),
        None => {
            records.access_tokens.take(token, now);
            vec![token.to_owned()]
        }
    };
    drop(records);
    gone.sort_unstable();
    provider.conduct.revoked(token, gone);
    Ok(StatusCode::OK)
}
