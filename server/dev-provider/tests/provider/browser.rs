//! A browser, as far as the provider can tell: one cookie, one host, no connection.

use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

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

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        Url::parse("http://127.0.0.1:3010")
            .unwrap()
            .join(self.header(LOCATION.as_str()))
            .unwrap()
    }

    /// A parameter of the address the browser is sent to.
    pub(crate) fn returned(&self, name: &str) -> Option<String> {
        self.location()
            .query_pairs()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    pub(crate) fn is_page_without_redirect(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert!(self.headers.get(LOCATION).is_none(), "it redirects");
        assert!(
            self.header("content-type").starts_with("text/html"),
            "{}",
            self.header("content-type")
        );
    }

    /// The hidden `request` of the form on the page.
    pub(crate) fn form_request(&self) -> String {
        let (_, after) = self.body.split_once("name=\"request\" value=\"").expect("a form");
        after.split_once('"').unwrap().0.to_owned()
    }
}

#[derive(Debug)]
pub(crate) struct Browser {
    router: Router,
    cookie: Mutex<Option<String>>,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookie: Mutex::default(),
        }
    }

    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answered {
        let query = encode(query);
        let request = Request::get(format!("{path}?{query}")).header(HOST, "127.0.0.1:3010");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Posts a form of the page the browser is on.
    pub(crate) async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        self.post(path, form, &[("sec-fetch-site", "same-origin")]).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, "127.0.0.1:3010")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(encode(form))).unwrap()).await
    }

    pub(crate) async fn send(&self, mut request: Request) -> Answered {
        if let Some(cookie) = self.cookie() {
            let pair = format!("{}={cookie}", exeunt_dev_provider::SSO_COOKIE);
            request.headers_mut().insert(COOKIE, pair.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep_cookie(&parts.headers);
        let body = to_bytes(body, 1024 * 1024).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    fn keep_cookie(&self, headers: &HeaderMap) {
        let Some(line) = headers.get(SET_COOKIE) else {
            return;
        };
        let line = line.to_str().unwrap();
        assert!(line.contains("; HttpOnly; SameSite=Lax"), "{line}");
        let value = line
            .split(';')
            .next()
            .unwrap()
            .split_once('=')
            .unwrap()
            .1
            .to_owned();
        *self.cookie.lock().unwrap() = Some(value).filter(|value| !value.is_empty());
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
