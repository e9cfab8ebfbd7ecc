//! Open tabs hear that their session has ended, and why.

use std::time::Duration;

use exeunt::logout::Reason;

use super::{App, SECOND, begun, end, ended, nothing_for, timed};

#[tokio::test]
async fn i18_every_open_tab_of_a_session_hears_at_once_why_it_ended() {
    let app = App::start().await;
    tokio::time::pause();
    for (number, reason) in [
        Reason::Logout,
        Reason::Everywhere,
        Reason::AnotherSession,
        Reason::Replaced,
        Reason::BackChannel,
        Reason::FrontChannel,
        Reason::SessionManagement,
        Reason::RefreshRefused,
        Reason::Operator,
    ]
    .into_iter()
    .enumerate()
    {
        let (browser, key) = begun(&app, number as u64).await;
        let (mut one, mut other) = (browser.listen().await, browser.listen().await);
        end(&app.exeunt, key, reason).await;
        for tab in [&mut one, &mut other] {
            let expected = (Duration::ZERO, ended(reason.as_str(), app.now().seconds()));
            assert_eq!(timed(tab).await, expected, "{reason:?}");
            assert_eq!(timed(tab).await, (Duration::ZERO, None), "then the stream closes");
        }
        let again = browser.listen().await;
        assert_eq!(again.status, 204, "and a browser that comes back stops asking");
    }
}

#[tokio::test]
async fn i18_a_sign_out_in_one_tab_reaches_the_others() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let mut tab = browser.listen().await;
    let answer = browser.post_json("/api/auth/logout", "{}").await;
    assert_eq!(answer.json()["success"], true);
    assert_eq!(tab.heard().await, ended("logout", app.now().seconds()));
}

#[tokio::test]
async fn i18_signing_out_everywhere_reaches_the_tabs_of_other_browsers() {
    let app = App::start().await;
    let (mut here, there) = (app.signed_in("ada").await, app.signed_in("ada").await);
    let grace = app.signed_in("grace").await;
    let (mut theirs, mut graces) = (there.listen().await, grace.listen().await);
    here.post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
        .await;
    assert_eq!(theirs.heard().await, ended("everywhere", app.now().seconds()));
    tokio::time::pause();
    nothing_for(20 * SECOND, &mut graces).await;
}

#[tokio::test]
async fn i18_a_login_that_replaces_a_session_ends_it_in_other_tabs() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let mut tab = browser.listen().await;
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    assert_eq!(tab.heard().await, ended("replaced", app.now().seconds()));
    // The browser comes back with its new cookie.
    assert_eq!(browser.listen().await.status, 200);
}

/// Whatever the moment at which a session ends while a tab connects: the tab is told, or turned away; never left waiting.
#[tokio::test]
async fn i18_no_end_is_missed_while_a_tab_connects() {
    use super::support::FailingStore;
    let store = FailingStore::new(std::sync::Arc::new(exeunt::store::MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    tokio::time::pause();
    let (mut told, mut turned_away) = (0, 0);
    for seed in 1..400 {
        store.dither(0);
        let (browser, key) = begun(&app, seed).await;
        store.dither(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (mut tab, ()) = tokio::join!(browser.listen(), end(&app.exeunt, key, Reason::Operator));
        if tab.status == 204 {
            turned_away += 1;
            continue;
        }
        assert_eq!(tab.status, 200);
        let expected = (Duration::ZERO, ended("operator", app.now().seconds()));
        assert_eq!(timed(&mut tab).await, expected, "seed {seed}");
        told += 1;
    }
    assert!(
        told > 20 && turned_away > 20,
        "both happened: {told}, {turned_away}"
    );
}
