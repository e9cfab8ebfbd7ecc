//! `GET /api/session`: the session view, or 401. It never extends the session.

use axum::{Extension, Json, extract::State};

use super::RequestId;
use crate::{
    Exeunt,
    session::{LiveSession, view::SessionView},
};

/// The session of the request.
pub async fn get(
    State(exeunt): State<Exeunt>,
    request_id: Option<Extension<RequestId>>,
    session: LiveSession,
) -> Json<SessionView> {
    Json(SessionView::new(
        &session,
        request_id.map(|Extension(RequestId(id))| id),
        exeunt.now(),
    ))
}
