//! `POST /api/auth/extend`: "stay signed in". Moves the idle limit, within the absolute one, and refreshes the tokens if that
//! is due; if the provider then says that it is over, it is.
use http::request::Parts;

use super::RequestId;
use crate::{
    Exeunt,
    audit::Caller,
    login::start::see_other,
    logout::body::wants_html,
    session::{
        Carried, CurrentSession, LiveSession, SessionRejection,
        layer::{find_session, touch},
        liveness::{self, KeptUp},
        view::SessionView,
    },
    store::StoreError,
};
use axum::{
    Extension, Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};

/// The session after its extension. A form goes back to the account page.
pub async fn post(
    State(exeunt): State<Exeunt>,
    request_id: Option<Extension<RequestId>>,
    session: LiveSession,
    request: Request,
) -> Response {
    let (request, _) = request.into_parts();
    match extend(&exeunt, session, &request).await {
        Ok(CurrentSession::Live(session)) => match wants_html(&request.headers)
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
        Ok(CurrentSession::None) => {
            if let Some(carried) = request.extensions.get::<Carried>() {
                carried.note_dead();
            }
            SessionRejection::SignedOut.into_response()
        }
        Ok(CurrentSession::Unknown) => SessionRejection::Unknown.into_response(),
        Err(error) => {
            tracing::error!(target: "exeunt::session", %error, "the session could not be extended");
            SessionRejection::Unknown.into_response()
        }
    }
}

async fn extend(
    exeunt: &Exeunt,
    session: LiveSession,
    request: &Parts,
) -> Result<CurrentSession, StoreError> {
    let caller = Caller::of(&request.extensions);
    let session = match liveness::keep_up(exeunt, &session, caller).await {
        KeptUp::No => session,
        KeptUp::Yes => match find_session(exeunt, &request.headers).await? {
            Some(session) => session,
            None => return Ok(CurrentSession::None),
        },
        KeptUp::Ended => return Ok(CurrentSession::None),
    };
    touch(exeunt, &session).await
}
