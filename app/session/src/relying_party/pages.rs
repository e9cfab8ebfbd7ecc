//! Pages and server functions as routes of axum.

use axum::{Router, routing::get};
use exeunt::upstream::AsUpstream;
use leptos::{config::LeptosOptions, prelude::IntoView};
use leptos_axum::{LeptosRoutes, render_app_async_with_context};

use super::context;

/// Serves one document at each of these paths, and all server functions: those of this crate and the app's own. Call it
/// once for an app.
///
/// `shell` is the whole document, from `<!DOCTYPE html>` on. It is rendered within [`context`], and sent when all of it is there:
/// a page waits for the session. What comes back stands inside [`protect`](exeunt::http::router::protect), together with
/// [`routes`](exeunt::http::router::routes). `/logged-out` ([`LOGGED_OUT`](crate::LOGGED_OUT)) must be among the paths: the
/// provider returns to it.
///
/// # Panics
/// If a path is no path of axum, stands twice, or is that of a server function.
pub fn pages<'a, Page>(
    upstream: &impl AsUpstream,
    paths: impl IntoIterator<Item = &'a str>,
    shell: impl Fn() -> Page + Clone + Send + Sync + 'static,
) -> Router
where
    Page: IntoView + 'static,
{
    let options = LeptosOptions::builder().output_name("").build();
    // It would bring the pages of a router in the app, too; without one it brings the server functions.
    let functions =
        Router::new().leptos_routes_with_context(&options, Vec::new(), context(upstream), shell.clone());
    let page = render_app_async_with_context(context(upstream), shell);
    paths
        .into_iter()
        .fold(functions, |router, path| router.route(path, get(page.clone())))
        .with_state(options)
}
