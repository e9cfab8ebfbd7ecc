//! What the gateway says of a request to the extension, and what it does not believe of what the client says.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::sessions::access_token;
use super::signature::Signature;
use crate::config::User;

/// Says nothing that the gateway would not say itself.
pub(super) fn is_the_gateways(name: &HeaderName) -> bool {
    let name = name.as_str();
    ["x-user-", "x-auth-", "x-workroom-", "x-forwarded-"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["forwarded", "via", "x-real-ip", "x-original-url", "x-request-id"].contains(&name)
}

/// Adds who is asking. `headers` are those of the request on its way to the extension, `now` is in unix seconds.
pub(super) fn add(
    headers: &mut HeaderMap,
    user: &User,
    asked_with: &HeaderMap,
    signature: Option<&Signature>,
    now: i64,
) {
    let roles = user.roles.join(",");
    let token = access_token(asked_with).unwrap_or_default();
    for (name, value) in [
        ("x-user-id", user.sub.as_str()),
        ("x-user-email", &user.email),
        ("x-user-name", &user.name),
        ("x-user-roles", &roles),
        ("x-auth-token", token),
    ] {
        insert(headers, name, value);
    }
    if let Some(signature) = signature {
        insert(headers, "x-user-signature-ts", &now.to_string());
        let signed = signature.sign(headers);
        insert(headers, "x-user-signature", &signed);
    }
}

/// A header in UTF-8; a value that none can hold is left out.
pub(super) fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
