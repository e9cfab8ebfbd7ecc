//! The end-session endpoint:
//! [OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method, Uri};

use crate::back_channel::notify;
use crate::front_channel;
use crate::logout_request::{Confirmation, LogoutRequest, ReturnTo};
use crate::pages::{self, ErrorPage};
use crate::parameters::{Parameters, Sent};
use crate::provider::Provider;
use crate::redirect::{see_other, with_parameters};
use crate::same_origin::is_same_origin;
use crate::session_state;
use crate::sso_session::{self, SsoSession, cookie};

/// Takes a logout request, by GET or POST.
pub(crate) async fn end_session(
    State(provider): State<Arc<Provider>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ErrorPage> {
    let path = uri.path();
    let path = path.strip_prefix(&provider.issuer.base_path).unwrap_or(path);
    let request = provider
        .conduct
        .logout_request(&provider, path, &method, &sent?)?;
    if method == Method::POST && cookie(&headers).is_none() {
        // A browser leaves a Lax cookie out of another site's POST, but sends it with the GET that follows.
        let now = provider.now();
        let id = provider.records().keep_logout(request, now)?;
        return Ok(see_other(&path_of(&provider, "continue", &id)));
    }
    decide(&provider, &headers, request).await
}

/// Goes on with a request that came by POST without the cookie.
pub(crate) async fn resume(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ErrorPage> {
    let request = pending(&provider, &sent?)?;
    decide(&provider, &headers, request).await
}

async fn decide(
    provider: &Arc<Provider>,
    headers: &HeaderMap,
    request: LogoutRequest,
) -> Result<Response, ErrorPage> {
    let Some(session) = provider.session(headers) else {
        // Section 4: that nobody is signed in is not an error.
        return leave(provider, &request, Outcome::SignedOut(None)).await;
    };
    let is_certain = request.confirmation == Confirmation::Never
        || request.hint.as_ref().is_some_and(|hint| hint.is_of(&session));
    if is_certain && !provider.conduct.asks_at_logout() {
        let ended = provider.sign_out(headers);
        return leave(provider, &request, Outcome::SignedOut(ended)).await;
    }
    let now = provider.now();
    let id = provider.records().keep_logout(request.clone(), now)?;
    Ok(pages::confirm_sign_out(provider, &request, &session, &id))
}

/// Takes the answer to "do you want to sign out?". Either way the browser returns with `state`, as at several real
/// providers: that it returned does not say that the session ended.
pub(crate) async fn choice(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ErrorPage> {
    if !is_same_origin(&headers) {
        return Err(ErrorPage::forbidden(
            "This form was not sent from a page of the provider.",
        ));
    }
    let sent = sent?;
    let request = pending(&provider, &sent)?;
    if sent.get("choice") == Some("sign-out") {
        let ended = provider.sign_out(&headers);
        leave(&provider, &request, Outcome::SignedOut(ended)).await
    } else {
        leave(&provider, &request, Outcome::StayedSignedIn).await
    }
}

/// The last step of a logout that was sent through another origin.
pub(crate) async fn hop_return(
    State(provider): State<Arc<Provider>>,
    Sent(sent): Sent,
) -> Result<Response, ErrorPage> {
    let (sent, now) = (sent?, provider.now());
    let target = sent
        .get("request")
        .and_then(|id| provider.records().take_return(id, now));
    target.map(|url| see_other(&url)).ok_or_else(used_up)
}

enum Outcome {
    /// The session that ended by it, if there was one.
    SignedOut(Option<SsoSession>),
    StayedSignedIn,
}

/// Tells the session's other relying parties, from here and then through frames in the browser, and lets the browser
/// go.
async fn leave(
    provider: &Arc<Provider>,
    request: &LogoutRequest,
    outcome: Outcome,
) -> Result<Response, ErrorPage> {
    let next = match &request.return_to {
        Some(return_to) => Some(return_address(provider, return_to)?),
        None => None,
    };
    let Outcome::SignedOut(ended) = outcome else {
        return Ok(next.map_or_else(|| pages::stayed_signed_in(provider), |next| see_other(&next)));
    };
    let mut frames = Vec::new();
    if let Some(ended) = &ended {
        notify(provider, ended).await;
        frames = front_channel::frames(provider, ended);
    }
    let mut response = match next {
        Some(next) if frames.is_empty() => see_other(&next),
        Some(next) => pages::signing_out(&frames, &next),
        None => pages::signed_out(provider, &frames),
    };
    sso_session::remove_cookie(response.headers_mut());
    session_state::remove_cookie(response.headers_mut());
    Ok(response)
}

fn return_address(provider: &Provider, return_to: &ReturnTo) -> Result<String, ErrorPage> {
    let mut parameters = Vec::from_iter(return_to.state.clone().map(|state| ("state".to_owned(), state)));
    provider.conduct.end_session_return(&mut parameters);
    through_hop(provider, with_parameters(&return_to.uri, &parameters))
}

fn through_hop(provider: &Provider, url: String) -> Result<String, ErrorPage> {
    let Some(origin) = provider.conduct.end_session_hop() else {
        return Ok(url);
    };
    let now = provider.now();
    let id = provider.records().keep_return(url, now)?;
    Ok(format!("{origin}{}", path_of(provider, "return", &id)))
}

/// Relative, so that the browser stays on the host it came to and its cookie comes along.
fn path_of(provider: &Provider, page: &str, id: &str) -> String {
    let end_session = provider.endpoints.end_session.unwrap_or_default();
    provider
        .issuer
        .path(&format!("{end_session}/{page}?request={id}"))
}

fn pending(provider: &Provider, sent: &Parameters) -> Result<LogoutRequest, ErrorPage> {
    let now = provider.now();
    sent.get("request")
        .and_then(|id| provider.records().take_logout(id, now))
        .ok_or_else(used_up)
}

fn used_up() -> ErrorPage {
    ErrorPage::bad_request(
        "This page was used already, or has waited too long. Start again at the application.",
    )
}
