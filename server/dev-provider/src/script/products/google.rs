//! [Google](https://developers.google.com/identity/openid-connect/openid-connect).

use super::Shape;
use crate::endpoints::Endpoints;
use crate::pages::ErrorPage;
use crate::parameters::Parameters;

pub(super) fn shape() -> Shape {
    Shape {
        endpoints: Endpoints {
            authorize: "/o/oauth2/v2/auth",
            token: "/token",
            userinfo: "/v1/userinfo",
            revocation: Some("/revoke"),
            jwks: "/oauth2/v3/certs",
            end_session: None,
            legacy_logout: None,
            check_session: None,
        },
        back_channel: None,
        has_front_channel: false,
        // https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
        revokes_all: true,
        discovery: |metadata| drop(metadata.remove("prompt_values_supported")),
        authorization: refuse_login,
        ..Shape::standard()
    }
}

/// It knows `none`, `consent` and `select_account`.
fn refuse_login(sent: &Parameters) -> Result<(), ErrorPage> {
    let mut values = sent.get("prompt").unwrap_or_default().split(' ');
    if values.any(|value| value == "login") {
        return Err(ErrorPage::bad_request(
            "Invalid parameter value for prompt: Invalid prompt: login",
        ));
    }
    Ok(())
}
