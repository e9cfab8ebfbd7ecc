//! Steps that several of these tests take.

use axum::{Router, body::Body};
use exeunt::{session::SessionToken, store::SessionHead};
use http::{Method, Request};

use super::{
    keys,
    support::{Answer, App, Browser, answer_of},
    token::Desk,
};

pub(super) const PATH: &str = "/auth/backchannel-logout";
const FORM: &str = "application/x-www-form-urlencoded";

impl Desk {
    /// The desk of an app's provider, now, with the session of this browser.
    pub(super) async fn of(app: &App, browser: &Browser) -> Self {
        Self::new(&app.provider.issuer(), app.now(), &sid_of(app, browser).await)
    }

    /// The desk of an app's provider, now, with a session that nobody has.
    pub(super) fn about_nobody(app: &App) -> Self {
        Self::new(&app.provider.issuer(), app.now(), "nobody's")
    }
}

/// An app whose provider publishes the tests' keys beside its own.
pub(super) async fn start() -> App {
    let app = App::start().await;
    publish(&app);
    app
}

/// Lets the provider publish the tests' keys beside its own.
pub(super) fn publish(app: &App) {
    app.script().change_jwks(|set| {
        set["keys"].as_array_mut().unwrap().extend(keys::published());
    });
}

/// The form that a provider posts, with a parameter that nobody knows, as the conformance suite has it.
pub(super) fn form(raw: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", raw)
        .append_pair("ignored_parameter", "ignored")
        .finish()
}

/// Sends a token as providers do: no cookie, no `Origin`.
pub(super) async fn send(app: &App, raw: &str) -> Answer {
    send_to(&app.router(), raw).await
}

pub(super) async fn send_to(router: &Router, raw: &str) -> Answer {
    post(router, PATH, &[("content-type", FORM)], Body::from(form(raw))).await
}

/// Any POST. Whatever the answer is, no cache may keep it.
pub(super) async fn post(router: &Router, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
    request(router, Method::POST, path, headers, body).await
}

pub(super) async fn request(
    router: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = answer_of(router, request.body(body).unwrap()).await;
    assert_eq!(
        answer.header("cache-control").as_deref(),
        Some("no-store"),
        "a2_32: {}",
        answer.status
    );
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    answer
}

/// 200, and nothing else.
pub(super) async fn assert_accepted(app: &App, raw: &str) {
    let answer = send(app, raw).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert_eq!(answer.text(), "");
}

/// 400, and a word of why.
pub(super) async fn assert_refused(app: &App, raw: &str) {
    let answer = send(app, raw).await;
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.text());
    assert_eq!(answer.json()["error"], "invalid_request");
}

/// 400, and that it may be tried again.
pub(super) async fn assert_failed(app: &App, raw: &str) {
    let answer = send(app, raw).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &"logout_failed".into())
    );
}

/// The living session of this browser, as the store has it.
pub(super) async fn session_of(app: &App, browser: &Browser) -> SessionHead {
    let (_, value) = browser.session_cookie().unwrap();
    let key = SessionToken::parse(&value).unwrap().key();
    app.store.load(&key, app.now()).await.unwrap().unwrap()
}

/// The provider's session id of this browser's session.
pub(super) async fn sid_of(app: &App, browser: &Browser) -> String {
    session_of(app, browser).await.sid.unwrap()
}

/// Whether the session of this browser is alive, by its cookie as it is now and by the store's index.
pub(super) async fn is_alive(app: &App, browser: &Browser) -> bool {
    let (_, value) = browser.session_cookie().unwrap();
    let key = SessionToken::parse(&value).unwrap().key();
    let by_cookie = browser.clone().fetch("/api/session").await.status == 200;
    let by_store = app.store.load(&key, app.now()).await.unwrap().is_some();
    assert_eq!(by_cookie, by_store, "cookie and store agree");
    by_store
}
