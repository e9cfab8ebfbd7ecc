//! The authorization endpoint and its user picker.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use crate::authorization_request::{AuthorizationRequest, Invalid, Prompt};
use crate::authorization_response::{granted, login_required, refused};
use crate::back_channel::notify;
use crate::config::User;
use crate::pages::{self, ErrorPage};
use crate::parameters::Sent;
use crate::provider::Provider;
use crate::random::RandomSourceFailed;
use crate::same_origin::is_same_origin;
use crate::session_state;
use crate::sso_session::{SsoSession, set_cookie};

/// [OpenID Connect Core 1.0, section 3.1.2](https://openid.net/specs/openid-connect-core-1_0.html#AuthorizationEndpoint).
pub(crate) async fn authorize(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ErrorPage> {
    let sent = sent?;
    provider.conduct.authorization(&sent)?;
    let request = match AuthorizationRequest::read(&provider, &sent) {
        Ok(request) => request,
        Err(Invalid::Here(problem)) => return Err(ErrorPage::bad_request(problem)),
        Err(Invalid::There {
            answer_to,
            error,
            description,
        }) => {
            return Ok(refused(&provider, &answer_to, error, description));
        }
    };
    let session = provider.session(&headers);
    if request.prompt == Some(Prompt::None) {
        return Ok(match &session {
            Some(session) if is_expected(&provider, &request, session) => {
                granted(&provider, request, session)?
            }
            other => login_required(&provider, &request, other.as_ref())?,
        });
    }
    if let Some(user) = provider
        .conduct
        .auto_login()
        .as_deref()
        .and_then(|sub| provider.user(sub))
    {
        let continued =
            session.filter(|session| session.sub == user.sub && is_enough(&provider, &request, session));
        return Ok(match continued {
            Some(session) => granted(&provider, request, &session)?,
            None => signed_in(&provider, request, user, &headers).await?,
        });
    }
    if let Some(session) = session
        .as_ref()
        .filter(|session| is_enough(&provider, &request, session))
    {
        return Ok(granted(&provider, request, session)?);
    }
    let now = provider.now();
    let id = provider.records().keep_authorization(request.clone(), now)?;
    Ok(pages::picker(&provider, &request, session.as_ref(), &id))
}

/// Whether the session may answer without a question.
fn is_enough(provider: &Provider, request: &AuthorizationRequest, session: &SsoSession) -> bool {
    request.prompt.is_none() && is_expected(provider, request, session)
}

/// Whether the session is recent enough and of the person the relying party expects.
fn is_expected(provider: &Provider, request: &AuthorizationRequest, session: &SsoSession) -> bool {
    let age = provider.now() - session.auth_time;
    let recent = request
        .max_age
        .is_none_or(|max_age| max_age > 0 && age <= max_age);
    let hinted = request
        .login_hint
        .as_deref()
        .and_then(|hint| user_of_hint(provider, hint));
    recent
        && hinted.is_none_or(|user| user.sub == session.sub)
        && request
            .id_token_hint
            .as_ref()
            .is_none_or(|hint| hint.sub == session.sub)
}

/// A `login_hint` names somebody by e-mail address or by `sub`; one that names nobody says nothing.
pub(crate) fn user_of_hint<'a>(provider: &'a Provider, hint: &str) -> Option<&'a User> {
    provider
        .users
        .iter()
        .find(|user| user.email.eq_ignore_ascii_case(hint) || user.sub == hint)
}

/// Takes the picker's button.
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
    let (sent, now) = (sent?, provider.now());
    let request = sent
        .get("request")
        .and_then(|id| provider.records().take_authorization(id, now))
        .ok_or_else(|| {
            ErrorPage::bad_request(
                "This page was used already, or has waited too long. Start again at the application.",
            )
        })?;
    match sent.get("sub").map(|sub| provider.user(sub)) {
        Some(Some(user)) => Ok(signed_in(&provider, request, user, &headers).await?),
        Some(None) => Err(ErrorPage::bad_request("There is no such user.")),
        None => Ok(refused(
            &provider,
            &request.answer_to,
            "access_denied",
            "the user cancelled",
        )),
    }
}

async fn signed_in(
    provider: &Arc<Provider>,
    request: AuthorizationRequest,
    user: &User,
    headers: &HeaderMap,
) -> Result<Response, RandomSourceFailed> {
    let signed_in = provider.sign_in(user, headers)?;
    if let Some(ended) = &signed_in.ended {
        notify(provider, ended).await;
    }
    let mut response = granted(provider, request, &signed_in.session)?;
    set_cookie(response.headers_mut(), &signed_in.cookie);
    session_state::set_cookie(response.headers_mut(), &signed_in.session.browser_state);
    Ok(response)
}
