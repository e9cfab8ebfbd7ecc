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
        self, Reason,
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

/// Ends one or all others: `{"ended": n}`; a form goes back to the page, which is told of the end it may speak of:
/// `?ended=` and when that was, in unix seconds, as [`EndEntry::ended_at`](own::EndEntry::ended_at) has it. The page finds it
/// there before it says anything: what stands in an address proves nothing.
pub async fn post(State(exeunt): State<Exeunt>, current: CurrentSession, request: Request) -> Response {
    let by_form = wants_html(request.headers());
    let session = match current {
        CurrentSession::Live(session) => session,
        CurrentSession::None => {
            return back(&exeunt, by_form, PAGE)
                .unwrap_or_else(|| SessionRejection::SignedOut.into_response());
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
        Ok(Done::Others(ended)) if by_form => {
            let place = page_after(&exeunt, &session, ended).await;
            back(&exeunt, by_form, &place).unwrap_or_else(not_found)
        }
        Ok(Done::Others(0)) if is_one => not_found(),
        Ok(Done::Others(ended)) => Json(serde_json::json!({"ended": ended})).into_response(),
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
fn back(exeunt: &Exeunt, by_form: bool, place: &str) -> Option<Response> {
    by_form
        .then(|| see_other(&exeunt.public_url().rooted(place)))
        .flatten()
}

/// The page, told of the end that was just noted down. It has nothing to tell where what the form would end had ended
/// before, or where the store does not confirm it.
async fn page_after(exeunt: &Exeunt, session: &LiveSession, ended: usize) -> String {
    if ended == 0 {
        return PAGE.to_owned();
    }
    match own::own_sessions(exeunt, session).await {
        Ok(list) => {
            let ours = |end: &&own::EndEntry| end.why == Reason::AnotherSession.as_str();
            let told = list.recent_ends.iter().find(ours);
            told.map_or_else(|| PAGE.to_owned(), |end| format!("{PAGE}?ended={}", end.ended_at))
        }
        Err(error) => {
            tracing::error!(target: "exeunt::session", %error, "a person's sessions could not be read");
            PAGE.to_owned()
        }
    }
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
