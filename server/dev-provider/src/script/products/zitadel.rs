//! [Zitadel](https://zitadel.com/docs/guides/integrate/login/oidc/logout).

use super::super::BackChannel;
use super::Shape;
use crate::endpoints::Endpoints;
use crate::keys::Object;

/// The project's id, and another client of the project.
const AUDIENCES: [&str; 2] = ["312909075212468632", "312909075211944344"];

/// How long its logout tokens are good, in seconds.
const LOGOUT_TOKEN_LIFETIME: i64 = 900;

pub(super) fn shape() -> Shape {
    Shape {
        endpoints: Endpoints {
            authorize: "/oauth/v2/authorize",
            token: "/oauth/v2/token",
            userinfo: "/oidc/v1/userinfo",
            revocation: Some("/oauth/v2/revoke"),
            jwks: "/oauth/v2/keys",
            end_session: Some("/oidc/v1/end_session"),
            legacy_logout: None,
            check_session: None,
        },
        audiences: &AUDIENCES,
        // From a queue, after the browser went on.
        back_channel: Some(BackChannel::Queued),
        has_front_channel: false,
        logout_token,
        ..Shape::standard()
    }
}

fn logout_token(header: &mut Object, claims: &mut Object) {
    header.insert("typ".to_owned(), "JWT".into());
    if let Some(issued) = claims.get("iat").and_then(serde_json::Value::as_i64) {
        claims.insert("exp".to_owned(), (issued + LOGOUT_TOKEN_LIFETIME).into());
    }
    if let Some(audience) = claims.remove("aud") {
        claims.insert("aud".to_owned(), vec![audience].into());
    }
}
