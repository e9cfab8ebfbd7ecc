//! What a page is told to watch.

use super::{say_session_state, watch_of, watching_app};
use crate::support::App;

#[tokio::test]
async fn a4_3_a_page_is_told_the_frame_its_origin_and_what_to_ask() {
    let app = watching_app().await;
    let browser = app.signed_in("ada").await;
    let watch = watch_of(&app, &browser).await.unwrap();
    let issuer = app.provider.issuer();
    assert_eq!(watch.frame, format!("{issuer}/check-session"));
    assert_eq!(watch.origin, issuer);
    assert_eq!(watch.message, format!("{} hash.salt", app.provider.client_id()));
    let sessions = app.store.list(&issuer, "ada", app.now()).await.unwrap();
    assert_eq!(watch.session, sessions[0].public_id);
}

#[tokio::test]
async fn only_whoever_is_signed_in_has_something_to_watch() {
    let app = watching_app().await;
    assert_eq!(watch_of(&app, &app.browser()).await, None);
    let mut browser = app.signed_in("ada").await;
    let before = browser.clone();
    browser.post_json("/api/auth/logout", "{}").await;
    assert_eq!(watch_of(&app, &before).await, None, "the old cookie");
}

#[tokio::test]
async fn nothing_is_watched_unless_the_operator_wants_it() {
    let app = App::start().await;
    let frame = format!("{}/check-session", app.provider.issuer());
    app.script().change_discovery(move |metadata| {
        metadata.insert("check_session_iframe".to_owned(), frame.clone().into());
    });
    say_session_state(&app.script(), "hash.salt");
    let browser = app.signed_in("ada").await;
    assert_eq!(watch_of(&app, &browser).await, None);
}

#[tokio::test]
async fn a4_10_nothing_is_watched_without_a_frame_that_may_be_used() {
    for frame in [
        None,
        Some("http://id.example/frame"),
        Some("javascript:alert(1)"),
        Some(""),
    ] {
        let app = watching_app().await;
        app.script().change_discovery(move |metadata| {
            metadata.remove("check_session_iframe");
            if let Some(frame) = frame {
                metadata.insert("check_session_iframe".to_owned(), frame.into());
            }
        });
        let browser = app.signed_in("ada").await;
        assert_eq!(watch_of(&app, &browser).await, None, "{frame:?}");
    }
}

#[tokio::test]
async fn a4_1_a_session_state_that_is_none_is_not_watched_and_signs_in_all_the_same() {
    for state in ["", "with space", "line\nend"] {
        let app = watching_app().await;
        say_session_state(&app.script(), state);
        let browser = app.signed_in("ada").await;
        assert_eq!(watch_of(&app, &browser).await, None, "{state:?}");
    }
}
