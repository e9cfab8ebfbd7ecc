//! What is measured, and what stands neither there nor in the log.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body};
use exeunt::store::{MeasuredStore, MemoryStore};
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use http::{Method, Request, StatusCode, header};
use metrics_exporter_prometheus::PrometheusRecorder;
use server::metrics::{self, ASKED_AT_MOST_EVERY, Exporter};
use tower::ServiceExt as _;

use crate::{
    failing_store::{Call, FailingStore, Hold},
    site::{Browser, Site},
};

const HERE: &str = "http://localhost:3000";

fn recorder() -> (PrometheusRecorder, Exporter) {
    let (recorder, exporter) = metrics::recorder().unwrap();
    ::metrics::with_local_recorder(&recorder, metrics::introduce);
    (recorder, exporter)
}

async fn site() -> (Site, Arc<FailingStore>) {
    let failing = FailingStore::new(Arc::new(MemoryStore::new()));
    let store = MeasuredStore::new(failing.clone(), "memory");
    (Site::start_on(Arc::new(store), HERE, |_| ()).await, failing)
}

async fn ask(router: &Router, method: Method, path: &str) -> (StatusCode, http::HeaderMap, String) {
    let request = Request::builder().method(method).uri(path);
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

async fn scrape(router: &Router) -> String {
    let (status, headers, text) = ask(router, Method::GET, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], metrics::CONTENT_TYPE);
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    text
}

/// The value of one line. Labels may stand in any order.
fn value(text: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let is_it = |line: &&str| {
        let (found, rest) = line.split_once(['{', ' ']).unwrap_or_default();
        let told = rest.matches('=').count();
        let is_there = |(label, word): &(&str, &str)| rest.contains(&format!("{label}=\"{word}\""));
        found == name && told == labels.len() && labels.iter().all(is_there)
    };
    let line = text.lines().find(is_it)?;
    line.rsplit(' ').next()?.parse().ok()
}

/// Everything that is logged on this thread, of every level.
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
    fn capture() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        (log, tracing::subscriber::set_default(subscriber.finish()))
    }

    /// The lines of our own crates: at these levels libraries are not heard.
    fn ours(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
        let is_ours = |line: &&str| {
            [" exeunt", " server", " audit"]
                .iter()
                .any(|name| line.contains(name))
        };
        text.lines().filter(is_ours).map(str::to_owned).collect()
    }
}

/// What must be told to nobody: values that were really used.
#[derive(Clone, Default)]
struct Secrets(Arc<Mutex<Vec<String>>>);

impl Secrets {
    fn add(&self, value: impl Into<String>) {
        self.0.lock().unwrap().push(value.into());
    }

    fn watch(&self, site: &Site) {
        let tokens = self.clone();
        site.provider.script().change_token_response(move |response| {
            // Due at once, so that whoever asks refreshes.
            response.insert("expires_in".to_owned(), 0.into());
            for name in ["access_token", "refresh_token", "id_token"] {
                tokens.add(response[name].as_str().unwrap());
            }
        });
        self.add(site.provider.client_secret());
    }

    fn collect(&self, site: &Site, browser: &Browser<'_>) {
        let script = site.provider.script();
        for request in script.requests(Endpoint::Authorize) {
            for name in ["state", "nonce", "code_challenge"] {
                self.add(request.parameter(name).unwrap());
            }
        }
        for request in script.requests(Endpoint::Token) {
            for name in ["code", "code_verifier", "refresh_token"] {
                request
                    .parameter(name)
                    .into_iter()
                    .for_each(|value| self.add(value));
            }
        }
        for value in browser.cookies.values().filter(|value| value.len() > 8) {
            self.add(value);
        }
        // No secrets, but nobody's business where numbers are read.
        self.add("ada");
    }

    fn assert_not_in(&self, text: &str, what: &str) {
        let secrets = self.0.lock().unwrap();
        assert!(secrets.len() > 12, "too few came up");
        for secret in secrets.iter() {
            assert!(!text.contains(secret), "{secret} stands in {what}: {text}");
        }
    }
}

const JSON: [(&str, &str); 2] = [
    ("sec-fetch-site", "same-origin"),
    ("content-type", "application/json"),
];

/// Sign-in, refresh, back-channel logout, sign-in again, and a sign-out; then nothing of it can be read anywhere.
#[tokio::test]
async fn i16_neither_the_metrics_nor_the_log_hold_a_secret() {
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let (log, _logging) = Log::capture();
    let (recorder, exporter) = recorder();
    let _recording = ::metrics::set_default_local_recorder(&recorder);
    let (site, _) = site().await;
    let secrets = Secrets::default();
    secrets.watch(&site);

    let mut browser = site.signed_in().await;
    let extended = browser.post("/api/auth/extend", &JSON, "{}").await;
    assert_eq!(extended.status, StatusCode::OK, "{}", extended.text);
    secrets.collect(&site, &browser);
    let token = site.provider.script().logout_token(Some("ada"), None);
    secrets.add(&token);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mut provider = site.browser();
    let path = "/auth/backchannel-logout";
    for _ in 0..2 {
        let answer = provider.post(path, &form, &format!("logout_token={token}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    let answer = provider.post(path, &form, "logout_token=not.a.token").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        browser.open("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );

    let mut browser = site.signed_in().await;
    secrets.collect(&site, &browser);
    let answer = browser.post("/api/auth/logout", &JSON, "{}").await;
    assert_eq!(answer.status, StatusCode::OK);
    secrets.collect(&site, &browser);
    site.browser()
        .open("/auth/callback?code=made-up-code&state=made-up-state")
        .await;
    site.browser().open("/made-up-path?code=made-up-code").await;
    for made_up in ["made-up-code", "made-up-state", "made-up-path"] {
        secrets.add(made_up);
    }

    let text = scrape(&metrics::routes(Some(&site.exeunt), exporter)).await;
    secrets.assert_not_in(&text, "the metrics");
    let lines = log.ours();
    assert!(lines.iter().any(|line| line.contains("answered")), "{lines:#?}");
    for line in lines {
        // The audit log names persons; that is what it is for.
        let line = line.replace("sub=ada", "sub=…");
        secrets.assert_not_in(&line, "the log");
    }

    let count = |name: &str, labels: &[(&str, &str)]| value(&text, name, labels).unwrap_or(-1.0);
    for (name, labels, expected) in [
        ("exeunt_sessions", &[][..], 0.0),
        ("exeunt_sessions_begun_total", &[], 2.0),
        ("exeunt_sessions_ended_total", &[("cause", "back_channel")], 1.0),
        ("exeunt_sessions_ended_total", &[("cause", "logout")], 1.0),
        ("exeunt_sessions_ended_total", &[("cause", "expired")], 0.0),
        ("exeunt_login_attempts_total", &[("outcome", "begun")], 2.0),
        ("exeunt_logins_total", &[("outcome", "signed_in")], 2.0),
        ("exeunt_logins_total", &[("outcome", "unknown_attempt")], 1.0),
        ("exeunt_refreshes_total", &[("outcome", "refreshed")], 1.0),
        ("exeunt_back_channel_requests_total", &[("answer", "ended")], 1.0),
        (
            "exeunt_back_channel_requests_total",
            &[("answer", "repeated")],
            1.0,
        ),
        (
            "exeunt_back_channel_requests_total",
            &[("answer", "bad_token")],
            1.0,
        ),
        (
            "exeunt_logout_layers_total",
            &[("layer", "app_session"), ("status", "ended")],
            1.0,
        ),
        (
            "exeunt_logout_layers_total",
            &[("layer", "provider_session"), ("status", "unconfirmed")],
            1.0,
        ),
        ("exeunt_outbox_attempts_total", &[("outcome", "revoked")], 1.0),
        (
            "exeunt_provider_request_duration_seconds_count",
            &[("endpoint", "discovery")],
            1.0,
        ),
        (
            "exeunt_provider_request_duration_seconds_count",
            &[("endpoint", "token")],
            2.0,
        ),
        (
            "exeunt_provider_request_duration_seconds_count",
            &[("endpoint", "refresh")],
            1.0,
        ),
        (
            "exeunt_provider_request_duration_seconds_count",
            &[("endpoint", "revocation")],
            2.0,
        ),
        (
            "exeunt_store_operation_duration_seconds_count",
            &[("operation", "begin"), ("outcome", "ok")],
            2.0,
        ),
        (
            "exeunt_http_request_duration_seconds_count",
            &[
                ("route", "/auth/backchannel-logout"),
                ("method", "POST"),
                ("status", "4xx"),
            ],
            1.0,
        ),
        (
            "exeunt_http_request_duration_seconds_count",
            &[("route", "unmatched"), ("method", "GET"), ("status", "4xx")],
            1.0,
        ),
    ] {
        assert_eq!(count(name, labels), expected, "{name} {labels:?} in {text}");
    }
    // The one that the back channel ended waits for the worker, which does not run here.
    assert_eq!(count("exeunt_outbox_entries", &[]), 1.0);
    assert!((0.0..60.0).contains(&count("exeunt_outbox_oldest_age_seconds", &[])));
}

#[tokio::test]
async fn the_listener_serves_metrics_and_nothing_else() {
    let (_recorder, exporter) = recorder();
    let (site, _) = site().await;
    let router = metrics::routes(Some(&site.exeunt), exporter);
    let text = scrape(&router).await;
    assert!(text.contains("exeunt_build_info{version="), "{text}");
    for (method, path, expected) in [
        (Method::GET, "/", 404),
        (Method::GET, "/metrics/", 404),
        (Method::GET, "/healthz", 404),
        (Method::GET, "/api/session", 404),
        (Method::POST, "/metrics", 405),
        (Method::DELETE, "/metrics", 405),
    ] {
        let (status, headers, _) = ask(&router, method.clone(), path).await;
        assert_eq!(status.as_u16(), expected, "{method} {path}");
        assert!(!headers.contains_key(header::SET_COOKIE));
    }
    let (status, ..) = ask(&site.router, Method::GET, "/metrics").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the app does not tell them");
}

#[tokio::test]
async fn streams_of_events_are_counted_while_they_are_open() {
    let (recorder, exporter) = recorder();
    let _recording = ::metrics::set_default_local_recorder(&recorder);
    let (site, _) = site().await;
    let browser = site.signed_in().await;
    let cookies: Vec<_> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = Request::get("/auth/events").header(header::COOKIE, cookies.join("; "));
    let request = request.body(Body::empty()).unwrap();
    let stream = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(value(&exporter.render(), "exeunt_event_streams", &[]), Some(1.0));
    drop(stream);
    assert_eq!(value(&exporter.render(), "exeunt_event_streams", &[]), Some(0.0));
}

#[tokio::test]
async fn a_provider_that_fails_is_seen_by_endpoint_and_kind() {
    let (recorder, exporter) = recorder();
    let _recording = ::metrics::set_default_local_recorder(&recorder);
    let (site, _) = site().await;
    let script = site.provider.script();
    script.answer_next(Endpoint::Discovery, Scripted::status(503));
    assert_eq!(
        site.browser().open("/auth/login").await.status,
        StatusCode::BAD_GATEWAY
    );
    let text = exporter.render();
    let fault = [("endpoint", "discovery"), ("kind", "server_error")];
    assert_eq!(
        value(&text, "exeunt_provider_faults_total", &fault),
        Some(1.0),
        "{text}"
    );
    assert_eq!(
        value(&text, "exeunt_login_attempts_total", &[("outcome", "failed")]),
        Some(1.0)
    );
}

/// How often the store was counted.
fn counted(exporter: &Exporter, outcome: &str) -> f64 {
    let labels = [("operation", "census"), ("outcome", outcome)];
    let name = "exeunt_store_operation_duration_seconds_count";
    value(&exporter.render(), name, &labels).unwrap_or(0.0)
}

const GAUGES: [&str; 3] = [
    "exeunt_sessions",
    "exeunt_outbox_entries",
    "exeunt_outbox_oldest_age_seconds",
];

#[tokio::test]
async fn the_store_is_counted_at_most_every_ten_seconds_and_never_told_from_memory() {
    let (recorder, exporter) = recorder();
    let _recording = ::metrics::set_default_local_recorder(&recorder);
    let (site, store) = site().await;
    site.signed_in().await;
    tokio::time::pause();
    let router = metrics::routes(Some(&site.exeunt), exporter.clone());
    let tells = |text: &str| GAUGES.map(|name| value(text, name, &[]).is_some());
    for _ in 0..3 {
        let text = scrape(&router).await;
        assert_eq!(value(&text, "exeunt_sessions", &[]), Some(1.0));
        assert_eq!(tells(&text), [true; 3]);
    }
    assert_eq!(counted(&exporter, "ok"), 1.0);

    store.fail(&[Call::Any]);
    tokio::time::advance(ASKED_AT_MOST_EVERY).await;
    for _ in 0..3 {
        let text = scrape(&router).await;
        assert_eq!(tells(&text), [false; 3], "{text}");
        assert!(value(&text, "exeunt_sessions_begun_total", &[]).is_some());
    }
    assert_eq!(
        counted(&exporter, "failed"),
        1.0,
        "one that is down is left alone too"
    );

    store.mend();
    tokio::time::advance(ASKED_AT_MOST_EVERY).await;
    assert_eq!(tells(&scrape(&router).await), [true; 3]);
    assert_eq!(counted(&exporter, "ok"), 2.0);
}

#[tokio::test]
async fn a_store_that_hangs_holds_no_scrape_for_longer_than_a_second() {
    let (_recorder, exporter) = recorder();
    let (site, store) = site().await;
    tokio::time::pause();
    let gate = store.hold(Hold::Census);
    let router = metrics::routes(Some(&site.exeunt), exporter);
    let began = tokio::time::Instant::now();
    let text = scrape(&router).await;
    assert!(began.elapsed() < metrics::PATIENCE + Duration::from_millis(100));
    assert_eq!(value(&text, "exeunt_sessions", &[]), None, "{text}");
    gate.go_on.notify_one();
}
