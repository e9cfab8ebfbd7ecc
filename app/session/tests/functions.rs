//! The server functions over HTTP: what they read, what they answer, and where they send a form post.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Request, Response, header, request::Parts},
    routing::any,
};
use exeunt_leptos::{
    Base, CurrentSession, LoggedOut, Logout, SessionError, Sessions,
    backend::{Answer, LogoutDone, LogoutRequest, SessionBackend, provide_backend},
    wire::{LoggedOutView, LogoutResponse, Receipt, Scope, SessionList, SessionView},
};
use leptos::{prelude::provide_context, server_fn::ServerFn};
use leptos_axum::handle_server_fns_with_context;
use tower::ServiceExt;

/// Remembers what it was asked; answers, or fails.
#[derive(Default)]
struct Backend {
    asked: Mutex<Vec<LogoutRequest>>,
    down: bool,
}

impl SessionBackend for Backend {
    fn current(&self, _: Parts) -> Answer<Option<SessionView>> {
        let answer = if self.down {
            Err(SessionError::Unavailable)
        } else {
            Ok(None)
        };
        Box::pin(async { answer })
    }

    fn sessions(&self, _: Parts) -> Answer<Option<SessionList>> {
        let answer = if self.down {
            Err(SessionError::Unavailable)
        } else {
            Ok(None)
        };
        Box::pin(async { answer })
    }

    fn logout(&self, _: Parts, request: LogoutRequest) -> Answer<LogoutDone> {
        self.asked.lock().unwrap().push(request);
        let mut headers = HeaderMap::new();
        headers.append(
            header::SET_COOKIE,
            HeaderValue::from_static("session=; Max-Age=0"),
        );
        headers.append(header::SET_COOKIE, HeaderValue::from_static("pending=key"));
        let response = LogoutResponse {
            success: true,
            message: "done".into(),
            redirect_url: None,
            front_channel_logout_url: None,
            receipt: Receipt {
                ended_at: 1,
                layers: Vec::new(),
            },
        };
        let form_location = "/some/app/auth/logout/continue".into();
        let answer = if self.down {
            Err(SessionError::Unavailable)
        } else {
            Ok(LogoutDone {
                response,
                headers,
                form_location,
            })
        };
        Box::pin(async { answer })
    }

    fn logged_out(&self, _: Parts) -> Answer<LoggedOutView> {
        Box::pin(async { Err(SessionError::Unavailable) })
    }
}

async fn ask(backend: &Arc<Backend>, request: Request<Body>) -> (Response<()>, String) {
    let backend = Arc::clone(backend);
    let context = move || {
        provide_context(Base::new("/some/app"));
        provide_backend(backend.clone());
    };
    let handler = any(move |request| handle_server_fns_with_context(context.clone(), request));
    let app = Router::new().route("/api/{*function}", handler);
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (
        Response::from_parts(parts, ()),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

const SCRIPT: &str = "application/json";
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

fn post(accept: &str, body: &'static str) -> Request<Body> {
    Request::post(Logout::PATH)
        .header(header::ACCEPT, accept)
        .header(header::REFERER, "https://app.example/some/page?secret=1")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::ACCEPT, SCRIPT)
        .body(Body::empty())
        .unwrap()
}

fn location(response: &Response<()>) -> Option<&str> {
    response
        .headers()
        .get(header::LOCATION)
        .map(|value| value.to_str().unwrap())
}

fn up() -> Arc<Backend> {
    Arc::default()
}

fn down() -> Arc<Backend> {
    Arc::new(Backend {
        down: true,
        ..Backend::default()
    })
}

#[test]
fn the_functions_stand_where_the_contract_says() {
    assert_eq!(Logout::PATH, "/api/auth/logout");
    assert_eq!(CurrentSession::PATH, "/api/auth/current-session");
    assert_eq!(Sessions::PATH, "/api/auth/session-list");
    assert_eq!(LoggedOut::PATH, "/api/auth/logged-out");
}

#[tokio::test]
async fn a_script_gets_json_and_every_cookie() {
    let (response, body) = ask(&up(), post(SCRIPT, "scope=everywhere")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(location(&response), None);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(response.headers().get_all(header::SET_COOKIE).iter().count(), 2);
    assert!(serde_json::from_str::<LogoutResponse>(&body).unwrap().success);
}

#[tokio::test]
async fn what_is_asked_for_reaches_the_backend() {
    let wishes = [
        ("", Scope::Browser, None),
        ("scope=app", Scope::App, None),
        (
            "scope=everywhere&post_logout_redirect_uri=https%3A%2F%2Fa.example%2Fb",
            Scope::Everywhere,
            Some("https://a.example/b"),
        ),
    ];
    for (body, scope, uri) in wishes {
        let backend = up();
        let (response, _) = ask(&backend, post(SCRIPT, body)).await;
        assert_eq!(response.status(), 200, "{body}");
        let wish = LogoutRequest {
            scope,
            post_logout_redirect_uri: uri.map(Into::into),
        };
        assert_eq!(*backend.asked.lock().unwrap(), [wish], "{body}");
    }
}

#[tokio::test]
async fn i7_i20_a_form_post_is_sent_to_a_page_of_ours_and_never_to_the_referer() {
    let (response, _) = ask(&up(), post(BROWSER, "scope=browser")).await;
    assert_eq!(response.status(), 303);
    assert_eq!(location(&response), Some("/some/app/auth/logout/continue"));
    assert_eq!(response.headers().get_all(header::SET_COOKIE).iter().count(), 2);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn i7_i20_a_form_post_is_sent_to_a_page_of_ours_on_faults_too() {
    for (backend, body) in [
        (down(), "scope=browser"),
        (up(), "scope=nonsense"),
        (up(), "scope=app&scope=app"),
    ] {
        let (response, _) = ask(&backend, post(BROWSER, body)).await;
        assert_eq!(response.status(), 303, "{body}");
        assert_eq!(location(&response), Some("/some/app/logged-out"), "{body}");
        assert_eq!(
            response.headers().get_all(header::LOCATION).iter().count(),
            1,
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_unknown_scope_ends_nothing() {
    let backend = up();
    let (response, _) = ask(&backend, post(SCRIPT, "scope=nonsense")).await;
    assert_eq!(response.status(), 400);
    assert!(backend.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_fault_has_an_apt_status_and_says_no_more_than_its_kind() {
    for request in [
        post(SCRIPT, ""),
        get(CurrentSession::PATH),
        get(Sessions::PATH),
        get(LoggedOut::PATH),
    ] {
        let (response, body) = ask(&down(), request).await;
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(
            serde_json::from_str::<SessionError>(&body).unwrap(),
            SessionError::Unavailable
        );
    }
}

#[tokio::test]
async fn without_a_session_the_answer_is_nothing_and_no_fault() {
    for path in [CurrentSession::PATH, Sessions::PATH] {
        let (response, body) = ask(&up(), get(path)).await;
        assert_eq!(
            (response.status().as_u16(), body.as_str()),
            (200, "null"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn i5_a_get_does_not_sign_out() {
    let backend = up();
    let (response, _) = ask(&backend, get(Logout::PATH)).await;
    assert!(!response.status().is_success());
    assert!(backend.asked.lock().unwrap().is_empty());
}
