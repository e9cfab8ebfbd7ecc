//! `POST /api/auth/extend`: "stay signed in". Moves the idle limit, within the absolute one, and refreshes the tokens if that
//! is due; if the provider then says that it is over, it is.

use http::{HeaderMap, request::Parts};
use serde::Deserialize;

use super::{RequestId, return_to::ReturnTo};
use crate::{
    Exeunt,
    audit::Caller,
    login::start::see_other,
    logout::body::{self, wants_html},
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

/// What a form may say.
#[derive(Default, Deserialize)]
struct Body {
    /// The page it stands on.
    return_to: Option<String>,
}

/// The session after its extension. A form goes back to the page that it names, else to the account page.
pub async fn post(
    State(exeunt): State<Exeunt>,
    request_id: Option<Extension<RequestId>>,
    current: CurrentSession,
    request: Request,
) -> Response {
    let (request, body) = request.into_parts();
    let back = if wants_html(&request.headers) {
        back(&exeunt, &request.headers, body).await
    } else {
        None
    };
    let extended = match current {
        CurrentSession::Live(session) => extend(&exeunt, session, &request).await,
        other => Ok(other),
    };
    match extended {
        Ok(CurrentSession::Live(session)) => back.unwrap_or_else(|| {
            Json(SessionView::new(
                &session,
                request_id.map(|Extension(RequestId(id))| id),
                exeunt.now(),
            ))
            .into_response()
        }),
        Ok(CurrentSession::None) => {
            if let Some(carried) = request.extensions.get::<Carried>() {
                carried.note_dead();
            }
            // The page's own gate says what is to be said.
            back.unwrap_or_else(|| SessionRejection::SignedOut.into_response())
        }
        Ok(CurrentSession::Unknown) => SessionRejection::Unknown.into_response(),
        Err(error) => {
            tracing::error!(target: "exeunt::session", %error, "the session could not be extended");
            SessionRejection::Unknown.into_response()
        }
    }
}

/// Where a form goes: never to another origin (invariant I7). A body that cannot be read names nothing.
async fn back(exeunt: &Exeunt, headers: &HeaderMap, body: axum::body::Body) -> Option<Response> {
    let body = body::read::<Body>(headers, body).await.unwrap_or_default();
    let named = body
        .return_to
        .and_then(|place| ReturnTo::try_parse(&place, exeunt.public_url()));
    let place = named.as_ref().map_or("/account", ReturnTo::as_str);
    see_other(&exeunt.public_url().rooted(place))
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
