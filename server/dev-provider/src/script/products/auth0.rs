//! Auth0: [`/oidc/logout`](https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0) and
//! [`/v2/logout`](https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout).

use super::{Shape, client};
use crate::endpoints::Endpoints;
use crate::id_token_hint::Hint;
use crate::logout_request::{Confirmation, LogoutRequest, ReturnTo};
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

const LEGACY: &str = "/v2/logout";

pub(super) fn shape() -> Shape {
    Shape {
        issuer_path: "/",
        endpoints: Endpoints {
            authorize: "/authorize",
            token: "/oauth/token",
            userinfo: "/userinfo",
            revocation: Some("/oauth/revoke"),
            jwks: "/.well-known/jwks.json",
            end_session: Some("/oidc/logout"),
            legacy_logout: Some(LEGACY),
            check_session: None,
        },
        advertises_end_session: false,
        has_front_channel: false,
        logout_request: |provider, path, _, sent| match path {
            LEGACY => read_legacy(provider, sent),
            _ => read(provider, sent),
        },
        ..Shape::standard()
    }
}

/// As the specification has it, and `logout_hint` is the `sid` of a session.
fn read(provider: &Provider, sent: &Parameters) -> Result<LogoutRequest, ErrorPage> {
    let mut request = LogoutRequest::read(provider, sent)?;
    if let (None, Some(sid), Some(client_id)) =
        (&request.hint, sent.get("logout_hint"), sent.get("client_id"))
    {
        let now = provider.now();
        let session = provider
            .records()
            .sessions
            .find_mut(now, |session| session.sid == sid)
            .cloned();
        request.hint = session.map(|session| Hint {
            client_id: client_id.to_owned(),
            sub: session.sub,
            sid: Some(session.sid),
            is_expired: false,
        });
    }
    Ok(request)
}

/// Asks nothing. The addresses of the tenant, which count without a `client_id`, are none. Queries do not count in the
/// comparison.
fn read_legacy(provider: &Provider, sent: &Parameters) -> Result<LogoutRequest, ErrorPage> {
    let registered = match sent.get("client_id") {
        Some(client_id) => client(provider, client_id)?.post_logout_redirect_uris,
        None => Vec::new(),
    };
    let uri = match sent.get("returnTo") {
        Some(uri) if registered.iter().any(|known| bare(known) == bare(uri)) => Some(uri.to_owned()),
        Some(_) => {
            return Err(ErrorPage::bad_request(
                "The \"returnTo\" querystring parameter is not one of the allowed logout URLs.",
            ));
        }
        None => registered.into_iter().next(),
    };
    Ok(LogoutRequest {
        hint: None,
        return_to: uri.map(|uri| ReturnTo { uri, state: None }),
        confirmation: Confirmation::Never,
    })
}

fn bare(uri: &str) -> &str {
    uri.split(['?', '#']).next().unwrap_or_default()
}
