//! The header of a logout token: by which algorithm and key it claims to be signed, and what kind of token it is.

use serde_json::{Map, Value};

use super::LogoutTokenError;
use crate::config::{IdTokenAlg, LogoutTokenPolicy, Strictness};

/// Members that bring a key along, or its address. Whoever signs with a key of their own could name it there.
const KEY_MEMBERS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// Judges the header, and gives the name of the key that it claims to be signed with.
pub(super) fn check_header(
    header: &Map<String, Value>,
    alg: IdTokenAlg,
    policy: &LogoutTokenPolicy,
) -> Result<Option<String>, LogoutTokenError> {
    if KEY_MEMBERS.iter().any(|member| header.contains_key(*member)) {
        return Err(LogoutTokenError::KeyInHeader);
    }
    if header.contains_key("crit") {
        return Err(LogoutTokenError::CriticalExtension);
    }
    match header.get("alg").and_then(Value::as_str) {
        Some(claimed) if claimed == alg.as_str() => {}
        Some(claimed) if claimed.eq_ignore_ascii_case("none") => return Err(LogoutTokenError::Unsigned),
        Some(_) | None => return Err(LogoutTokenError::Algorithm),
    }
    if !fits(header.get("typ"), policy.typ) {
        return Err(LogoutTokenError::Type);
    }
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(LogoutTokenError::Malformed),
    }
}

fn fits(typ: Option<&Value>, strictness: Strictness) -> bool {
    match (typ, strictness) {
        (None, Strictness::Lenient) => true,
        (Some(Value::String(typ)), Strictness::Strict) => typ == "logout+jwt",
        (Some(Value::String(typ)), Strictness::Lenient) => {
            let typ = typ.to_ascii_lowercase();
            let kind = typ.strip_prefix("application/").unwrap_or(&typ);
            matches!(kind, "jwt" | "logout+jwt")
        }
        (None, Strictness::Strict) | (Some(_), _) => false,
    }
}
