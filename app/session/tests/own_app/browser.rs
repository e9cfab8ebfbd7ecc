//! A browser that follows links, sends forms and keeps cookies, and runs no scripts.

use std::collections::BTreeMap;

use openidconnect::reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};

use crate::{PUBLIC_URL, process::OwnApp};

/// A browser without scripts, which knows the app by its public address.
pub(crate) struct Browser<'a> {
    app: &'a OwnApp,
    client: Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) policy: String,
    pub(crate) text: String,
}

impl Page {
    async fn of(response: Response) -> Self {
        let header = |name| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        Self {
            status: response.status(),
            location: header(LOCATION),
            policy: header(CONTENT_SECURITY_POLICY),
            text: response.text().await.unwrap(),
        }
    }

    /// The value of the first attribute of this name behind the first occurrence of a text.
    pub(crate) fn attribute(&self, behind: &str, name: &str) -> String {
        let rest = self
            .text
            .split_once(behind)
            .unwrap_or_else(|| panic!("no {behind}: {}", self.text))
            .1;
        let value = rest.split_once(&format!(" {name}=\"")).unwrap().1;
        value.split_once('"').unwrap().0.replace("&amp;", "&")
    }
}

impl<'a> Browser<'a> {
    pub(crate) fn new(app: &'a OwnApp) -> Self {
        Self {
            app,
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Follows a link or a redirection.
    pub(crate) async fn open(&mut self, address: &str) -> Page {
        self.send(Method::GET, address, None).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, address: &str, form: &str) -> Page {
        self.send(Method::POST, address, Some(form)).await
    }

    async fn send(&mut self, method: Method, address: &str, form: Option<&str>) -> Page {
        let url = Url::parse(PUBLIC_URL).unwrap().join(address).unwrap();
        let path = url.as_str().strip_prefix(PUBLIC_URL);
        let is_ours = path.is_some();
        let target = path.map_or_else(|| url.to_string(), |path| format!("{}{path}", self.app.origin));
        let mut request = self
            .client
            .request(method, target)
            .header(ACCEPT, "text/html")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        if is_ours {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request
                .header("sec-fetch-site", "same-origin")
                .header(COOKIE, cookies.collect::<Vec<_>>().join("; "));
        }
        if let Some(form) = form {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.to_owned());
        }
        let response = request.send().await.unwrap();
        if is_ours {
            self.keep_cookies(&response);
        }
        Page::of(response).await
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
