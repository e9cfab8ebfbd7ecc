//! Logout tokens.

use serde_json::json;

use crate::keys::{Keys, Object, object};

/// The member of `events` that makes a token a logout token.
pub(crate) const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long one is good, in seconds: what
/// [section 4](https://openid.net/specs/openid-connect-backchannel-1_0.html#Security) encourages at the most.
const LIFETIME: i64 = 120;

/// Whose session ended, as a logout token says it: one of the two at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) sub: Option<String>,
    pub(crate) sid: Option<String>,
}

/// The claims of a logout token:
/// [OpenID Connect Back-Channel Logout 1.0, section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken).
pub(crate) fn claims(issuer: &str, client_id: &str, whose: &Whose, jti: String, now: i64) -> Object {
    let mut claims = object(json!({
        "iss": issuer,
        "aud": client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": jti,
        "events": { EVENT: {} },
    }));
    let whose = [("sub", &whose.sub), ("sid", &whose.sid)];
    claims.extend(whose.into_iter().filter_map(|(name, value)| {
        let value = value.clone()?;
        Some((name.to_owned(), value.into()))
    }));
    claims
}

/// The header: typed, so that nothing else passes for one. See
/// [section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken).
pub(crate) fn header(keys: &Keys) -> Object {
    let mut header = keys.rsa.header();
    header.insert("typ".to_owned(), "logout+jwt".into());
    header
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Whose, claims};

    #[test]
    fn it_says_whose_session_ended_and_nothing_more() {
        let whose = Whose {
            sub: None,
            sid: Some("s 1".to_owned()),
        };
        assert_eq!(
            Value::Object(claims("http://op", "rp", &whose, "j".to_owned(), 1_000)),
            json!({
                "iss": "http://op", "aud": "rp", "iat": 1_000, "exp": 1_120, "jti": "j", "sid": "s 1",
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
            })
        );
    }
}
