//! The probe: whether the provider's session is really over, asked with `prompt=none`. Only `login_required` proves it, and
//! no code is ever redeemed.

use std::time::Duration;

use exeunt::logout::view::logged_out_view;
use http::{HeaderMap, header};

use super::{
    Answer, detail, living, parameter, provider_url, receipt, sign_out, status,
    support::{self, App, Browser, NamedStore, every_store},
};

mod foreign;
mod link;
mod login;
mod proof;

const MILLISECOND: Duration = Duration::from_millis(1);
const PROBE: &str = "/auth/logout/probe";

async fn probing(named: &NamedStore) -> App {
    App::builder()
        .store(named.store.clone())
        .settings(|settings| settings.logout.probe = true)
        .start()
        .await
}

/// One that probes, on a memory store.
async fn app() -> App {
    let [named, _] = every_store();
    probing(&named).await
}

/// A browser that signed out here and took this address of the provider along.
async fn left(app: &App) -> (Browser, String) {
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    (browser, url)
}

/// The same, sent back by the provider: with its session ended there, or as if it were.
async fn returned(app: &App, ended: bool) -> (Browser, Answer) {
    let (mut browser, url) = left(app).await;
    let state = parameter(&url, "state").unwrap();
    if ended {
        browser.visit_provider(&url).await;
    }
    let answer = browser.open(&format!("/logged-out?state={state}")).await;
    (browser, answer)
}

/// The path and query with which the provider answers the question at this address.
async fn answer_to(browser: &mut Browser, question: &Answer) -> String {
    let answer = browser.visit_provider(&question.location()).await;
    browser.path_here(&answer.location())
}

fn is_question(answer: &Answer) -> bool {
    answer.status == 303 && parameter_of(&answer.location(), "prompt").as_deref() == Some("none")
}

fn parameter_of(location: &str, name: &str) -> Option<String> {
    location
        .starts_with("http")
        .then(|| parameter(location, name))
        .flatten()
}

async fn can_probe(app: &App, browser: &Browser) -> bool {
    let mut headers = HeaderMap::new();
    for (name, value) in &browser.cookies {
        headers.append(header::COOKIE, format!("{name}={value}").parse().unwrap());
    }
    logged_out_view(&app.exeunt, &headers).await.unwrap().can_probe
}

fn must_prompt(browser: &Browser) -> bool {
    browser.cookies.contains_key("exeunt-prompt")
}
