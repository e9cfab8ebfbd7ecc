//! [Keycloak](https://www.keycloak.org/securing-apps/oidc-layers), and before
//! [version 18](https://www.keycloak.org/docs/latest/upgrading/#openid-connect-logout).

use super::Shape;
use crate::endpoints::Endpoints;
use crate::logout_request::{Confirmation, LogoutRequest, ReturnTo};
use crate::logout_token::Whose;
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

pub(super) fn shape() -> Shape {
    Shape {
        issuer_path: "/realms/example",
        endpoints: Endpoints {
            authorize: "/protocol/openid-connect/auth",
            token: "/protocol/openid-connect/token",
            userinfo: "/protocol/openid-connect/userinfo",
            revocation: Some("/protocol/openid-connect/revoke"),
            jwks: "/protocol/openid-connect/certs",
            end_session: Some("/protocol/openid-connect/logout"),
            legacy_logout: None,
            check_session: Some("/protocol/openid-connect/login-status-iframe.html"),
        },
        whose: |client, whose| Whose {
            sid: whose.sid.filter(|_| client.backchannel_logout_session_required),
            ..whose
        },
        logout_request: |provider, _, _, sent| read(provider, sent),
        ..Shape::standard()
    }
}

pub(super) fn shape_before_18() -> Shape {
    Shape {
        logout_token: |header, claims| {
            header.insert("typ".to_owned(), "JWT".into());
            claims.remove("exp");
        },
        logout_request: |provider, _, _, sent| read_before_18(provider, sent),
        ..shape()
    }
}

fn read(provider: &Provider, sent: &Parameters) -> Result<LogoutRequest, ErrorPage> {
    if sent.get("redirect_uri").is_some() {
        return Err(ErrorPage::bad_request("Invalid parameter: redirect_uri"));
    }
    let vouched = sent.get("id_token_hint").or_else(|| sent.get("client_id"));
    if sent.get("post_logout_redirect_uri").is_some() && vouched.is_none() {
        return Err(ErrorPage::bad_request("Missing parameters: id_token_hint"));
    }
    LogoutRequest::read(provider, sent)
}

/// Any client's address is good, and whoever comes with a session loses it.
fn read_before_18(provider: &Provider, sent: &Parameters) -> Result<LogoutRequest, ErrorPage> {
    let return_to = match sent.get("redirect_uri") {
        None => None,
        Some(uri)
            if provider
                .any_client(|client| client.post_logout_redirect_uris.iter().any(|known| known == uri)) =>
        {
            Some(ReturnTo {
                uri: uri.to_owned(),
                state: None,
            })
        }
        Some(_) => return Err(ErrorPage::bad_request("Invalid redirect uri")),
    };
    Ok(LogoutRequest {
        hint: None,
        return_to,
        confirmation: Confirmation::Never,
    })
}
