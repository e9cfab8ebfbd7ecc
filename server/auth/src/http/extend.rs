//! `POST /api/auth/extend`: "stay signed in". Moves the idle limit, within the absolute one.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;

use super::RequestId;
use crate::{
    Exeunt,
    login::start::see_other,
    logout::body::wants_html,
    session::{CurrentSession, LiveSession, SessionRejection, layer::touch, view::SessionView},
};

/// The session after its extension. A form goes back to the account page.
pub async fn post(
    State(exeunt): State<Exeunt>,
    request_id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    session: LiveSession,
) -> Response {
    match touch(&exeunt, &session).await {
        Ok(CurrentSession::Live(session)) => match wants_html(&headers)
            .then(|| see_other(&exeunt.public_url().rooted("/account")))
            .flatten()
        {
            Some(redirect) => redirect,
            None => Json(SessionView::new(
                &session,
                request_id.map(|Extension(RequestId(id))| id),
                exeunt.now(),
            ))
            .into_response(),
        },
        Ok(CurrentSession::None) => SessionRejection::SignedOut.into_response(),
        Ok(CurrentSession::Unknown) => SessionRejection::Unknown.into_response(),
        Err(error) => {
            tracing::error!(target: "exeunt::session", %error, "the session could not be extended");
            SessionRejection::Unknown.into_response()
        }
    }
}
