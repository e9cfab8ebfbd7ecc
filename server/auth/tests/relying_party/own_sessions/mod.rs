//! A person's own sessions: the list of them, and their ends from another session.

use serde_json::Value;

use super::support::{self, Answer, App, Browser};

mod ending;
mod faults;
mod list;
mod marks;

const LIST: &str = "/api/auth/sessions";
const END: &str = "/api/auth/sessions/end";

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

/// A browser of this kind in which `sub` has signed in.
async fn signed_in_with(app: &App, sub: &str, agent: &'static str) -> Browser {
    let mut browser = app.browser();
    browser.agent = Some(agent);
    app.script().auto_login(sub);
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    browser
}

/// What the list says.
async fn list(browser: &mut Browser) -> Value {
    let answer = browser.fetch(LIST).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The public id of the session of this browser.
async fn id_of(browser: &mut Browser) -> String {
    let list = list(browser).await;
    let sessions = list["sessions"].as_array().unwrap();
    let current: Vec<_> = sessions.iter().filter(|entry| entry["current"] == true).collect();
    assert_eq!(current.len(), 1, "{list}");
    current[0]["id"].as_str().unwrap().to_owned()
}

async fn delete(browser: &mut Browser, id: &str) -> Answer {
    let headers = [("accept", "application/json"), ("sec-fetch-site", "same-origin")];
    let path = format!("{LIST}/{id}");
    let body = axum::body::Body::empty();
    browser.send(http::Method::DELETE, &path, &headers, body).await
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.clone().fetch("/api/session").await.status == 200
}
