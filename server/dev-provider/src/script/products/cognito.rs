//! [Cognito](https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html). Of its two forms of logout
//! this is the one that returns to an application.

use http::Method;

use super::{Shape, client};
use crate::endpoints::Endpoints;
use crate::logout_request::{Confirmation, LogoutRequest, ReturnTo};
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

pub(super) fn shape() -> Shape {
    Shape {
        issuer_path: "/local_Example",
        endpoints: Endpoints {
            authorize: "/oauth2/authorize",
            token: "/oauth2/token",
            userinfo: "/oauth2/userInfo",
            revocation: Some("/oauth2/revoke"),
            jwks: "/.well-known/jwks.json",
            end_session: Some("/logout"),
            legacy_logout: None,
            check_session: None,
        },
        back_channel: None,
        has_front_channel: false,
        logout_request: |provider, _, method, sent| read(provider, method, sent),
        ..Shape::standard()
    }
}

fn read(provider: &Provider, method: &Method, sent: &Parameters) -> Result<LogoutRequest, ErrorPage> {
    if method != Method::GET {
        return Err(ErrorPage::method_not_allowed(
            "The logout endpoint takes GET alone.",
        ));
    }
    let client_id = sent
        .get("client_id")
        .ok_or_else(|| ErrorPage::bad_request("Missing required parameter client_id"))?;
    let client = client(provider, client_id)?;
    let uri = sent
        .get("logout_uri")
        .ok_or_else(|| ErrorPage::bad_request("Required String parameter 'redirect_uri' is not present"))?;
    if !client.post_logout_redirect_uris.iter().any(|known| known == uri) {
        return Err(ErrorPage::bad_request(
            "The logout_uri is not an allowed sign-out URL.",
        ));
    }
    Ok(LogoutRequest {
        hint: None,
        return_to: Some(ReturnTo {
            uri: uri.to_owned(),
            state: None,
        }),
        confirmation: Confirmation::Never,
    })
}
