//! The return from the provider to `/logged-out?state=…`: the state is compared and leaves the address bar.
//!
//! A wrong or missing state changes nothing and does not use up the right one; the page is shown all the same.
//! [RP-Initiated Logout 1.0, section 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout)

use axum::{extract::Request, response::Response};
use http::{HeaderMap, Method};

use super::{
    pending, probe,
    receipt::{Layer, Status},
};
use crate::{Exeunt, http::cookies, login::start::see_other, metrics};

/// The page's path, below the base path.
pub const LOGGED_OUT_PATH: &str = "/logged-out";

/// The layer in front of the page.
pub(crate) async fn receive<F>(
    exeunt: &Exeunt,
    request: Request,
    inside: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let here =
        request.uri().path() == LOGGED_OUT_PATH && matches!(*request.method(), Method::GET | Method::HEAD);
    let query = request.uri().query().unwrap_or_default();
    if !here || query.is_empty() {
        return inside(request).await;
    }
    let mut states = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "state")
        .map(|(_, value)| value.into_owned());
    let state = match (states.next(), states.next()) {
        (Some(state), None) => Some(state),
        _ => None,
    };
    let may_probe = request.method() == Method::GET;
    let returned = match state {
        Some(state) => confirm(exeunt, request.headers(), &state, may_probe).await,
        None => Return::Unknown,
    };
    let location = match &returned {
        Return::Asked(address) => address.clone(),
        Return::Unknown | Return::Believed | Return::Doubted => exeunt.public_url().rooted(LOGGED_OUT_PATH),
    };
    let Some(mut response) = see_other(&location) else {
        return inside(request).await;
    };
    if returned == Return::Believed {
        let names = exeunt.cookies();
        cookies::append(response.headers_mut(), names.remove(&names.prompt()));
    }
    response
}

/// What a return is worth.
#[derive(PartialEq, Eq)]
enum Return {
    /// Nothing: its state is not ours.
    Unknown,
    /// The provider's word counts.
    Believed,
    /// It gave its word before, and a probe found the person still signed in.
    Doubted,
    /// The browser asks the provider, at this address, whether its session is really over. Until it answers, the next
    /// login asks it to prompt.
    Asked(String),
}

/// Twice at most: the page that leaves may have noted its visit at the same moment.
async fn confirm(exeunt: &Exeunt, headers: &HeaderMap, state: &str, may_probe: bool) -> Return {
    for _ in 0..2 {
        let mut loaded = match pending::find(exeunt, headers).await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return Return::Unknown,
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the pending logout could not be read");
                return Return::Unknown;
            }
        };
        if loaded.pending.departure.is_none() || !loaded.pending.is_state(state) {
            return Return::Unknown;
        }
        loaded.pending.returned(&exeunt.provider().host());
        let question = if may_probe {
            probe::prepare(exeunt, &mut loaded.pending).await
        } else {
            None
        };
        match pending::replace(exeunt, &loaded).await {
            Ok(true) => {
                return match question {
                    Some(address) => Return::Asked(address),
                    None if loaded.pending.is_contradicted() => Return::Doubted,
                    None => {
                        metrics::layer_told(Layer::ProviderSession, Status::Returned);
                        Return::Believed
                    }
                };
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the provider's confirmation could not be noted");
                return Return::Unknown;
            }
        }
    }
    Return::Unknown
}
