//! A whole app in one call.

use std::{env, io, net::SocketAddr, sync::Arc};

use axum::{Router, extract::Request, middleware::map_request};
use exeunt::{
    Exeunt, SetupError,
    config::{Settings, VariableError},
    store::Store,
    upstream::{AsUpstream as _, Upstream, route_request},
};
use leptos::prelude::*;
use tokio::net::TcpListener;

use super::pages;
use crate::{LOGGED_OUT, base::Base};

/// Where it listens unless `LEPTOS_SITE_ADDR` says otherwise.
const ADDRESS: &str = "127.0.0.1:3000";

/// Why an app could not be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Settings(#[from] VariableError),
    /// The relying party cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The address is none, is taken, or is not ours.
    #[error("cannot listen on {address}; choose another in LEPTOS_SITE_ADDR")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// The listener failed.
    #[error("the server failed")]
    Serve(#[source] io::Error),
}

/// Serves an app of one page, with all that a sign-in and a sign-out need, for as long as the process runs. The settings are those of
/// the environment ([`Settings::from_environment`]); it listens on `LEPTOS_SITE_ADDR`, else on `127.0.0.1:3000`.
///
/// `title` is that of its window. `app` is what stands in the document, which is English and has no scripts: at `/`, and at
/// [`/logged-out`](LOGGED_OUT), where the provider returns to. The page says there what the sign-out ended; a
/// [`LoggedOutReport`](crate::LoggedOutReport) does. The example `own_app` of this crate is such an app.
///
/// An app that outgrows this takes its parts: [`pages`], [`routes`](exeunt::http::router::routes) and
/// [`protect`](exeunt::http::router::protect), as the documentation of [this module](super) shows.
///
/// # Errors
/// If a setting is missing or wrong, or the address cannot be listened on.
pub async fn serve<Page>(
    title: &'static str,
    store: impl Store + 'static,
    app: impl Fn() -> Page + Clone + Send + Sync + 'static,
) -> Result<(), ServeError>
where
    Page: IntoView + 'static,
{
    let settings = Settings::from_environment()?;
    let exeunt = Exeunt::builder(settings, Arc::new(store)).build()?;
    let address = env::var_os("LEPTOS_SITE_ADDR").map_or_else(
        || ADDRESS.to_owned(),
        |address| address.to_string_lossy().into_owned(),
    );
    let listening = async {
        let listener = TcpListener::bind(&*address).await?;
        tell(listener.local_addr()?);
        Ok(listener)
    };
    let listener = listening
        .await
        .map_err(|error| ServeError::Listen { address, error })?;
    let upstream = exeunt.as_upstream();
    tokio::spawn({
        let upstream = Arc::clone(&upstream);
        async move { upstream.background().await }
    });
    let router = whole(&upstream, move || document(title, app()));
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await
    .map_err(ServeError::Serve)
}

/// Everything that is asked for by HTTP. The prefix of the public address, if any, is taken off in front of the routes.
fn whole<Page>(
    upstream: &Arc<dyn Upstream>,
    document: impl Fn() -> Page + Clone + Send + Sync + 'static,
) -> Router
where
    Page: IntoView + 'static,
{
    let protected = pages(upstream, ["/", LOGGED_OUT], document).merge(upstream.routes());
    let routes = upstream.protect(protected).merge(upstream.health());
    let routing = Arc::clone(upstream);
    let take_prefix_off = move |request: Request| {
        let request = route_request(request, &*routing);
        async { request }
    };
    Router::new()
        .fallback_service(routes)
        .layer(map_request(take_prefix_off))
}

fn document(title: &'static str, page: impl IntoView) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-base=Base::current().as_str().to_owned()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>{title}</title>
            </head>
            <body><main>{page}</main></body>
        </html>
    }
}

#[expect(
    clippy::print_stdout,
    reason = "for the person at the terminal, who has no log yet"
)]
fn tell(address: SocketAddr) {
    println!("listening on {address}");
}
