//! The identity provider behind the provider, where a claim names it. Its session cannot be ended from here; a receipt that
//! left it out would say too much.

use serde_json::{Map, Value};

/// The longest name that is kept.
const LONGEST: usize = 100;

/// Reads the name, from the first of these that is there:
/// `idp` and `identity_provider` (as Entra ID, Keycloak's user session note and others write them), Cognito's `identities`,
/// and the connection in front of Auth0's `sub` where it is somebody else's.
#[must_use]
pub fn upstream_idp(claims: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    text("identity_provider")
        .or_else(|| text("idp"))
        .or_else(|| claims.get("identities")?.get(0)?.get("providerName")?.as_str())
        .or_else(|| auth0_connection(text("sub")?))
        .filter(|name| !name.is_empty() && name.len() <= LONGEST && !name.chars().any(char::is_control))
        .map(str::to_owned)
}

/// Auth0 writes `google-oauth2|1234`; `auth0|…`, `email|…` and `sms|…` are its own.
fn auth0_connection(sub: &str) -> Option<&str> {
    let (connection, _) = sub.split_once('|')?;
    (!matches!(connection, "auth0" | "email" | "sms")).then_some(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(claims: Value) -> Option<String> {
        upstream_idp(claims.as_object().unwrap())
    }

    #[test]
    fn who_stands_behind_is_named_where_a_claim_tells() {
        use serde_json::json;
        assert_eq!(
            name(json!({"identity_provider": "github"})).as_deref(),
            Some("github")
        );
        assert_eq!(
            name(json!({"idp": "https://sts.example/"})).as_deref(),
            Some("https://sts.example/")
        );
        assert_eq!(
            name(json!({"identities": [{"providerName": "SignInWithApple"}]})).as_deref(),
            Some("SignInWithApple")
        );
        assert_eq!(
            name(json!({"sub": "google-oauth2|103"})).as_deref(),
            Some("google-oauth2")
        );
    }

    #[test]
    fn nobody_is_named_where_nothing_tells_or_what_tells_is_no_name() {
        use serde_json::json;
        for claims in [
            json!({"sub": "auth0|103"}),
            json!({"sub": "ada"}),
            json!({"idp": ""}),
            json!({"idp": 7}),
            json!({"identities": []}),
            json!({"idp": "x".repeat(101)}),
            json!({"idp": "a\nb"}),
        ] {
            assert_eq!(name(claims.clone()), None, "{claims}");
        }
    }
}
