//! What happens to the tokens of a session that ends (F4.11 to F4.13, F4.25, F4.26, invariants I10 and I13).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use exeunt::{
    logout::outbox::{self, Progress},
    session::SessionToken,
    store::{OutboxEntry, OutboxId},
};
use exeunt_dev_provider::script::{Endpoint, Recorded};
use serde_json::Value;

use super::support::{self, Answer, App, Browser, NamedStore};

mod at_rest;
mod audit;
mod audit_table;
mod breaker;
mod ends;
mod giving_up;
mod grants;
mod instances;
mod offline_access;
mod operator;
mod restart;
mod retries;
mod revoking;
mod successors;

/// As long as the first wait after a failure may be.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The tokens of one sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Issued {
    access: String,
    refresh: Option<String>,
}

/// What the provider gives out from now on, the oldest first.
#[derive(Clone, Debug, Default)]
struct Given(Arc<Mutex<Vec<Issued>>>);

impl Given {
    fn watch(app: &App) -> Self {
        let given = Self::default();
        let kept = given.clone();
        app.script().change_token_response(move |response| {
            let text = |name: &str| response.get(name).and_then(Value::as_str).map(str::to_owned);
            let issued = Issued {
                access: text("access_token").unwrap(),
                refresh: text("refresh_token"),
            };
            kept.0.lock().unwrap_or_else(PoisonError::into_inner).push(issued);
        });
        given
    }

    fn all(&self) -> Vec<Issued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every token, the refresh token of each sign-in before its access token.
    fn tokens(&self) -> Vec<String> {
        self.all()
            .into_iter()
            .flat_map(|issued| issued.refresh.into_iter().chain([issued.access]))
            .collect()
    }
}

async fn app_on(named: &NamedStore) -> App {
    App::builder().store(named.store.clone()).start().await
}

/// The entry that the end of the session with this cookie leaves.
fn entry_id(browser: &Browser) -> OutboxId {
    let (_, raw) = browser.session_cookie().unwrap();
    OutboxId(SessionToken::parse(&raw).unwrap().key().0)
}

async fn entry(app: &App, id: &OutboxId) -> OutboxEntry {
    app.store.load_outbox(id).await.unwrap().unwrap()
}

async fn progress(app: &App, id: &OutboxId) -> Progress {
    Progress::parse(&entry(app, id).await.progress)
}

async fn work(app: &App) -> usize {
    outbox::work_once(&app.exeunt).await.unwrap()
}

/// Signs out in this browser alone.
async fn sign_out(browser: &mut Browser) -> Answer {
    let answer = browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["success"], true, "whatever becomes of its tokens");
    answer
}

/// What became of the tokens by a receipt: (refresh token, access token).
fn lines(receipt: &Value) -> (Option<String>, Option<String>) {
    let status = |layer: &str| {
        let line = receipt["layers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["layer"] == layer)?;
        assert!(line["detail"].is_string(), "in words too: {line}");
        Some(line["status"].as_str().unwrap().to_owned())
    };
    (status("refresh_token"), status("access_token"))
}

fn both(status: &str) -> (Option<String>, Option<String>) {
    (Some(status.to_owned()), Some(status.to_owned()))
}

/// The same of the receipt as it stands now.
async fn lines_now(browser: &mut Browser) -> (Option<String>, Option<String>) {
    lines(&browser.fetch("/api/auth/receipt").await.json())
}

fn revocations(app: &App) -> Vec<Recorded> {
    app.script().requests(Endpoint::Revocation)
}

/// The tokens that the provider was asked to revoke, in that order.
fn revoked(app: &App) -> Vec<String> {
    revocations(app)
        .iter()
        .map(|request| request.parameter("token").unwrap())
        .collect()
}

fn sorted(mut tokens: Vec<String>) -> Vec<String> {
    tokens.sort_unstable();
    tokens
}
