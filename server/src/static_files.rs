//! What the browser loads: the hashed files of the build, for a year; everything else from `public/`, for an hour.

use std::path::Path;

use axum::{
    Router,
    extract::Request,
    handler::HandlerWithoutStateExt as _,
    middleware::{self, Next},
};
use http::{HeaderValue, StatusCode, header};
use leptos::config::LeptosOptions;
use tower_http::services::{ServeDir, ServeFile};

/// The routes of the files below the site root. Those of `public/` are looked for once, at the start.
pub fn routes(options: &LeptosOptions) -> Router {
    let root = Path::new(&*options.site_root);
    let missing = (|| async { StatusCode::NOT_FOUND }).into_service();
    let package = ServeDir::new(root.join(&*options.site_pkg_dir))
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
    let package = Router::new().nest_service(&format!("/{}", options.site_pkg_dir), package);
    let public = public_files(root)
        .into_iter()
        .fold(Router::new(), |router, name| {
            let file = ServeFile::new(root.join(&name))
                .precompressed_br()
                .precompressed_gzip();
            router.route_service(&format!("/{name}"), file)
        });
    keep(package, caching).merge(keep(public, "public, max-age=3600"))
}

/// The names of the files that lie in the site root itself. One that could be read as a pattern is left out.
fn public_files(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        })
        .collect()
}

/// Says how long these may be kept.
fn keep(router: Router, caching: &'static str) -> Router {
    router.layer(middleware::from_fn(
        move |request: Request, next: Next| async move {
            let mut response = next.run(request).await;
            if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
                response
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
            }
            response
        },
    ))
}
