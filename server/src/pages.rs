//! The pages: server-side rendering, server functions, and who may see what.

use std::sync::Arc;

use app::{Base, Route, shell};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use exeunt::{
    Exeunt,
    http::{
        headers::{allow_frames_of, content_security_policy},
        page::Page,
    },
    session::CurrentSession,
    session_management,
};
use exeunt_leptos::backend::{SessionBackend, provide_backend};
use http::{HeaderValue, StatusCode, Uri, header, uri::PathAndQuery};
use leptos::{config::LeptosOptions, context::provide_context, nonce::use_nonce, prelude::use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, file_and_error_handler_with_context};
use leptos_router::{Method, SsrMode};

use crate::backend::Backend;

/// Pages that only somebody signed in may see. Compared by whole segments.
const PROTECTED: [&str; 2] = ["/account", "/sessions"];

/// All pages and server functions of the app, with their gate.
pub fn routes(exeunt: &Exeunt, options: &LeptosOptions) -> Router {
    let backend: Arc<dyn SessionBackend> = Arc::new(Backend(exeunt.clone()));
    let base_path = exeunt.public_url().base_path().to_owned();
    let context = {
        let exeunt = exeunt.clone();
        move || {
            provide_context(Base::new(&base_path));
            provide_backend(Arc::clone(&backend));
            set_policy(&exeunt);
        }
    };
    let shell_of = {
        let options = options.clone();
        move || shell(options.clone())
    };
    Router::new()
        .leptos_routes_with_context(options, route_list(), context.clone(), shell_of)
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(
            context, shell,
        ))
        .layer(middleware::from_fn_with_state(exeunt.clone(), require_session))
        .with_state(options.clone())
}

/// Each page is written whole: its gates wait for the session, and its status for what they say.
fn route_list() -> Vec<AxumRouteListing> {
    let pages = Route::ALL.into_iter();
    pages
        .map(|(path, _)| AxumRouteListing::new(path.to_owned(), SsrMode::Async, [Method::Get], Vec::new()))
        .collect()
}

/// The policy of a page with scripts: they run with this answer's nonce and no other. Where the page may watch the provider's
/// session, the provider's origin and no other may be in a frame of it.
fn set_policy(exeunt: &Exeunt) {
    let (Some(options), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    let mut policy = content_security_policy(Some(&nonce.to_string()), None);
    if let Some(watch) = use_context::<http::request::Parts>()
        .and_then(|parts| session_management::session_watch(exeunt, &parts.extensions))
    {
        policy = allow_frames_of(&policy, &watch.origin);
    }
    if std::env::var_os("LEPTOS_WATCH").is_some() {
        // `cargo leptos watch` tells the page to reload through a socket of its own.
        policy = policy.replace(
            "connect-src 'self'",
            "connect-src 'self' ws://localhost:3001 ws://127.0.0.1:3001",
        );
    }
    if let Ok(policy) = HeaderValue::try_from(policy) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// 303 to the first page for somebody who is not signed in. Not to the sign-in: after a sign-out the app never starts a
/// login by itself (invariant I19).
async fn require_session(State(exeunt): State<Exeunt>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let protected = PROTECTED.iter().any(|page| {
        path.strip_prefix(page)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if !protected {
        return next.run(request).await;
    }
    match CurrentSession::of(request.extensions()) {
        CurrentSession::Live(_) => next.run(request).await,
        CurrentSession::None => to_first_page(&exeunt, request.uri()),
        CurrentSession::Unknown => exeunt.render(
            &Page::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "This page cannot be shown just now",
                "The server could not read your session. You may still be signed in. Please try again in a moment.",
            )
            .with_link("Try again", exeunt.public_url().rooted(path)),
        ),
    }
}

/// With the place that was asked for, its query included, so that a sign-in leads there.
fn to_first_page(exeunt: &Exeunt, asked: &Uri) -> Response {
    let place = asked
        .path_and_query()
        .map_or_else(|| asked.path(), PathAndQuery::as_str);
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", &exeunt.public_url().rooted(place))
        .finish();
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(exeunt.public_url().rooted(&format!("/?{query}")));
    response.headers_mut().insert(
        header::LOCATION,
        location.unwrap_or(HeaderValue::from_static("/")),
    );
    response
}
