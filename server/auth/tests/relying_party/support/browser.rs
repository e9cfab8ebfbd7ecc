//! A browser: it keeps cookies, follows no redirect by itself, and sends what browsers send.

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use openidconnect::reqwest;
use tower::ServiceExt as _;
use url::Url;

use super::Tab;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn location(&self) -> String {
        self.header("location")
            .unwrap_or_else(|| panic!("{} without Location: {}", self.status, self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    /// All `Set-Cookie` values.
    pub(crate) fn set_cookies(&self) -> Vec<String> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }
}

/// A browser with a cookie jar for the app and one for the provider.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    origin: String,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) provider_cookies: BTreeMap<String, String>,
    /// What it says of itself.
    pub(crate) agent: Option<&'static str>,
}

impl Browser {
    pub(crate) fn new(router: Router, origin: String) -> Self {
        Self {
            router,
            origin,
            cookies: BTreeMap::new(),
            provider_cookies: BTreeMap::new(),
            agent: None,
        }
    }

    /// The same browser at another instance of the app.
    pub(crate) fn at(&self, router: Router) -> Self {
        Self {
            router,
            ..self.clone()
        }
    }

    /// The value of the app's session cookie.
    pub(crate) fn session_cookie(&self) -> Option<(String, String)> {
        let is_session = |name: &str| {
            name.ends_with("exeunt")
                || name.rsplit_once("exeunt-").is_some_and(|(_, rest)| {
                    rest.len() == 8 && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
                })
        };
        self.cookies
            .iter()
            .find(|(name, _)| is_session(name))
            .map(|(name, value)| (name.clone(), value.clone()))
    }

    /// What it sends along, for who asks the crate itself.
    pub(crate) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, join(&self.cookies))])
    }

    /// Opens a page, as a person does.
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let headers = [
            ("accept", "text/html"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("sec-fetch-site", "none"),
        ];
        self.send(Method::GET, path, &headers, Body::empty()).await
    }

    /// Fetches data, as a script of the page does.
    pub(crate) async fn fetch(&mut self, path: &str) -> Answer {
        let headers = [
            ("accept", "application/json"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::GET, path, &headers, Body::empty()).await
    }

    /// Listens to the events, as a script of the page does.
    pub(crate) async fn listen(&self) -> Tab {
        let request = Request::get("/auth/events")
            .header(header::COOKIE, join(&self.cookies))
            .header(header::ACCEPT, "text/event-stream")
            .header("sec-fetch-mode", "cors")
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        Tab::new(self.router.clone().oneshot(request).await.unwrap())
    }

    /// Posts, as a script of the page does.
    pub(crate) async fn post_json(&mut self, path: &str, body: &str) -> Answer {
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Body::from(body.to_owned()))
            .await
    }

    /// Submits a form of the page, without scripts.
    pub(crate) async fn submit(&mut self, path: &str, form: &str) -> Answer {
        let headers = [
            ("accept", "text/html,application/xhtml+xml"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "navigate"),
            ("referer", "http://localhost:3000/somewhere"),
        ];
        self.send(Method::POST, path, &headers, Body::from(form.to_owned()))
            .await
    }

    /// Any request, with the app's cookies. What the answer sets is kept.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, join(&self.cookies));
        }
        if let Some(agent) = self.agent {
            request = request.header(header::USER_AGENT, agent);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = answer_of(&self.router, request.body(body).unwrap()).await;
        keep(&mut self.cookies, &answer.headers);
        answer
    }

    /// Goes through a whole sign-in that begins at `path`, and returns the callback's answer.
    pub(crate) async fn sign_in(&mut self, path: &str) -> Answer {
        let callback = self.sign_in_until_callback(path).await;
        self.open(&callback).await
    }

    /// Goes through a sign-in up to the callback, whose path and query it returns without asking for it.
    pub(crate) async fn sign_in_until_callback(&mut self, path: &str) -> String {
        let start = self.open(path).await;
        assert_eq!(start.status, StatusCode::SEE_OTHER, "{}", start.text());
        let answer = self.visit_provider(&start.location()).await;
        self.path_here(&answer.location())
    }

    /// An address of the app as path and query.
    pub(crate) fn path_here(&self, address: &str) -> String {
        address
            .strip_prefix(&self.origin)
            .unwrap_or_else(|| panic!("{address} is not at {}", self.origin))
            .to_owned()
    }

    /// Opens an address of the provider, with its cookies.
    pub(crate) async fn visit_provider(&mut self, address: &str) -> Answer {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut request = client.get(Url::parse(address).unwrap());
        if !self.provider_cookies.is_empty() {
            request = request.header(header::COOKIE, join(&self.provider_cookies));
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.unwrap().to_vec();
        keep(&mut self.provider_cookies, &headers);
        Answer {
            status,
            headers,
            body,
        }
    }
}

/// Asks the app once, without any browser.
pub(crate) async fn answer_of(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

fn join(cookies: &BTreeMap<String, String>) -> HeaderValue {
    let pairs: Vec<_> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ").parse().unwrap()
}

fn keep(jar: &mut BTreeMap<String, String>, headers: &HeaderMap) {
    for value in headers.get_all(header::SET_COOKIE) {
        let cookie = cookie::Cookie::parse(value.to_str().unwrap().to_owned()).unwrap();
        if cookie.max_age().is_some_and(cookie::time::Duration::is_zero) {
            jar.remove(cookie.name());
        } else {
            jar.insert(cookie.name().to_owned(), cookie.value().to_owned());
        }
    }
}
