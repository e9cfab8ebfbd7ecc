//! Live events. Where a test pauses the time of the runtime, time that passes there is time that a stream waited: an event
//! that comes at once leaves it at zero.

use std::time::Duration;

use exeunt::{
    Exeunt,
    audit::Caller,
    logout::{Ending, Reason, ending},
    session::{
        SessionToken,
        record::{self, Column, Identity},
    },
    store::{MarkRule, Selector, SessionKey, SessionRow},
};
use tokio::time::Instant;

use super::support::{self, App, Browser, Heard, Tab};

mod ended;
mod faults;
mod limits;
mod other_processes;
mod streams;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn identity(name: &str) -> Identity {
    Identity {
        email: Some("ada@example.com".to_owned()),
        name: Some(name.to_owned()),
        roles: vec!["admin".to_owned()],
        contact: None,
        watched: None,
    }
}

/// A session of ada that was begun without a login (its provider is a socket, and time stands still), and its browser.
async fn begun(app: &App, number: u64) -> (Browser, SessionKey) {
    let token = SessionToken::fresh(app.exeunt.random()).unwrap();
    let (key, now) = (token.key(), app.now());
    let (keyring, random) = (app.exeunt.keyring(), app.exeunt.random());
    let row = SessionRow {
        key,
        public_id: format!("public id {number}"),
        iss: app.provider.issuer(),
        sub: "ada".to_owned(),
        sid: Some(format!("sid {number}")),
        former_sid: None,
        login_started_at: now,
        created_at: now,
        last_used_at: now,
        idle_expires_at: now + 30 * MINUTE,
        absolute_expires_at: now + 12 * 60 * MINUTE,
        device: Vec::new(),
        identity: record::seal_column(keyring, &key, Column::Identity, &identity("Ada Example"), random)
            .unwrap(),
        tokens: Vec::new(),
        data: None,
    };
    app.store.begin(row, now).await.unwrap();
    let mut browser = app.browser();
    browser
        .cookies
        .insert("exeunt".to_owned(), token.as_str().to_owned());
    (browser, key)
}

async fn end(exeunt: &Exeunt, key: SessionKey, reason: Reason) {
    let ending = Ending::new(Selector::Key(key), MarkRule::None, reason, Caller::none());
    assert_eq!(ending::carry_out(exeunt, ending).await.unwrap().rows.len(), 1);
}

fn ended(why: &str, at: i64) -> Option<Heard> {
    Some(Heard {
        event: "ended".to_owned(),
        data: format!(r#"{{"at":{at},"why":"{why}"}}"#),
    })
}

fn told(event: &str) -> Option<Heard> {
    Some(Heard {
        event: event.to_owned(),
        data: "{}".to_owned(),
    })
}

/// Nothing is heard for so long, except heartbeats.
async fn nothing_for(time: Duration, tab: &mut Tab) {
    let heard = tokio::time::timeout(time, tab.heard()).await;
    assert!(heard.is_err(), "{heard:?}");
}

/// How long it takes until something is heard, and what. Timers go off a millisecond late; that is left out.
async fn timed(tab: &mut Tab) -> (Duration, Option<Heard>) {
    let start = Instant::now();
    let heard = tab.heard().await;
    (to_the_hundredth(start.elapsed()), heard)
}

fn to_the_hundredth(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis() / 10 * 10).unwrap())
}
