//! A browser, as far as the platform can tell: a jar of cookies with their paths, one host, no connection.

use std::sync::Mutex;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use exeunt_dev_provider::platform::PlatformStandIn;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

/// Where browsers reach the platform.
pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// Where it redirects to, made absolute.
    pub(crate) fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        let location = self.headers.get(LOCATION).unwrap().to_str().unwrap();
        Url::parse(ORIGIN).unwrap().join(location).unwrap().into()
    }

    /// The hidden `request` of the form on the page.
    pub(crate) fn form_request(&self) -> String {
        let (_, after) = self.body.split_once("name=\"request\" value=\"").expect("a form");
        after.split_once('"').unwrap().0.to_owned()
    }

    pub(crate) fn asks_who_one_is(&self) -> bool {
        self.status == StatusCode::OK && self.body.contains("Who do you want to be")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

#[derive(Debug)]
pub(crate) struct Browser {
    router: Router,
    cookies: Mutex<Vec<Cookie>>,
}

impl Browser {
    pub(crate) fn new(stand_in: &PlatformStandIn) -> Self {
        Self {
            router: stand_in.router(),
            cookies: Mutex::default(),
        }
    }

    /// The value of a cookie, wherever it is shown.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        let found = cookies.iter().find(|cookie| cookie.name == name);
        found.map(|cookie| cookie.value.clone())
    }

    /// A navigation.
    pub(crate) async fn get(&self, address: &str) -> Answered {
        let request = Request::get(path_of(address))
            .header(HOST, "localhost:3000")
            .header("sec-fetch-mode", "navigate");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Posts a form of the page the browser is on.
    pub(crate) async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, "localhost:3000")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Asks to sign in, answers the question, and is back where it was going.
    pub(crate) async fn sign_in(&self, sub: &str, return_to: &str) -> Answered {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", return_to)
            .append_pair("state", "abc")
            .finish();
        let picker = self.get(&format!("/api/auth/login?{query}")).await;
        assert!(picker.asks_who_one_is(), "{picker:?}");
        let form = [("request", &*picker.form_request()), ("sub", sub)];
        self.submit("/api/auth/login/choice", &form).await
    }

    pub(crate) async fn send(&self, mut request: Request) -> Answered {
        let shown: Vec<String> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .filter(|cookie| request.uri().path().starts_with(&cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        if !shown.is_empty() {
            request
                .headers_mut()
                .insert(COOKIE, shown.join("; ").parse().unwrap());
        }
        let answer = send(&self.router, request).await;
        self.keep_cookies(&answer.headers);
        answer
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let mut attributes = line.split("; ");
            let (name, value) = attributes.next().unwrap().split_once('=').unwrap();
            let path = attributes
                .find_map(|one| one.strip_prefix("Path="))
                .unwrap_or("/");
            cookies.retain(|cookie| (cookie.name.as_str(), cookie.path.as_str()) != (name, path));
            if !value.is_empty() && !line.contains("Max-Age=0") {
                cookies.push(Cookie {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    path: path.to_owned(),
                });
            }
        }
    }
}

/// Sends a request as it is, without a jar.
pub(crate) async fn send(router: &Router, request: Request) -> Answered {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 8 * 1024 * 1024).await.unwrap();
    Answered {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// The path and query of an address on the platform's origin.
fn path_of(address: &str) -> &str {
    address.strip_prefix(ORIGIN).unwrap_or(address)
}
