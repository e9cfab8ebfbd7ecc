//! Logging: what is written, and the one line per request.
//!
//! No token, code, cookie, state or secret may reach a log line (invariant I16). Two rules keep them out: a request is
//! named by its *matched route*, never by its URI or query; and libraries, whose finer levels print URLs and headers,
//! speak at `info` at most, whatever the filter says.

use std::{
    io::{self, IsTerminal as _},
    str::FromStr as _,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
};
use exeunt::{
    audit,
    http::{
        RequestId,
        measuring::{measure, method_name, route_name},
    },
};
use tracing::{Instrument as _, Level, Metadata, Span, Subscriber, field::Empty};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{Directive, FilterExt as _, ParseError, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

/// What is logged if `RUST_LOG` says nothing.
pub const DEFAULT_FILTER: &str = "info";

/// Our own crates: the only ones that may be heard below `info`.
const OURS: [&str; 6] = [
    "app",
    "auth",
    "exeunt",
    "exeunt_dev_provider",
    "exeunt_leptos",
    "server",
];

/// What open pages ask again and again, by themselves: a line for each would be most of the log, and most of what the answer
/// costs.
const ASKED_BY_PAGES: [&str; 2] = ["/api/session", "/auth/events"];

/// A fresh identifier. Without randomness requests cannot be told apart, which is no reason to refuse them.
fn fresh_id() -> RequestId {
    let mut bytes = [0_u8; 8];
    if getrandom::fill(&mut bytes).is_err() {
        return RequestId("unknown".to_owned());
    }
    RequestId(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// One JSON object a line, for programs.
    Json,
}

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("not a log filter: {0}")]
    Filter(#[from] ParseError),
    /// Something else has been set up before.
    #[error("logging has been set up already: {0}")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
}

/// Whether this text is a log filter.
pub(crate) fn check_filter(filter: &str) -> Result<(), ParseError> {
    EnvFilter::try_new(filter).map(|_| ())
}

/// Sets up logging to standard error: for people on a terminal, as JSON otherwise. Once, at the start of the program.
///
/// # Errors
///
/// If the filter is wrong or logging has been set up before.
pub fn init(filter: &str) -> Result<(), TelemetryError> {
    let format = if io::stderr().is_terminal() {
        Format::Human
    } else {
        Format::Json
    };
    tracing_subscriber::registry()
        .with(layer(filter, format, io::stderr)?)
        .try_init()?;
    Ok(())
}

/// What writes the log: filtered, in this format, to this writer.
fn layer<S, W>(filter: &str, format: Format, writer: W) -> Result<Box<dyn Layer<S> + Send + Sync>, ParseError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = with_audit(filter)?.and(filter_fn(may_be_heard));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    Ok(match format {
        Format::Human => lines.with_filter(filter).boxed(),
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_filter(filter)
            .boxed(),
    })
}

/// The filter. The audit log is written whatever it says of the rest: who turns the noise down does not mean the record of who
/// signed in and out. A filter that names `audit` decides for itself.
fn with_audit(filter: &str) -> Result<EnvFilter, ParseError> {
    let asked = EnvFilter::try_new(filter)?;
    let target = |directive: &str| {
        let target = directive.split(['=', '[']).next().unwrap_or_default();
        target.trim() == audit::TARGET
    };
    if filter.split(',').any(target) {
        return Ok(asked);
    }
    Ok(asked.add_directive(Directive::from_str("audit=info")?))
}

fn may_be_heard(metadata: &Metadata<'_>) -> bool {
    let origin = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::INFO || OURS.contains(&origin)
}

/// Gives every request of these routes a [`RequestId`] as an extension, measures it, and writes one line when it has been
/// answered: method, matched route, status, time until the answer began. Answers of the health routes, and of what each open page
/// asks by itself, are heard at `debug` only.
///
/// To be called when all routes and the fallback are there; layers added afterwards run outside and are not logged.
pub fn log_requests<S>(router: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router.layer(middleware::from_fn(log_request))
}

/// The span ends with the answer's head: of an answer that streams for hours nothing would be told by it any more.
async fn log_request(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(fresh_id());
    let span = request_span(&request);
    let is_asked_by_pages = ASKED_BY_PAGES.contains(&route_name(&request));
    let begun = Instant::now();
    let response = measure(request, next).instrument(span.clone()).await;
    span.in_scope(|| log_response(response.status(), begun.elapsed(), is_asked_by_pages, &span));
    response
}

/// Named by the [conventions of OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/http/http-spans/), so that a layer
/// that exports spans needs to know nothing of us.
fn request_span(request: &Request) -> Span {
    let route = route_name(request);
    let id = request
        .extensions()
        .get::<RequestId>()
        .map_or("unknown", |id| id.0.as_str());
    let method = method_name(request.method());
    macro_rules! span {
        ($level:expr) => {
            tracing::span!(
                $level,
                "request",
                id,
                http.request.method = method,
                http.route = route,
                http.response.status_code = Empty,
                otel.name = %format_args!("{method} {route}"),
                otel.kind = "server",
                otel.status_code = Empty,
            )
        };
    }
    if matches!(route, "/healthz" | "/readyz") {
        span!(Level::DEBUG)
    } else {
        span!(Level::INFO)
    }
}

fn log_response(status: StatusCode, latency: Duration, is_asked_by_pages: bool, span: &Span) {
    // What is recorded later has the span's fields written anew, which costs as much as a line.
    if !is_asked_by_pages || status.is_server_error() {
        span.record("http.response.status_code", status.as_u16());
    }
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let milliseconds = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    let is_quiet = is_asked_by_pages
        || span
            .metadata()
            .is_none_or(|metadata| *metadata.level() > Level::INFO);
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), milliseconds, "failed");
    } else if is_quiet {
        tracing::debug!(status = status.as_u16(), milliseconds, "answered");
    } else {
        tracing::info!(status = status.as_u16(), milliseconds, "answered");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::{Extension, body::Body, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    /// Keeps what is written.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        fn capture(filter: &str, format: Format) -> (Self, tracing::subscriber::DefaultGuard) {
            let log = Self::default();
            let writer = log.clone();
            let layer = layer(filter, format, move || writer.clone()).unwrap();
            (log, tracing_subscriber::registry().with(layer).set_default())
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    fn router() -> Router {
        log_requests(
            Router::new()
                .route("/auth/callback", get(async || "in"))
                .route("/api/auth/sessions/{id}", get(async || "one"))
                .route("/healthz", get(async || "ok"))
                .route("/api/session", get(async || StatusCode::UNAUTHORIZED))
                .route("/auth/events", get(async || StatusCode::SERVICE_UNAVAILABLE))
                .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
                .route(
                    "/id",
                    get(async |Extension(RequestId(id)): Extension<RequestId>| id),
                )
                .fallback(async || StatusCode::NOT_FOUND),
        )
    }

    async fn ask(uri: &str) -> Response {
        router()
            .oneshot(Request::get(uri).body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn i16_no_query_and_no_uri_reaches_the_log() {
        for format in [Format::Human, Format::Json] {
            let (log, _guard) = Log::capture("trace", format);
            ask("/auth/callback?code=secret-code&state=secret-state").await;
            ask("/api/auth/sessions/secret-id?x=secret").await;
            ask("/secret-path/secret?state=secret").await;
            ask("/broken?code=secret").await;
            let text = log.text();
            for expected in [
                "/auth/callback",
                "/api/auth/sessions/{id}",
                "unmatched",
                "200",
                "404",
                "500",
                "GET",
            ] {
                assert!(text.contains(expected), "{expected} in {text}");
            }
            assert!(!text.contains("secret"), "{text}");
        }
    }

    #[tokio::test]
    async fn i16_a_made_up_method_is_not_repeated() {
        let (log, _guard) = Log::capture("trace", Format::Json);
        let request = Request::builder()
            .method("SECRET")
            .uri("/id")
            .body(Body::empty())
            .unwrap();
        router().oneshot(request).await.unwrap();
        assert!(
            log.text().contains("other") && !log.text().contains("SECRET"),
            "{}",
            log.text()
        );
    }

    #[test]
    fn i16_libraries_are_never_heard_below_info() {
        let (log, _guard) = Log::capture("trace,hyper=trace,reqwest=debug", Format::Json);
        tracing::debug!(target: "reqwest::connect", "https://id.example/?code=secret");
        tracing::trace!(target: "hyper::proto", "cookie: secret");
        tracing::debug!(target: "exeuntish", "secret");
        tracing::info!(target: "hyper", "heard one");
        tracing::debug!(target: "exeunt::logout", "heard two");
        let text = log.text();
        assert!(
            text.contains("heard one") && text.contains("heard two") && !text.contains("secret"),
            "{text}"
        );
    }

    #[test]
    fn the_audit_log_is_written_whatever_the_filter_says_unless_it_names_it() {
        let heard = |filter: &str| {
            let (log, _guard) = Log::capture(filter, Format::Json);
            tracing::info!(target: "audit", event = "sign_in", "a session begins");
            tracing::warn!(target: "audit", event = "revocation_given_up", "tokens were not revoked");
            tracing::info!(target: "exeunt", "noise");
            let text = log.text();
            (
                text.contains("sign_in"),
                text.contains("given_up"),
                text.contains("noise"),
            )
        };
        for quiet in [
            "warn",
            "error",
            "off",
            "",
            "exeunt=warn",
            "aud=off",
            "off,audition=debug",
        ] {
            assert_eq!(heard(quiet), (true, true, false), "{quiet:?}");
        }
        assert_eq!(heard("info"), (true, true, true));
        assert_eq!(heard("info,audit=warn"), (false, true, true));
        assert_eq!(heard("info,audit=off"), (false, false, true));
    }

    #[tokio::test]
    async fn a_line_is_json_with_method_route_status_time_and_id() {
        let (log, _guard) = Log::capture(DEFAULT_FILTER, Format::Json);
        ask("/auth/callback").await;
        let line: serde_json::Value = serde_json::from_str(log.text().trim_end()).unwrap();
        assert_eq!(line["message"], "answered");
        assert_eq!(line["status"], 200);
        assert!(line["milliseconds"].is_u64());
        assert_eq!(line["span"]["http.request.method"], "GET");
        assert_eq!(line["span"]["http.route"], "/auth/callback");
        assert_eq!(line["span"]["http.response.status_code"], 200);
        assert_eq!(line["span"]["otel.name"], "GET /auth/callback");
        assert_eq!(line["span"]["otel.kind"], "server");
        assert_eq!(line["span"]["otel.status_code"], serde_json::Value::Null);
        assert_eq!(line["span"]["id"].as_str().map(str::len), Some(16));
    }

    #[tokio::test]
    async fn health_checks_and_what_pages_ask_are_quiet_unless_they_fail() {
        let (log, _guard) = Log::capture(DEFAULT_FILTER, Format::Json);
        ask("/healthz").await;
        ask("/api/session").await;
        assert_eq!(log.text(), "");
        ask("/auth/events").await;
        assert!(log.text().contains("ERROR") && log.text().contains("/auth/events"));
        ask("/broken").await;
        assert!(log.text().contains("ERROR"));
    }

    #[tokio::test]
    async fn each_request_has_its_own_id() {
        async fn id() -> axum::body::Bytes {
            axum::body::to_bytes(ask("/id").await.into_body(), 100)
                .await
                .unwrap()
        }
        let (one, other) = (id().await, id().await);
        assert!(one.len() == 16 && one != other);
    }
}
