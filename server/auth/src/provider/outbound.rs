//! Every call this crate makes to the outside: a timeout, a limit on the body, no redirects (invariant I15).

use std::time::Duration;

use http::header;
use openidconnect::{HttpRequest, HttpResponse, reqwest};
use tracing::{Instrument as _, Span, field::Empty};

use crate::{
    metrics::{Fault, ProviderRequest},
    platform::settings::TlsTrust,
};

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
        reason: Reason,
    },
    /// The answer is longer than [`BODY_LIMIT`].
    #[error("{host} answered with more than {BODY_LIMIT} bytes")]
    TooLong {
        /// The host that was asked.
        host: String,
    },
}

/// What failed, in words that hold no address (an address may carry a query).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// There was nobody, or no TLS with whoever was there.
    #[error("no connection")]
    NoConnection,
    /// The answer was not complete.
    #[error("its answer broke off")]
    BrokenOff,
    /// Something else.
    #[error("the exchange failed")]
    Exchange,
    /// What came is no answer.
    #[error("its answer is not HTTP")]
    NotHttp,
    /// There is no such address.
    #[error("its address is not usable")]
    Address,
}

impl Reason {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::NoConnection
        } else if error.is_body() || error.is_decode() {
            Self::BrokenOff
        } else {
            Self::Exchange
        }
    }
}

impl From<&OutboundError> for Fault {
    fn from(error: &OutboundError) -> Self {
        match error {
            OutboundError::TooLong { .. } => Self::TooLong,
            OutboundError::Unreachable { reason, .. } => match reason {
                Reason::Timeout => Self::Timeout,
                Reason::NoConnection | Reason::Address => Self::NoConnection,
                Reason::BrokenOff | Reason::Exchange | Reason::NotHttp => Self::BrokenOff,
            },
        }
    }
}

/// What a call is for, in what is measured and traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// The discovery document.
    Discovery,
    /// The key set.
    Jwks,
    /// The token endpoint, for a code.
    Token,
    /// The token endpoint, for a refresh token.
    Refresh,
    /// The revocation endpoint.
    Revocation,
    /// The userinfo endpoint.
    Userinfo,
    /// The sign-out at a platform.
    PlatformLogout,
    /// Whatever else.
    Other,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 8] = [
        Self::Discovery,
        Self::Jwks,
        Self::Token,
        Self::Refresh,
        Self::Revocation,
        Self::Userinfo,
        Self::PlatformLogout,
        Self::Other,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Token => "token",
            Self::Refresh => "refresh",
            Self::Revocation => "revocation",
            Self::Userinfo => "userinfo",
            Self::PlatformLogout => "platform_logout",
            Self::Other => "other",
        }
    }
}

/// Makes the calls.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: reqwest::Client,
    timeout: Duration,
    endpoint: Endpoint,
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
        Ok(Self {
            client,
            timeout,
            endpoint: Endpoint::Other,
        })
    }

    /// The same, for calls to this endpoint: they are measured as such.
    #[must_use]
    pub fn to(&self, endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            ..self.clone()
        }
    }

    /// Makes one call and reads the whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] if there is no complete answer within the limits.
    pub async fn call(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        let host = request.uri().host().unwrap_or("the provider").to_owned();
        let measured = ProviderRequest::begin(self.endpoint);
        let span = self.span(&request, &host);
        let work = self.send(request, &host).instrument(span.clone());
        // The client's own timeout covers the body too; this one holds even if it should not.
        let answer = match tokio::time::timeout(self.timeout + Duration::from_secs(1), work).await {
            Ok(answer) => answer,
            Err(_) => Err(OutboundError::Unreachable {
                host,
                reason: Reason::Timeout,
            }),
        };
        match &answer {
            Ok(answer) => {
                span.record("http.response.status_code", answer.status().as_u16());
                measured.answered(answer.status());
            }
            Err(error) => {
                let fault = Fault::from(error);
                span.record("error.type", fault.as_str());
                span.record("otel.status_code", "ERROR");
                measured.failed(fault);
            }
        }
        answer
    }

    /// By the [conventions of OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/http/http-spans/), save for the address: its query may carry what
    /// is secret (invariant I16).
    fn span(&self, request: &HttpRequest, host: &str) -> Span {
        let (method, endpoint) = (request.method().as_str(), self.endpoint.as_str());
        tracing::info_span!(
            target: "exeunt::provider",
            "provider request",
            otel.name = %format_args!("{method} {endpoint}"),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            http.response.status_code = Empty,
            server.address = host,
            server.port = request.uri().port_u16(),
            "error.type" = Empty,
        )
    }

    async fn send(&self, request: HttpRequest, host: &str) -> Result<HttpResponse, OutboundError> {
        let unreachable = |error: reqwest::Error| OutboundError::Unreachable {
            host: host.to_owned(),
            reason: Reason::of(&error),
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
            reason: Reason::NotHttp,
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
            reason: Reason::Address,
        };
        let mut request = http::Request::get(url).header(header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.call(request.body(Vec::new()).map_err(|_| unusable())?).await
    }
}
