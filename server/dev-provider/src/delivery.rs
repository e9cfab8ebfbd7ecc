//! The provider's own requests to relying parties.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::header::CACHE_CONTROL;
use http::{Request, Response, StatusCode};
use url::Url;

use crate::issuer::is_loopback;

/// How long an answer is waited for: what a certified provider does.
const TIMEOUT: Duration = Duration::from_millis(2_500);
/// An answer says hardly anything.
const BODY_LIMIT: usize = 64 * 1024;

/// An answer that is under way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Undelivered>> + Send>>;
/// Carries requests to relying parties.
pub(crate) type Carrier = Arc<dyn Fn(Request<Body>) -> Answering + Send + Sync>;

/// Why a relying party did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undelivered {
    #[error("the address is not on loopback, where this provider stays")]
    NotLoopback,
    #[error("there was no whole answer in time")]
    TimedOut,
    #[error("the relying party could not be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

/// What a relying party answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) cache_control: Option<String>,
    pub(crate) body: String,
}

/// Sends a request and reads the answer to its end, both together in time.
pub(crate) async fn deliver(carrier: &Carrier, request: Request<Body>) -> Result<Answered, Undelivered> {
    let answered = async {
        let (parts, body) = carrier(request).await?.into_parts();
        let body = to_bytes(body, BODY_LIMIT)
            .await
            .map_err(|error| Undelivered::Unreachable(error.into()))?;
        Ok(Answered {
            status: parts.status,
            cache_control: parts
                .headers
                .get(CACHE_CONTROL)
                .and_then(|value| value.to_str().ok())
                .map(ToOwned::to_owned),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    };
    tokio::time::timeout(TIMEOUT, answered)
        .await
        .unwrap_or(Err(Undelivered::TimedOut))
}

/// Over HTTP, to this machine only; a redirect is an answer like another.
pub(crate) fn over_http() -> Carrier {
    Arc::new(|request| Box::pin(send(request)))
}

async fn send(request: Request<Body>) -> Result<Response<Body>, Undelivered> {
    let on_loopback = Url::parse(&request.uri().to_string())
        .is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)));
    if !on_loopback {
        return Err(Undelivered::NotLoopback);
    }
    let unreachable = |error: reqwest::Error| Undelivered::Unreachable(error.without_url().into());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(unreachable)?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|error| Undelivered::Unreachable(error.into()))?;
    let mut answer = client
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .map_err(unreachable)?;
    let mut response = Response::new(());
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    let mut read = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if read.len() + chunk.len() > BODY_LIMIT {
            return Err(Undelivered::Unreachable("the answer is too large".into()));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(response.map(|()| Body::from(read)))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;

    use super::{Undelivered, send};

    #[tokio::test]
    async fn nothing_leaves_this_machine() {
        for uri in [
            "http://192.0.2.1/",
            "http://app.example/",
            "http://localhost.example/",
        ] {
            let answered = send(Request::post(uri).body(Body::empty()).unwrap()).await;
            assert!(
                matches!(answered, Err(Undelivered::NotLoopback)),
                "{uri}: {answered:?}"
            );
        }
    }
}
