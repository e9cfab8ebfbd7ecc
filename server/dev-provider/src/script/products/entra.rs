//! [Entra ID](https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Shape;
use crate::endpoints::Endpoints;
use crate::id_token_hint::Hint;
use crate::keys::Object;
use crate::logout_request::{Confirmation, LogoutRequest, ReturnTo};
use crate::parameters::Parameters;
use crate::provider::Provider;

pub(super) fn shape() -> Shape {
    Shape {
        issuer_path: "/example/v2.0",
        endpoints: Endpoints {
            authorize: "/oauth2/v2.0/authorize",
            token: "/oauth2/v2.0/token",
            userinfo: "/oidc/userinfo",
            revocation: None,
            jwks: "/discovery/v2.0/keys",
            end_session: Some("/oauth2/v2.0/logout"),
            legacy_logout: None,
            check_session: None,
        },
        back_channel: None,
        id_token: add_login_hint,
        front_channel: |parameters| parameters.retain(|(name, _)| name != "iss"),
        logout_request: |provider, _, _, sent| Ok(read(provider, sent)),
        ..Shape::standard()
    }
}

fn add_login_hint(claims: &mut Object) {
    if let Some(hint) = claims
        .get("sub")
        .and_then(serde_json::Value::as_str)
        .map(login_hint)
    {
        claims.insert("login_hint".to_owned(), hint.into());
    }
}

/// Opaque, and neither name nor address.
fn login_hint(sub: &str) -> String {
    format!("O.{}", URL_SAFE_NO_PAD.encode(sub))
}

/// Who is meant is told by `logout_hint`, else it asks; an ID token does not count. A return address that is no
/// redirect URI is not followed, and the person stays on a page that says so.
fn read(provider: &Provider, sent: &Parameters) -> LogoutRequest {
    let hinted = sent.get("logout_hint").and_then(|hint| {
        let user = provider.users.iter().find(|user| login_hint(&user.sub) == hint)?;
        Some(Hint {
            client_id: sent.owned("client_id").unwrap_or_default(),
            sub: user.sub.clone(),
            sid: None,
            is_expired: false,
        })
    });
    let registered = |uri: &&str| {
        provider.any_client(|client| {
            sent.get("client_id")
                .is_none_or(|named| named == client.client_id)
                && client.redirect_uris.iter().any(|known| known == uri)
        })
    };
    LogoutRequest {
        hint: hinted,
        return_to: sent
            .get("post_logout_redirect_uri")
            .filter(registered)
            .map(|uri| ReturnTo {
                uri: uri.to_owned(),
                state: sent.owned("state"),
            }),
        confirmation: Confirmation::UnlessHinted,
    }
}
