//! Every call this crate makes to the outside: a timeout, a limit on the body, no redirects (invariant I15).

use std::time::Duration;

use http::header;
use openidconnect::{HttpRequest, HttpResponse, reqwest};

use crate::platform::settings::TlsTrust;

/// The longest answer that is read. Discovery documents and key sets of real providers stay far below.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// How long a call may take, connection included.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a call gave nothing usable. Never holds a body, a query or a header.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// No connection, no answer in time, or the answer broke off.
    #[error("{host} could not be reached: {reason}")]
    Unreachable {
        /// The host that was asked.
        host: String,
        /// What failed, without address.
        reason: String,
    },
    /// The answer is longer than [`BODY_LIMIT`].
    #[error("{host} answered with more than {BODY_LIMIT} bytes")]
    TooLong {
        /// The host that was asked.
        host: String,
    },
}

/// Makes the calls.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: reqwest::Client,
    timeout: Duration,
}

/// The HTTP client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be built: {0}")]
pub struct OutboundSetupError(String);

impl Outbound {
    /// A client with this timeout for each call.
    ///
    /// # Errors
    ///
    /// If the TLS library cannot be started.
    pub fn new(timeout: Duration) -> Result<Self, OutboundSetupError> {
        Self::with_trust(timeout, &TlsTrust::Public)
    }

    /// The same, with another judgement of certificates.
    ///
    /// # Errors
    ///
    /// If the TLS library cannot be started.
    pub fn with_trust(timeout: Duration, trust: &TlsTrust) -> Result<Self, OutboundSetupError> {
        let mut builder = reqwest::Client::builder();
        match trust {
            TlsTrust::Public => {}
            TlsTrust::Also(certificates) => {
                for certificate in &certificates.0 {
                    builder = builder.add_root_certificate(certificate.clone());
                }
            }
            TlsTrust::Nothing => builder = builder.danger_accept_invalid_certs(true),
        }
        let client = builder
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            // The addresses come from configuration and discovery; a proxy variable must not redirect them.
            .no_proxy()
            .build()
            .map_err(|error| OutboundSetupError(error.to_string()))?;
        Ok(Self { client, timeout })
    }

    /// Makes one call and reads the whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] if there is no complete answer within the limits.
    pub async fn call(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        let host = request.uri().host().unwrap_or("the provider").to_owned();
        let work = self.send(request, &host);
        // The client's own timeout covers the body too; this one holds even if it should not.
        match tokio::time::timeout(self.timeout + Duration::from_secs(1), work).await {
            Ok(answer) => answer,
            Err(_) => Err(OutboundError::Unreachable {
                host,
                reason: "no answer in time".to_owned(),
            }),
        }
    }

    async fn send(&self, request: HttpRequest, host: &str) -> Result<HttpResponse, OutboundError> {
        let unreachable = |error: reqwest::Error| OutboundError::Unreachable {
            host: host.to_owned(),
            reason: reason(&error),
        };
        let request = reqwest::Request::try_from(request).map_err(unreachable)?;
        let mut answer = self.client.execute(request).await.map_err(unreachable)?;
        let mut response = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(OutboundError::TooLong {
                    host: host.to_owned(),
                });
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(|_| OutboundError::Unreachable {
            host: host.to_owned(),
            reason: "its answer is not HTTP".to_owned(),
        })
    }

    /// GET a JSON document.
    ///
    /// # Errors
    ///
    /// As [`Self::call`]. The status is the caller's to judge.
    pub async fn get(&self, url: &str, bearer: Option<&str>) -> Result<HttpResponse, OutboundError> {
        let unusable = || OutboundError::Unreachable {
            host: "the provider".to_owned(),
            reason: "its address is not usable".to_owned(),
        };
        let mut request = http::Request::get(url).header(header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.call(request.body(Vec::new()).map_err(|_| unusable())?).await
    }
}

/// What failed, in words that hold no address (an address may carry a query).
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else if error.is_body() || error.is_decode() {
        "its answer broke off".to_owned()
    } else {
        "the exchange failed".to_owned()
    }
}
