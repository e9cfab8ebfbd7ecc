//! The stream itself: how it opens, lives and closes, and how many there may be.

use std::time::Duration;

use exeunt::{events, logout::Reason};

use super::{App, SECOND, begun, end, nothing_for, timed, to_the_hundredth};

#[tokio::test]
async fn it_opens_at_once_and_nobody_keeps_or_gathers_it() {
    let app = App::start().await;
    let (browser, _) = begun(&app, 1).await;
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    let mut tab = browser.listen().await;
    assert_eq!(tab.status, 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(tab.headers[name], value, "{name}");
    }
    let opening = tab.piece().await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    let mut lines = opening.lines();
    assert_eq!(lines.next(), Some(": open"));
    let retry = lines.next().and_then(|line| line.strip_prefix("retry: "));
    let retry: u64 = retry.unwrap().trim_end_matches("ms").parse().unwrap();
    assert!((2000..4000).contains(&retry), "{opening}");
}

#[tokio::test]
async fn it_beats_each_fifteen_seconds() {
    let app = App::start().await;
    let (browser, _) = begun(&app, 1).await;
    tokio::time::pause();
    let mut tab = browser.listen().await;
    tab.piece().await.unwrap();
    for _ in 0..4 {
        let start = tokio::time::Instant::now();
        let beat = tab.piece().await.unwrap();
        assert!(beat.starts_with(':'), "{beat:?}");
        let waited = to_the_hundredth(start.elapsed());
        assert!(waited <= 15 * SECOND, "{waited:?}");
    }
}

#[tokio::test]
async fn without_a_session_there_is_no_stream() {
    let app = App::start().await;
    let stranger = app.browser().listen().await;
    assert_eq!(stranger.status, 204);
    let (browser, key) = begun(&app, 1).await;
    end(&app.exeunt, key, Reason::Operator).await;
    assert_eq!(browser.listen().await.status, 204, "nor with an old cookie (I3)");
}

#[tokio::test]
async fn a_session_has_eight_streams_at_most() {
    let app = App::start().await;
    let (browser, key) = begun(&app, 1).await;
    let (other, _) = begun(&app, 2).await;
    let mut tabs = Vec::new();
    for _ in 0..8 {
        let tab = browser.listen().await;
        assert_eq!(tab.status, 200);
        tabs.push(tab);
    }
    assert_eq!(browser.listen().await.status, 429);
    assert_eq!(other.listen().await.status, 200, "another session has its own");
    tabs.pop();
    tabs.push(browser.listen().await);
    assert_eq!(tabs[7].status, 200, "who leaves makes room");
    end(&app.exeunt, key, Reason::Operator).await;
    for tab in &mut tabs {
        assert_eq!(tab.heard().await.unwrap().event, "ended");
    }
}

#[tokio::test]
async fn at_the_end_of_the_server_streams_close_and_nothing_is_claimed() {
    let app = App::start().await;
    let (browser, _) = begun(&app, 1).await;
    tokio::time::pause();
    let mut tab = browser.listen().await;
    nothing_for(SECOND, &mut tab).await;
    events::close(&app.exeunt);
    assert_eq!(timed(&mut tab).await, (Duration::ZERO, None));
    assert!(!tab.text.contains("event"), "{}", tab.text);
    // Not 204, which would tell the browser that there is nothing to come back for.
    assert_eq!(browser.listen().await.status, 503);
}

#[tokio::test]
async fn i16_nothing_in_a_stream_tells_whose_it_is() {
    let app = App::start().await;
    let (browser, key) = begun(&app, 1).await;
    let mut tab = browser.listen().await;
    app.clock.advance(61 * SECOND);
    browser.clone().post_json("/api/auth/extend", "{}").await;
    assert_eq!(tab.heard().await.unwrap().event, "extended");
    end(&app.exeunt, key, Reason::Logout).await;
    while tab.heard().await.is_some() {}
    let (_, cookie) = browser.session_cookie().unwrap();
    for secret in ["ada", "Ada", "example", "admin", "public", "sid", cookie.as_str()] {
        assert!(!tab.text.contains(secret), "{secret} in {}", tab.text);
    }
}
