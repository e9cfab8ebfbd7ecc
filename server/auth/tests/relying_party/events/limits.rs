//! Limits: they end a session on time, listening moves none, and who moves one is told about.

use std::time::Duration;

use exeunt::{
    session::record::{self, Column},
    store::Change,
};

use super::{App, MINUTE, SECOND, begun, ended, identity, nothing_for, timed, told};

#[tokio::test]
async fn i18_an_expiry_is_told_when_it_happens() {
    let app = App::start().await;
    let (browser, _) = begun(&app, 1).await;
    let limit = app.now() + 30 * MINUTE;
    app.clock.advance(30 * MINUTE - 10 * SECOND);
    tokio::time::pause();
    let mut tab = browser.listen().await;
    // The app's clock goes on while the stream waits.
    app.clock.advance(10 * SECOND);
    let expected = (10 * SECOND, ended("expired", limit.seconds()));
    assert_eq!(timed(&mut tab).await, expected);
    assert_eq!(tab.heard().await, None);
    assert_eq!(browser.listen().await.status, 204);
}

#[tokio::test]
async fn i5_i12_listening_never_extends_a_session() {
    let app = App::start().await;
    let (browser, key) = begun(&app, 1).await;
    let before = app.store.load(&key, app.now()).await.unwrap().unwrap();
    tokio::time::pause();
    let mut tab = browser.listen().await;
    for _ in 0..29 {
        app.clock.advance(MINUTE);
        nothing_for(MINUTE, &mut tab).await;
        // So does coming back.
        assert_eq!(browser.listen().await.status, 200);
    }
    assert_eq!(app.store.load(&key, app.now()).await.unwrap(), Some(before));
    app.clock.advance(MINUTE);
    assert_eq!(
        tab.heard().await,
        ended("expired", app.now().seconds()),
        "at the limit that it had"
    );
}

#[tokio::test]
async fn an_extension_in_one_tab_is_told_in_the_others_at_once() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    let mut tab = browser.listen().await;
    for (minutes, path) in [(10, "/api/auth/extend"), (20, "/account")] {
        app.clock.set(begun + MINUTE * minutes);
        let answer = match path {
            "/account" => browser.open(path).await,
            _ => browser.post_json(path, "{}").await,
        };
        assert_eq!(answer.status, 200, "{path}");
        tokio::time::pause();
        assert_eq!(
            timed(&mut tab).await,
            (Duration::ZERO, told("extended")),
            "{path}"
        );
        tokio::time::resume();
    }
    // And it counts: the tab is told of the limit that holds now.
    app.clock.set(begun + 50 * MINUTE);
    tokio::time::pause();
    assert_eq!(
        tab.heard().await,
        ended("expired", (begun + 50 * MINUTE).seconds())
    );
}

#[tokio::test]
async fn i18_what_moves_elsewhere_is_told_within_half_a_minute() {
    let app = App::start().await;
    let (browser, key) = begun(&app, 1).await;
    tokio::time::pause();
    let mut tab = browser.listen().await;
    let store = &app.store;
    assert!(
        store
            .touch(&key, app.now() + 40 * MINUTE, app.now())
            .await
            .unwrap()
    );
    assert_eq!(timed(&mut tab).await, (30 * SECOND, told("extended")));

    let sealed = record::seal_column(
        app.exeunt.keyring(),
        &key,
        Column::Identity,
        &identity("Ada Otherwise"),
        app.exeunt.random(),
    );
    let change = Change {
        identity: Some(sealed.unwrap()),
        ..Change::default()
    };
    assert!(store.update(&key, change, app.now()).await.unwrap());
    assert_eq!(timed(&mut tab).await, (30 * SECOND, told("changed")));
    assert!(
        !tab.text.contains("Ada") && !tab.text.contains("ada"),
        "no identity in them: {}",
        tab.text
    );
}
