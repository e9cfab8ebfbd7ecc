//! The language of the reader, for whatever is written between a request and its answer.

use std::future::Future;

use app::Language;
use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderValue, header};

tokio::task_local! {
    static LANGUAGE: Language;
}

/// Reads which language a request asks for, and tells caches that the page depends on it.
pub async fn negotiate(request: Request, next: Next) -> Response {
    let language = Language::of_headers(request.headers());
    let mut response = speaking(language, next.run(request)).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if is_page {
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("accept-language"));
    }
    response
}

/// Does something for a reader of this language. What it spawns does not know of it.
pub async fn speaking<F: Future>(language: Language, work: F) -> F::Output {
    LANGUAGE.scope(language, work).await
}

/// The language of the reader for whom this is done; English where nobody said.
#[must_use]
pub fn of_reader() -> Language {
    LANGUAGE.try_with(|language| *language).unwrap_or_default()
}
