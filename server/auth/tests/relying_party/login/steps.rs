//! Steps that several of these tests take.

use exeunt_dev_provider::script::Object;
use http::Method;
use serde_json::Value;

use super::support::{Answer, App, Browser};

/// Titles of the pages, without the marks that HTML escapes.
pub(crate) const OVER: &str = "This sign-in is over";
pub(crate) const IMPROPER: &str = "That was not a proper answer";
pub(crate) const UNREACHABLE: &str = "The provider cannot be reached";
pub(crate) const UNTRUSTED: &str = "answer cannot be trusted";
pub(crate) const CLOCKS: &str = "The clocks do not agree";

/// A parameter of an address.
pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
    url::Url::parse(address)
        .unwrap()
        .query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// A callback's path and query with one parameter changed; `None` removes it.
pub(crate) fn with(callback: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = callback.split_once('?').unwrap();
    let mut changed = url::form_urlencoded::Serializer::new(String::new());
    for (known, old) in url::form_urlencoded::parse(query.as_bytes()) {
        if known != name {
            changed.append_pair(&known, &old);
        }
    }
    if let Some(value) = value {
        changed.append_pair(name, value);
    }
    format!("{path}?{}", changed.finish())
}

/// A parameter of a callback's path and query.
pub(crate) fn callback_parameter(callback: &str, name: &str) -> String {
    parameter(&format!("http://localhost{callback}"), name).unwrap()
}

/// Nobody holds a session: neither the browser nor the store knows one.
pub(crate) async fn assert_nobody_signed_in(app: &App, browser: &Browser) {
    assert_eq!(browser.session_cookie(), None);
    for sub in ["ada", "grace"] {
        assert_eq!(sessions_of(app, sub).await, 0, "{sub}");
    }
}

/// How many living sessions the store knows of this person.
pub(crate) async fn sessions_of(app: &App, sub: &str) -> usize {
    let issuer = app.provider.issuer();
    app.store.list(&issuer, sub, app.now()).await.unwrap().len()
}

/// A page that says this, is kept by no cache, and offers to sign in again.
pub(crate) fn assert_page(answer: &Answer, status: u16, title: &str) {
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    assert!(
        text.contains(title),
        "{title:?} is not what the page says: {text}"
    );
    assert!(text.contains("/auth/login"), "no way on: {text}");
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
}

/// A sign-in that fails with this page, and leaves nobody signed in.
pub(crate) async fn assert_fails(app: &App, status: u16, title: &str) -> Answer {
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login").await;
    assert_page(&answer, status, title);
    assert_nobody_signed_in(app, &browser).await;
    answer
}

/// A sign-in that works.
pub(crate) async fn assert_works(app: &App) -> Browser {
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    browser
}

/// Sets one member.
pub(crate) fn set(name: &'static str, value: impl Into<Value>) -> impl Fn(&mut Object) + Send + Sync {
    let value = value.into();
    move |object: &mut Object| {
        object.insert(name.to_owned(), value.clone());
    }
}

/// Removes one member.
pub(crate) fn remove(name: &'static str) -> impl Fn(&mut Object) + Send + Sync {
    move |object: &mut Object| {
        object.remove(name);
    }
}

/// Opens a page with these headers beside the usual ones.
pub(crate) async fn open_with(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    let usual = [("accept", "text/html"), ("sec-fetch-mode", "navigate")];
    let all: Vec<_> = usual.iter().chain(headers).copied().collect();
    browser
        .send(Method::GET, path, &all, axum::body::Body::empty())
        .await
}
