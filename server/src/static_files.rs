//! What the browser loads: the hashed files of the build, for a year; everything else from `public/`, for an hour.

use std::path::Path;

use axum::{Router, handler::HandlerWithoutStateExt as _, middleware};
use http::{HeaderValue, Request, StatusCode, header};
use leptos::config::LeptosOptions;
use tower_http::services::ServeDir;

/// The routes of the files below the site root.
pub fn routes(options: &LeptosOptions) -> Router {
    let root = Path::new(&*options.site_root);
    let package = root.join(&*options.site_pkg_dir);
    let missing = (|| async { StatusCode::NOT_FOUND }).into_service();
    let files = ServeDir::new(package)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .not_found_service(missing);
    // A hashed name never changes its content; an unhashed one (development) may at any moment.
    let caching = if options.hash_files {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let router = Router::new()
        .nest_service(&format!("/{}", options.site_pkg_dir), files)
        .layer(middleware::from_fn(
            move |request: Request<axum::body::Body>, next: middleware::Next| async move {
                let mut response = next.run(request).await;
                if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
                    response
                        .headers_mut()
                        .insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
                }
                response
            },
        ));
    router
}
