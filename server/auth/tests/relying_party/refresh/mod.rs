//! Where the provider never calls: refreshes, and the sessions that they end (F5, I13).

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, routing::get};
use exeunt::{
    logout::outbox,
    session::{
        FreshAccessToken, SessionToken,
        record::{self, Column, SessionTokens},
    },
    store::{SessionHead, SessionKey},
};
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint, Object};
use serde_json::json;

use super::support::{self, Answer, App, Browser};

mod after_logout;
mod ceiling;
mod fresh;
mod interleavings;
mod liveness;
mod mismatch;
mod refused;
mod shutdown;
mod sid;
mod single_flight;
mod unreachable;

/// Where the app uses an access token.
const TOKEN: &str = "/api/token";

/// What the access tokens of the provider live.
const LIFE: Duration = Duration::from_secs(300);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What a data request gets when nobody is signed in, to the letter.
const SIGNED_OUT: &str =
    r#"{"detail":{"error":"session_expired","message":"Your session has expired. Please log in again."}}"#;

/// An app with server code that uses an access token: it tells it, as no real one may.
fn using_tokens() -> support::AppBuilder {
    let tell = |token: FreshAccessToken| async move { token.secret().to_owned() };
    App::builder().routes(Router::new().route(TOKEN, get(tell)))
}

fn invalid_grant() -> Scripted {
    Scripted::json(
        400,
        &json!({"error": "invalid_grant", "error_description": "no more"}),
    )
}

/// How many refreshes the provider was asked for.
fn refreshes(app: &App) -> usize {
    app.script()
        .requests(Endpoint::Token)
        .iter()
        .filter(|request| request.parameter("grant_type").as_deref() == Some("refresh_token"))
        .count()
}

fn key_of(browser: &Browser) -> SessionKey {
    let (_, value) = browser.session_cookie().unwrap();
    SessionToken::parse(&value).unwrap().key()
}

async fn head_of(app: &App, key: &SessionKey) -> Option<SessionHead> {
    app.store.load(key, app.now()).await.unwrap()
}

async fn tokens_of(app: &App, key: &SessionKey) -> SessionTokens {
    let sealed = app.store.load_tokens(key, app.now()).await.unwrap().unwrap();
    record::open_column(app.exeunt.keyring(), key, Column::Tokens, &sealed).unwrap()
}

/// The tokens of every successful answer of the provider, the oldest first, from now on.
#[derive(Clone, Debug, Default)]
struct Issued(Arc<Mutex<Vec<Object>>>);

impl Issued {
    fn watch(app: &App) -> Self {
        let issued = Self::default();
        let seen = issued.clone();
        app.script().change_token_response(move |response| {
            seen.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(response.clone());
        });
        issued
    }

    fn tokens(&self) -> BTreeSet<String> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .iter()
            .flat_map(|answer| ["access_token", "refresh_token"].map(|name| answer.get(name).cloned()))
            .filter_map(|token| Some(token?.as_str()?.to_owned()))
            .collect()
    }
}

/// Works on the outbox until nothing is left that is due by then.
async fn work_off(app: &App) {
    // Whoever ends one session has a head start on the worker.
    app.clock.advance(10 * SECOND);
    while outbox::work_once(&app.exeunt).await.unwrap() > 0 {}
}

/// The tokens whose revocation the provider was asked for.
fn revoked(app: &App) -> BTreeSet<String> {
    app.script()
        .requests(Endpoint::Revocation)
        .iter()
        .filter_map(|request| request.parameter("token"))
        .collect()
}

/// 401 in the shape of the contract, and the cookie goes.
fn assert_signed_out(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    assert_eq!(answer.text(), SIGNED_OUT, "{what}");
    assert_eq!(
        answer.set_cookies(),
        ["exeunt=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"],
        "{what}"
    );
}

/// The session of this cookie is dead, and nobody of that name has another.
async fn assert_dead(app: &App, thief: &Browser, what: &str) {
    assert_signed_out(&thief.clone().fetch("/api/session").await, what);
    let living = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap();
    assert_eq!(living, [], "{what}");
}
