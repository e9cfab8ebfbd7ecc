//! The listener: `GET /metrics`, and nothing else.

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::get,
};
use exeunt::Exeunt;
use http::{StatusCode, header};
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

use super::{CensusTaker, Exporter};

/// Where the metrics are.
pub const PATH: &str = "/metrics";

/// The [text format](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How long a scrape may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often is taken in what was recorded, whether or not anybody scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct Source {
    exporter: Exporter,
    /// `None` where there is no store.
    census: Option<CensusTaker>,
}

/// The whole surface of the listener. No layer of the app stands in front of it: no session, no cookie. What is in the store
/// of `exeunt` is told too, if there is one: an app inside a platform has none.
pub fn routes(exeunt: Option<&Exeunt>, exporter: Exporter) -> Router {
    let source = Source {
        exporter,
        census: exeunt.map(|exeunt| CensusTaker::new(exeunt.clone())),
    };
    Router::new()
        .route(PATH, get(scrape))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .with_state(Arc::new(source))
}

async fn scrape(State(source): State<Arc<Source>>) -> Response {
    // First, so that asking the store is measured too.
    let census = match &source.census {
        Some(census) => census.lines().await,
        None => String::new(),
    };
    let text = source.exporter.render() + &census;
    let headers = [
        (header::CONTENT_TYPE, CONTENT_TYPE),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}

/// Serves until `stopped`, then ends with the scrape that is under way.
///
/// # Errors
///
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    exeunt: Option<&Exeunt>,
    exporter: Exporter,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let upkeep = tokio::spawn(upkeep(exporter.clone()));
    let served = axum::serve(listener, routes(exeunt, exporter))
        .with_graceful_shutdown(stopped)
        .await;
    upkeep.abort();
    served
}

/// Keeps what was recorded from taking up room, for ever; spawn it, and abort it at the end.
pub async fn upkeep(exporter: Exporter) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        exporter.take_in();
    }
}
