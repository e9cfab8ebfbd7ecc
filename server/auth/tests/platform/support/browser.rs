//! A browser behind the gateway: it keeps cookies and follows no redirect by itself; the gateway adds what it knows.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    pub(crate) fn set_cookies(&self) -> Vec<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        cookies.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// What became of a layer, by its name.
    pub(crate) fn layer(&self, name: &str) -> Option<String> {
        let answer = self.json();
        let receipt = answer.get("receipt").unwrap_or(&answer);
        let layers = receipt["layers"].as_array().unwrap().clone();
        let line = layers.into_iter().find(|line| line["layer"] == name)?;
        Some(line["status"].as_str().unwrap().to_owned())
    }
}

#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) router: Router,
    /// Where the connection comes from.
    pub(crate) peer: IpAddr,
    /// What the gateway adds.
    pub(crate) gateway: HeaderMap,
    pub(crate) cookies: BTreeMap<String, String>,
    /// A cookie of another path, which a sibling on this origin has set: sent before ours, or behind.
    pub(crate) planted: Option<(Sent, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Before,
    Behind,
}

/// What the reference front end sends: a fetch with JSON, from a page of the same origin.
pub(crate) const FETCH: [(&str, &str); 4] = [
    ("accept", "*/*"),
    ("content-type", "application/json"),
    ("origin", "https://k.example"),
    ("sec-fetch-site", "same-origin"),
];

/// What a browser says of a press on a link of ours.
pub(crate) const PRESS: [(&str, &str); 5] = [
    ("accept", "text/html"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-user", "?1"),
];

impl Browser {
    pub(crate) fn new(router: Router, peer: &str) -> Self {
        Self {
            router,
            peer: peer.parse().unwrap(),
            gateway: HeaderMap::new(),
            cookies: BTreeMap::new(),
            planted: None,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "*/*")], "").await
    }

    /// A document.
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "text/html")], "").await
    }

    /// A press on a link of this app.
    pub(crate) async fn press(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &PRESS, "").await
    }

    /// With another value of a cookie, or one more.
    pub(crate) fn with_cookie(&self, name: &str, value: &str) -> Self {
        let mut browser = self.clone();
        browser.cookies.insert(name.to_owned(), value.to_owned());
        browser
    }

    /// The sign-out, as the reference front end sends it.
    pub(crate) async fn log_out(&mut self, body: &str) -> Answer {
        self.send(Method::POST, "/api/auth/logout", &FETCH, body).await
    }

    /// The sign-out by a form, without scripts.
    pub(crate) async fn log_out_by_form(&mut self) -> Answer {
        let headers = [
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "https://k.example"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, "/api/auth/logout", &headers, "scope=browser")
            .await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if let Some((sent, planted)) = &self.planted {
            let at = if *sent == Sent::Before { 0 } else { pairs.len() };
            pairs.insert(at, planted.clone());
        }
        if !pairs.is_empty() {
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        for (name, value) in &self.gateway {
            request.headers_mut().append(name, value.clone());
        }
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((self.peer, 4711))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let value = value.to_str().unwrap();
            let (name, rest) = value.split_once('=').unwrap();
            if value.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                let kept = rest.split(';').next().unwrap();
                self.cookies.insert(name.to_owned(), kept.to_owned());
            }
        }
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
