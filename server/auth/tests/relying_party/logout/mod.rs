//! Signing out.

use serde_json::Value;

use super::support::{self, Answer, App, Browser};

mod body;
mod csrf;
mod destinations;
mod disconnect;
mod doubled;
mod end_session_endpoint;
mod happy;
mod hygiene;
mod leaving;
mod logs;
mod next_login;
mod plan;
mod probe;
mod provider_down;
mod provider_silent;
mod remnant;
mod returning;
mod scopes;
mod store_down;
mod stores_part_down;
mod upstream;

/// What became of a layer by the receipt; `None` if it has no line.
fn status(receipt: &Value, layer: &str) -> Option<String> {
    let lines: Vec<&Value> = receipt["layers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["layer"] == layer)
        .collect();
    assert!(lines.len() <= 1, "{layer} stands twice in {receipt}");
    lines
        .first()
        .map(|line| line["status"].as_str().unwrap().to_owned())
}

/// The words that a receipt has for a layer.
fn detail(receipt: &Value, layer: &str) -> String {
    receipt["layers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["layer"] == layer)
        .and_then(|line| line["detail"].as_str())
        .unwrap_or_default()
        .to_owned()
}

/// Signs out with this scope, as a script of the page does.
async fn sign_out(browser: &mut Browser, scope: &str) -> Answer {
    browser
        .post_json("/api/auth/logout", &format!(r#"{{"scope":"{scope}"}}"#))
        .await
}

/// The receipt that this browser may read.
async fn receipt(browser: &mut Browser) -> Value {
    let answer = browser.fetch("/api/auth/receipt").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// How many sessions of this person are alive.
async fn living(app: &App, sub: &str) -> usize {
    let iss = app.provider.issuer();
    app.store.list(&iss, sub, app.now()).await.unwrap().len()
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> Option<String> {
    url::Url::parse(address)
        .unwrap()
        .query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// The provider's address that the answer to a sign-out names.
fn provider_url(answer: &Answer) -> String {
    answer.json()["front_channel_logout_url"]
        .as_str()
        .unwrap()
        .to_owned()
}
