//! Who calls the token and revocation endpoints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use crate::client::Client;
use crate::oauth_error::OAuthError;
use crate::parameters::Parameters;
use crate::provider::Provider;

/// The client that made the request, by `client_secret_basic`, `client_secret_post`, or, if it is a public one, by
/// its name alone: [RFC 6749, section 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3).
pub(crate) fn authenticate(
    provider: &Provider,
    headers: &HeaderMap,
    sent: &Parameters,
) -> Result<Client, OAuthError> {
    let refused = || OAuthError::new("invalid_client", "client authentication failed");
    let in_body = (sent.get("client_id"), sent.get("client_secret"));
    let (client_id, secret) = match (headers.contains_key(AUTHORIZATION), in_body) {
        (true, (_, Some(_))) => {
            return Err(OAuthError::invalid_request(
                "the client authenticated in two ways at once",
            ));
        }
        (true, (named, None)) => {
            let (client_id, secret) = basic(headers).ok_or_else(refused)?;
            if named.is_some_and(|named| named != client_id) {
                return Err(OAuthError::invalid_request(
                    "client_id is not the client that authenticated",
                ));
            }
            (client_id, Some(secret))
        }
        (false, (Some(client_id), secret)) => (client_id.to_owned(), secret.map(ToOwned::to_owned)),
        (false, (None, _)) => return Err(refused()),
    };
    let client = provider.client(&client_id).ok_or_else(refused)?;
    match (&client.client_secret, secret) {
        (Some(registered), Some(sent)) if same(registered, &sent) => Ok(client),
        (None, None) => Ok(client),
        _ => Err(refused()),
    }
}

/// Both halves are form-urlencoded before they are joined:
/// [RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (client_id, secret) = credentials.split_once(':')?;
    Some((urldecode(client_id), urldecode(secret)))
}

fn urldecode(encoded: &str) -> String {
    // A lone value without `=` parses as a name; a literal `&` or `=` cannot be in an encoded value.
    form_urlencoded::parse(encoded.as_bytes())
        .next()
        .map_or_else(String::new, |(value, _)| value.into_owned())
}

/// Compares digests, so that the time it takes tells nothing about the secret.
fn same(registered: &str, sent: &str) -> bool {
    Sha256::digest(registered) == Sha256::digest(sent)
}
