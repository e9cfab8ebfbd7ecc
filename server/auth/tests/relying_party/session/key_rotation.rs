//! New keys: nobody is signed out by a new first one, and a removed one ends only what it alone could read.

use axum::{Router, routing::get};
use exeunt::{
    config::KeyMaterial,
    session::resealing::{Tally, reseal_all},
};

use super::{
    MINUTE, SIGNED_OUT,
    support::{App, Browser},
};

/// The keys of this app behind a new first one.
fn new_first(app: &App) -> KeyMaterial {
    let old = KeyMaterial::encode(app.exeunt.settings().key_material.first());
    format!("{},{}", new_key().as_str(), old.as_str())
        .parse()
        .unwrap()
}

/// The new one alone.
fn new_alone() -> KeyMaterial {
    new_key().parse().unwrap()
}

fn new_key() -> zeroize::Zeroizing<String> {
    KeyMaterial::encode(&std::array::from_fn(|index| u8::try_from(index * 5 + 3).unwrap()))
}

/// Whether this browser is signed in at an instance with these keys, its data and tokens included.
async fn is_whole_with(app: &App, browser: &Browser, keys: &KeyMaterial) -> bool {
    let (_instance, router) = app.instance_with_keys(keys);
    let mut browser = browser.at(router);
    let session = browser.fetch("/api/session").await;
    if session.status == 401 {
        assert_eq!(session.text(), SIGNED_OUT);
        return false;
    }
    assert_eq!(browser.fetch("/api/notes").await.text(), "milk");
    true
}

async fn with_notes(app: &App, sub: &str) -> Browser {
    let mut browser = app.signed_in(sub).await;
    browser.post_json("/api/notes", "milk").await;
    browser
}

#[tokio::test]
async fn a_session_that_is_used_goes_over_to_the_new_key_whole() {
    let page = Router::new().route("/page", get(|| async { "a page" }));
    let app = App::builder().routes(page).start().await;
    let browser = with_notes(&app, "ada").await;
    let (instance, router) = app.instance_with_keys(&new_first(&app));
    let mut used = browser.at(router);

    used.open("/page").await;
    instance.settled().await;
    assert!(
        !is_whole_with(&app, &browser, &new_alone()).await,
        "used within the minute, nothing is written"
    );
    app.clock.advance(2 * MINUTE);
    used.open("/page").await;
    instance.settled().await;

    assert!(is_whole_with(&app, &browser, &new_first(&app)).await);
    assert!(is_whole_with(&app, &browser, &new_alone()).await);
    let (_, router) = app.instance_with_keys(&new_alone());
    let answer = browser
        .at(router)
        .post_json("/api/auth/logout", "{}")
        .await
        .json();
    assert!(
        answer["front_channel_logout_url"]
            .as_str()
            .unwrap()
            .contains("id_token_hint="),
        "the ID token went over too: {answer}"
    );
}

#[tokio::test]
async fn the_command_takes_every_session_over_and_then_finds_nothing_to_do() {
    let app = App::start().await;
    let ada = with_notes(&app, "ada").await;
    let grace = with_notes(&app, "grace").await;
    let (instance, router) = app.instance_with_keys(&new_first(&app));
    let mut later = Browser::new(router, instance.public_url().origin().to_owned());
    app.script().auto_login("ada");
    later.sign_in("/auth/login").await;

    let done = reseal_all(&instance).await.unwrap();
    let expected = Tally {
        anew: 2,
        current: 1,
        ..Tally::default()
    };
    assert_eq!(done, expected);
    for browser in [&ada, &grace] {
        assert!(is_whole_with(&app, browser, &new_alone()).await);
    }
    let nothing = Tally {
        current: 3,
        ..Tally::default()
    };
    assert_eq!(reseal_all(&instance).await.unwrap(), nothing);
}

#[tokio::test]
async fn a_removed_key_ends_only_what_it_alone_could_read() {
    let app = App::start().await;
    let ada = with_notes(&app, "ada").await;
    let (instance, router) = app.instance_with_keys(&new_first(&app));
    let mut grace = Browser::new(router, instance.public_url().origin().to_owned());
    app.script().auto_login("grace");
    grace.sign_in("/auth/login").await;
    grace.post_json("/api/notes", "milk").await;

    assert!(!is_whole_with(&app, &ada, &new_alone()).await);
    assert!(is_whole_with(&app, &grace, &new_alone()).await);
    let (without, _) = app.instance_with_keys(&new_alone());
    let done = reseal_all(&without).await.unwrap();
    let expected = Tally {
        current: 1,
        unreadable: 1,
        ..Tally::default()
    };
    assert_eq!(done, expected);
    assert!(
        is_whole_with(&app, &ada, &new_first(&app)).await,
        "the key is put back, and nothing was lost"
    );
}
