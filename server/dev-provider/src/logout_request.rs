//! The logout request, read and checked.

use crate::id_token_hint::{self, Hint};
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

/// A request to sign out:
/// [OpenID Connect RP-Initiated Logout 1.0, section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
#[derive(Clone, Debug)]
pub(crate) struct LogoutRequest {
    pub(crate) hint: Option<Hint>,
    pub(crate) return_to: Option<ReturnTo>,
    pub(crate) confirmation: Confirmation,
}

/// When the person is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// Unless the hint is of the browser's session.
    UnlessHinted,
    /// Whoever comes with a session loses it.
    Never,
}

/// Where the browser goes afterwards.
#[derive(Clone, Debug)]
pub(crate) struct ReturnTo {
    pub(crate) uri: String,
    pub(crate) state: Option<String>,
}

impl LogoutRequest {
    /// Reads a request. Any error is shown here and redirects nowhere:
    /// [section 4](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#ValidationAndErrorHandling).
    pub(crate) fn read(provider: &Provider, sent: &Parameters) -> Result<Self, ErrorPage> {
        let hint = match sent.get("id_token_hint") {
            None => None,
            Some(token) => {
                let hint = id_token_hint::read(provider, token)
                    .map_err(|error| ErrorPage::bad_request(error.to_string()))?;
                if hint.is_expired && !provider.conduct.accepts_expired_hints() {
                    return Err(ErrorPage::bad_request("The id_token_hint has expired."));
                }
                Some(hint)
            }
        };
        let hinted = hint.as_ref().map(|hint| hint.client_id.as_str());
        if let (Some(named), Some(hinted)) = (sent.get("client_id"), hinted)
            && named != hinted
        {
            return Err(ErrorPage::bad_request(
                "The client_id is not the client the id_token_hint was issued to.",
            ));
        }
        let client = match hinted.or_else(|| sent.get("client_id")) {
            Some(client_id) => Some(
                provider
                    .client(client_id)
                    .ok_or_else(|| ErrorPage::bad_request("The client_id is not registered."))?,
            ),
            None => None,
        };
        let return_to = match (sent.get("post_logout_redirect_uri"), client) {
            (Some(uri), Some(client)) => {
                if !client
                    .post_logout_redirect_uris
                    .iter()
                    .any(|registered| registered == uri)
                {
                    return Err(ErrorPage::bad_request(
                        "The post_logout_redirect_uri is not registered for this client.",
                    ));
                }
                Some(ReturnTo {
                    uri: uri.to_owned(),
                    state: sent.owned("state"),
                })
            }
            // Nothing says whose address it is, so nobody is sent there.
            (Some(_), None) | (None, _) => None,
        };
        Ok(Self {
            hint,
            return_to,
            confirmation: Confirmation::UnlessHinted,
        })
    }
}
