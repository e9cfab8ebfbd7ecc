//! The authorization response.

use axum::response::Response;

use crate::authorization_request::{AnswerTo, AuthorizationRequest};
use crate::provider::Provider;
use crate::random::{RandomSourceFailed, unguessable};
use crate::records::{Code, Grant};
use crate::redirect::{see_other, with_parameters};
use crate::session_state::session_state;
use crate::sso_session::SsoSession;

/// A code for the session's user:
/// [OpenID Connect Core 1.0, section 3.1.2.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthResponse).
pub(crate) fn granted(
    provider: &Provider,
    request: AuthorizationRequest,
    session: &SsoSession,
) -> Result<Response, RandomSourceFailed> {
    let (now, grant_id, code) = (provider.now(), unguessable()?, unguessable()?);
    let grant = Grant {
        client_id: request.client_id.clone(),
        sub: session.sub.clone(),
        sid: session.sid.clone(),
        auth_time: session.auth_time,
        scope: request.scope,
    };
    let answer_to = request.answer_to;
    let session_state = session_state(
        &request.client_id,
        &answer_to.redirect_uri,
        &session.browser_state,
    )?;
    let issued = Code {
        grant: grant_id.clone(),
        client_id: request.client_id.clone(),
        redirect_uri: answer_to.redirect_uri.clone(),
        code_challenge: request.code_challenge,
        nonce: request.nonce,
        used: false,
    };
    let mut records = provider.records();
    records
        .grants
        .insert(grant_id, grant, now + provider.lifetimes.refresh_token, now);
    records
        .codes
        .insert(code.clone(), issued, now + provider.lifetimes.code, now);
    records.join_session(&session.sid, &request.client_id, now);
    drop(records);
    let mut parameters = vec![("code".to_owned(), code)];
    parameters.extend(session_state.map(|value| ("session_state".to_owned(), value)));
    Ok(answer(provider, &answer_to, parameters))
}

/// That nobody suitable is signed in, with the state of whoever is:
/// [OpenID Connect Session Management 1.0, section 2](https://openid.net/specs/openid-connect-session-1_0.html#CreatingUpdatingSessions).
pub(crate) fn login_required(
    provider: &Provider,
    request: &AuthorizationRequest,
    session: Option<&SsoSession>,
) -> Result<Response, RandomSourceFailed> {
    let browser_state = session.map_or("", |session| &session.browser_state);
    let answer_to = &request.answer_to;
    let session_state = session_state(&request.client_id, &answer_to.redirect_uri, browser_state)?;
    let mut parameters = vec![
        ("error".to_owned(), "login_required".to_owned()),
        (
            "error_description".to_owned(),
            "nobody suitable is signed in".to_owned(),
        ),
    ];
    parameters.extend(session_state.map(|value| ("session_state".to_owned(), value)));
    Ok(answer(provider, answer_to, parameters))
}

/// An error for the relying party:
/// [OpenID Connect Core 1.0, section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError).
pub(crate) fn refused(provider: &Provider, answer_to: &AnswerTo, error: &str, description: &str) -> Response {
    tracing::debug!(error, description, "authorization refused");
    let parameters = [("error", error), ("error_description", description)];
    answer(
        provider,
        answer_to,
        parameters
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
    )
}

/// `iss` is part of every answer, of errors too:
/// [RFC 9207, section 2](https://www.rfc-editor.org/rfc/rfc9207#section-2).
fn answer(provider: &Provider, answer_to: &AnswerTo, mut parameters: Vec<(String, String)>) -> Response {
    if let Some(state) = &answer_to.state {
        parameters.push(("state".to_owned(), state.clone()));
    }
    parameters.push(("iss".to_owned(), provider.issuer.identifier.clone()));
    provider.conduct.authorization_response(&mut parameters);
    see_other(&with_parameters(&answer_to.redirect_uri, &parameters))
}
