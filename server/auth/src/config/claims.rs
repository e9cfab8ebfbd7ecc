//! What claims decide: who may sign in, and as what.

use std::str::FromStr;

use serde_json::Value;

/// What is wrong with a required claim.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequireClaimError {
    /// No `=` in it.
    #[error("is not of the form claim=value; write it like groups=staff")]
    NoEquals,
    /// Nothing before the `=`.
    #[error("names no claim before the =; write it like groups=staff")]
    NoName,
    /// Nothing after the `=`.
    #[error("has no value after the =; write it like groups=staff")]
    NoValue,
}

/// A claim that a person must have to sign in: `name=value`, split at the first `=`.
///
/// A text claim matches if it is the value; a number or a boolean if it is written so (`email_verified=true`); a list if
/// one of its members matches. Nested claims are not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequireClaim {
    name: String,
    value: String,
}

impl RequireClaim {
    /// The claim's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value it must have, or hold.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether these claims (a JSON object) fulfil it.
    #[must_use]
    pub fn is_met_by(&self, claims: &Value) -> bool {
        match claims.get(&self.name) {
            Some(Value::Array(members)) => members.iter().any(|member| self.is_value(member)),
            Some(claim) => self.is_value(claim),
            None => false,
        }
    }

    fn is_value(&self, claim: &Value) -> bool {
        match claim {
            Value::String(text) => *text == self.value,
            Value::Bool(truth) => self.value == if *truth { "true" } else { "false" },
            Value::Number(number) => {
                let written = number.to_string();
                written == self.value
            }
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }
}

impl FromStr for RequireClaim {
    type Err = RequireClaimError;

    fn from_str(text: &str) -> Result<Self, RequireClaimError> {
        let (name, value) = text.split_once('=').ok_or(RequireClaimError::NoEquals)?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() {
            return Err(RequireClaimError::NoName);
        }
        if value.is_empty() {
            return Err(RequireClaimError::NoValue);
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// What is wrong with the pointer to the roles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RolesClaimError {
    /// It does not begin with a slash.
    #[error("is not a JSON pointer; begin it with a slash, like /roles or /realm_access/roles")]
    NoSlash,
    /// A `~` that is neither `~0` nor `~1`.
    #[error("holds a bare ~; in a JSON pointer write ~0 for ~ and ~1 for /")]
    Escape,
}

/// Where a person's roles stand in the claims: a JSON pointer, [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolesClaim(String);

impl RolesClaim {
    /// The pointer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The roles in these claims (a JSON object): the text members of a list, the keys of an object (as Zitadel writes
    /// roles), or a single text. Anything else is no role at all.
    #[must_use]
    pub fn roles_in(&self, claims: &Value) -> Vec<String> {
        match claims.pointer(&self.0) {
            Some(Value::Array(members)) => members
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            Some(Value::String(role)) => vec![role.clone()],
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => Vec::new(),
        }
    }
}

impl Default for RolesClaim {
    /// `/roles`.
    fn default() -> Self {
        Self("/roles".to_owned())
    }
}

impl FromStr for RolesClaim {
    type Err = RolesClaimError;

    fn from_str(text: &str) -> Result<Self, RolesClaimError> {
        if !text.starts_with('/') {
            return Err(RolesClaimError::NoSlash);
        }
        if text.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
            return Err(RolesClaimError::Escape);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_required_claim_is_name_and_value() {
        let claim: RequireClaim = "groups=CN=staff,DC=example".parse().unwrap();
        assert_eq!((claim.name(), claim.value()), ("groups", "CN=staff,DC=example"));
        assert_eq!("staff".parse::<RequireClaim>(), Err(RequireClaimError::NoEquals));
        assert_eq!("=staff".parse::<RequireClaim>(), Err(RequireClaimError::NoName));
        assert_eq!(
            "groups= ".parse::<RequireClaim>(),
            Err(RequireClaimError::NoValue)
        );
    }

    #[test]
    fn a_claim_is_met_by_text_number_boolean_or_a_list_with_it() {
        let met = |claim: &str, claims: Value| claim.parse::<RequireClaim>().unwrap().is_met_by(&claims);
        assert!(met("groups=staff", json!({"groups": ["guests", "staff"]})));
        assert!(met("hd=example.com", json!({"hd": "example.com"})));
        assert!(met("email_verified=true", json!({"email_verified": true})));
        assert!(met("level=3", json!({"level": 3})));
        for claims in [
            json!({}),
            json!({"groups": null}),
            json!({"groups": "staffing"}),
            json!({"groups": [["staff"]]}),
            json!({"groups": {"staff": {}}}),
            json!(["groups"]),
        ] {
            assert!(!met("groups=staff", claims.clone()), "{claims}");
        }
    }

    #[test]
    fn roles_are_found_where_providers_put_them() {
        let roles = |pointer: &str, claims: Value| pointer.parse::<RolesClaim>().unwrap().roles_in(&claims);
        assert_eq!(
            RolesClaim::default().roles_in(&json!({"roles": ["a", 1, "b"]})),
            ["a", "b"]
        );
        assert_eq!(
            roles("/realm_access/roles", json!({"realm_access": {"roles": ["a"]}})),
            ["a"]
        );
        assert_eq!(
            roles("/urn:x:roles", json!({"urn:x:roles": {"admin": {"1": "org"}}})),
            ["admin"]
        );
        assert_eq!(
            roles("/https:~1~1x~1role", json!({"https://x/role": "editor"})),
            ["editor"]
        );
        assert!(roles("/roles", json!({"roles": 7})).is_empty());
    }

    #[test]
    fn a_wrong_pointer_is_refused() {
        assert_eq!("roles".parse::<RolesClaim>(), Err(RolesClaimError::NoSlash));
        assert_eq!("".parse::<RolesClaim>(), Err(RolesClaimError::NoSlash));
        assert_eq!("/a~b".parse::<RolesClaim>(), Err(RolesClaimError::Escape));
        assert_eq!("/a~".parse::<RolesClaim>(), Err(RolesClaimError::Escape));
    }
}
