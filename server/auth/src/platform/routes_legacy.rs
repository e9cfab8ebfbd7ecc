//! The older contract: `GET /api/session` and `GET /api/auth/login-url`.

use axum::{
    Json,
    extract::{RawQuery, Request, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{Platform, login, view};
use crate::{
    http::return_to::ReturnTo,
    session::{SessionRejection, refusal},
};

/// The session view: 200, or 401 to nobody. Where sign-in is switched off everybody is anonymous.
pub(super) async fn session(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    view::current(&platform, &parts).map_or_else(
        || SessionRejection::SignedOut.into_response(),
        |view| Json(view).into_response(),
    )
}

/// `{login_url}`: where a client sends the person. A foreign `redirect_uri` becomes the first page; a missing one is 422.
pub(super) async fn login_url(
    State(platform): State<Platform>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let query = query.unwrap_or_default();
    let Some((_, wanted)) =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "redirect_uri")
    else {
        return refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "missing_parameter",
            "redirect_uri is missing",
        );
    };
    let return_to = ReturnTo::parse(&wanted, platform.site().public_url());
    login::answer(&platform, &request, &return_to)
}
