//! A person's own sessions: `GET /api/auth/sessions` lists them, `DELETE /api/auth/sessions/{id}` ends one, and
//! `POST /api/auth/sessions/end` ends one or all others, also by a form without scripts.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, request::Parts};
use serde::Deserialize;

use super::page::Page;
use crate::{
    Exeunt,
    audit::Caller,
    login::start::see_other,
    logout::{
        self,
        body::{self, LogoutRequest, Scope, wants_html},
        others::{self, Others},
    },
    session::{CurrentSession, LiveSession, SessionRejection, own, refusal},
};

/// The page that shows them.
const PAGE: &str = "/sessions";

/// The list. Extends none.
pub async fn get(State(exeunt): State<Exeunt>, session: LiveSession) -> Response {
    match own::own_sessions(&exeunt, &session).await {
        Ok(list) => Json(list).into_response(),
        Err(error) => {
            tracing::error!(target: "exeunt::session", %error, "a person's sessions could not be read");
            SessionRejection::Unknown.into_response()
        }
    }
}

/// Ends one: 204. What is not there and what is another person's are alike: 404.
pub async fn delete(
    State(exeunt): State<Exeunt>,
    session: LiveSession,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    match end(&exeunt, &parts, &session, Wish::One(id), false).await {
        Ok(Done::Others(0)) => not_found(),
        Ok(Done::Others(_)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Done::Own { headers, .. }) => with(StatusCode::NO_CONTENT.into_response(), headers),
        Err(refused) => refused,
    }
}

/// What is to end.
enum Wish {
    One(String),
    Others,
}

#[derive(Default, Deserialize)]
struct Body {
    id: Option<String>,
    #[serde(default)]
    others: bool,
}

/// Ends one or all others: `{"ended": n}`; a form goes back to the page.
pub async fn post(State(exeunt): State<Exeunt>, current: CurrentSession, request: Request) -> Response {
    let by_form = wants_html(request.headers());
    let session = match current {
        CurrentSession::Live(session) => session,
        CurrentSession::None => {
            return back(&exeunt, by_form).unwrap_or_else(|| SessionRejection::SignedOut.into_response());
        }
        CurrentSession::Unknown => return unknown(&exeunt, by_form),
    };
    let (parts, body) = request.into_parts();
    let wish = match body::read::<Body>(&parts.headers, body).await {
        Ok(Body {
            id: Some(id),
            others: false,
        }) if !id.is_empty() => Wish::One(id),
        Ok(Body { id, others: true }) if id.as_ref().is_none_or(String::is_empty) => Wish::Others,
        Ok(_) => return refuse(StatusCode::BAD_REQUEST),
        Err(error) => return refuse(error.status()),
    };
    let is_one = matches!(wish, Wish::One(_));
    match end(&exeunt, &parts, &session, wish, by_form).await {
        Ok(Done::Own { headers, location }) => {
            let answer = by_form.then(|| see_other(&location)).flatten();
            let answer = answer.unwrap_or_else(|| Json(serde_json::json!({"ended": 1})).into_response());
            with(answer, headers)
        }
        // What the form would end has ended meanwhile: the page shows it.
        Ok(Done::Others(ended)) => back(&exeunt, by_form).unwrap_or_else(|| {
            if is_one && ended == 0 {
                not_found()
            } else {
                Json(serde_json::json!({"ended": ended})).into_response()
            }
        }),
        Err(refused) => refused,
    }
}

enum Done {
    /// So many others.
    Others(usize),
    /// The one that asked: a sign-out of this app in this browser.
    Own { headers: HeaderMap, location: String },
}

async fn end(
    exeunt: &Exeunt,
    parts: &Parts,
    session: &LiveSession,
    wish: Wish,
    by_form: bool,
) -> Result<Done, Response> {
    let which = match wish {
        Wish::One(id) if id == session.head.public_id => return end_own(exeunt, parts, by_form).await,
        Wish::One(id) => Others::One(id),
        Wish::Others => Others::All,
    };
    let caller = Caller::of(&parts.extensions);
    others::end_others(exeunt, session, which, caller)
        .await
        .map(Done::Others)
        .map_err(|error| {
            tracing::error!(target: "exeunt::logout", %error, "a person's other sessions could not be ended");
            unknown(exeunt, by_form)
        })
}

/// Leaves everything to the sign-out: it removes the cookie, writes the receipt, and does what a failing store needs.
async fn end_own(exeunt: &Exeunt, parts: &Parts, by_form: bool) -> Result<Done, Response> {
    let request = LogoutRequest {
        scope: Scope::App,
        post_logout_redirect_uri: None,
    };
    let outcome = logout::end_session(exeunt, parts, request, by_form).await;
    if outcome.response.success || by_form {
        Ok(Done::Own {
            headers: outcome.headers,
            location: outcome.form_location,
        })
    } else {
        Err(with(SessionRejection::Unknown.into_response(), outcome.headers))
    }
}

fn with(mut answer: Response, headers: HeaderMap) -> Response {
    for (name, value) in &headers {
        answer.headers_mut().append(name, value.clone());
    }
    answer
}

/// Where a form goes. The page's own gate deals with whoever is not signed in any more.
fn back(exeunt: &Exeunt, by_form: bool) -> Option<Response> {
    by_form
        .then(|| see_other(&exeunt.public_url().rooted(PAGE)))
        .flatten()
}

fn unknown(exeunt: &Exeunt, by_form: bool) -> Response {
    if !by_form {
        return SessionRejection::Unknown.into_response();
    }
    let page = Page::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "That could not be done just now",
        "The server could not end every session that you named. Please look at the list and try again.",
    )
    .with_link("Your sessions", exeunt.public_url().rooted(PAGE));
    exeunt.render(&page)
}

fn not_found() -> Response {
    refusal(
        StatusCode::NOT_FOUND,
        "session_not_found",
        "You have no such session.",
    )
}

fn refuse(status: StatusCode) -> Response {
    refusal(
        status,
        "invalid_request",
        "The body must be JSON or a form that holds either id, or others=true.",
    )
}
