//! The pages: server-side rendering, server functions, and who may see what.

use std::sync::Arc;

use app::{Route, TranslatedBackend, shell};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use exeunt::{
    config::PublicUrl,
    http::page::Page,
    site::Site,
    upstream::{Presence, Upstream},
};
use exeunt_leptos::{backend::provide_backend, relying_party};
use http::{HeaderValue, StatusCode, Uri, header, uri::PathAndQuery};
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context};
use leptos_router::{Method, SsrMode};

/// Pages that only somebody signed in may see. Compared by whole segments.
const PROTECTED: [&str; 2] = ["/account", "/sessions"];

/// All pages and server functions of the app, with their gate.
pub fn routes(upstream: &Arc<dyn Upstream>, options: &LeptosOptions) -> Router {
    let of_upstream = relying_party::context(upstream);
    let backend = Arc::new(TranslatedBackend::new(relying_party::Backend::new(upstream)));
    let context = move || {
        of_upstream();
        provide_backend(Arc::clone(&backend) as _);
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
        .layer(middleware::from_fn_with_state(
            upstream.site().clone(),
            require_session,
        ))
        .with_state(options.clone())
}

/// Each page is written whole: its gates wait for the session, and its status for what they say.
fn route_list() -> Vec<AxumRouteListing> {
    let pages = Route::ALL.into_iter();
    pages
        .map(|(path, _)| AxumRouteListing::new(path.to_owned(), SsrMode::Async, [Method::Get], Vec::new()))
        .collect()
}

/// 303 to the first page for somebody who is not signed in. Not to the sign-in: after a sign-out the app never starts a
/// login by itself (invariant I19).
async fn require_session(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let protected = PROTECTED.iter().any(|page| {
        path.strip_prefix(page)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if !protected {
        return next.run(request).await;
    }
    match Presence::of(request.extensions()) {
        Presence::SignedIn(_) => next.run(request).await,
        Presence::SignedOut => to_first_page(site.public_url(), request.uri()),
        Presence::Unknown => site.render(
            &Page::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "This page cannot be shown just now",
                "The server could not read your session. You may still be signed in. Please try again in a moment.",
            )
            .with_link("Try again", site.public_url().rooted(path)),
        ),
    }
}

/// With the place that was asked for, its query included, so that a sign-in leads there.
fn to_first_page(public_url: &PublicUrl, asked: &Uri) -> Response {
    let place = asked
        .path_and_query()
        .map_or_else(|| asked.path(), PathAndQuery::as_str);
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", &public_url.rooted(place))
        .finish();
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(public_url.rooted(&format!("/?{query}")));
    response.headers_mut().insert(
        header::LOCATION,
        location.unwrap_or(HeaderValue::from_static("/")),
    );
    response
}
