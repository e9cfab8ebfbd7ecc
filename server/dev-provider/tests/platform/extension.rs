//! Extensions behind the gateway, and platforms in front of them.

use std::net::SocketAddr;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use axum::{Json, Router, serve};
use exeunt_dev_provider::platform::{Extension, Place, PlatformConfig, PlatformStandIn};
use http::header::{CONNECTION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::browser::ORIGIN;

/// An extension that answers with what it was asked, on a port of its own.
pub(crate) async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route("/runtime/apps/notes/answer", get(answer))
        .fallback(any(echo));
    tokio::spawn(async move { serve(listener, routes).await });
    address
}

async fn echo(request: Request) -> Json<Value> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024).await.unwrap();
    Json(json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.to_string(),
        "headers": told(&parts.headers),
        "body": String::from_utf8_lossy(&body),
    }))
}

/// An answer with everything a gateway must not lose, and something it must not pass on.
async fn answer() -> Response {
    let mut response = (StatusCode::IM_A_TEAPOT, "short and stout").into_response();
    let headers = response.headers_mut();
    headers.append(
        SET_COOKIE,
        HeaderValue::from_static("a=1; Path=/runtime/apps/notes"),
    );
    headers.append(
        SET_COOKIE,
        HeaderValue::from_static("b=2; Path=/runtime/apps/notes"),
    );
    headers.insert(CONNECTION, HeaderValue::from_static("x-of-this-hop"));
    headers.insert(
        HeaderName::from_static("x-of-this-hop"),
        HeaderValue::from_static("1"),
    );
    response
}

fn told(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8(value.as_bytes().to_vec()).unwrap();
            (name.as_str().to_owned(), value.into())
        })
        .collect()
}

/// An extension at `/runtime/apps/notes`.
pub(crate) fn notes(address: SocketAddr) -> Extension {
    Extension::new(
        Place::Path("/runtime/apps/notes".to_owned()),
        format!("http://{address}"),
    )
}

/// A platform with these extensions at [`ORIGIN`].
pub(crate) fn platform(extensions: Vec<Extension>) -> PlatformStandIn {
    PlatformStandIn::new(PlatformConfig::new(ORIGIN, extensions)).unwrap()
}

/// A platform without any.
pub(crate) fn bare() -> PlatformStandIn {
    platform(Vec::new())
}
