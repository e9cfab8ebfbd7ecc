//! Who the person is, and whether they may sign in.

use serde_json::{Map, Value};

use super::error::CallbackError;
use crate::{config::Settings, session::record::Identity};

/// The claims of a login: those of the ID token, and from userinfo what it adds. Where both speak, the ID token counts:
/// it is signed.
#[must_use]
pub fn merge_claims(id_token: &Map<String, Value>, userinfo: Option<Map<String, Value>>) -> Value {
    let mut claims = userinfo.unwrap_or_default();
    claims.extend(id_token.clone());
    Value::Object(claims)
}

/// Checks `EXEUNT_REQUIRE_CLAIM`.
///
/// # Errors
///
/// [`CallbackError::NotAdmitted`] with the name of the claim (not its value).
pub fn check_admission(claims: &Value, settings: &Settings) -> Result<(), CallbackError> {
    match settings
        .require_claims
        .iter()
        .find(|required| !required.is_met_by(claims))
    {
        Some(unmet) => Err(CallbackError::NotAdmitted(unmet.name().to_owned())),
        None => Ok(()),
    }
}

/// The most roles, and the longest text, that are kept: the session's row stays small whatever the provider sends.
const MOST_ROLES: usize = 100;
const LONGEST_TEXT: usize = 256;

/// What is kept of the claims.
#[must_use]
pub fn identity_of(claims: &Value, settings: &Settings) -> Identity {
    let text = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(shorten)
    };
    let mut roles = settings.roles_claim.roles_in(claims);
    roles.truncate(MOST_ROLES);
    Identity {
        email: text("email"),
        name: text("name").or_else(|| text("preferred_username")),
        roles: roles.iter().map(|role| shorten(role)).collect(),
        contact: None,
        watched: None,
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
