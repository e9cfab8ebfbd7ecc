//! The provider has trouble of its own (F5.2): the session stays, and the provider is left alone for a while.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use serde_json::json;

use super::{
    LIFE, SECOND, TOKEN, head_of, key_of, refreshes,
    support::{App, Browser},
    tokens_of, using_tokens,
};

/// The session is alive, and nothing was removed.
async fn assert_alive(app: &App, browser: &Browser, what: &str) {
    let answer = browser.clone().fetch("/api/session").await;
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    assert!(head_of(app, &key_of(browser)).await.is_some(), "{what}");
}

fn troubles() -> Vec<(&'static str, Scripted)> {
    vec![
        ("500", Scripted::status(500)),
        (
            "500 that says invalid_grant",
            Scripted::json(500, &json!({"error": "invalid_grant"})),
        ),
        ("503", Scripted::status(503).header("retry-after", "1")),
        ("429", Scripted::json(429, &json!({"error": "invalid_grant"}))),
        (
            "HTML",
            Scripted::body(200, "text/html", "<html>maintenance</html>"),
        ),
        ("an empty 400", Scripted::status(400)),
        (
            "HTML with 400",
            Scripted::body(400, "text/html", "<html>invalid_grant</html>"),
        ),
        (
            "invalid_client",
            Scripted::json(401, &json!({"error": "invalid_client"})),
        ),
        (
            "invalid_request",
            Scripted::json(400, &json!({"error": "invalid_request"})),
        ),
        ("no JSON", Scripted::body(200, "application/json", "{")),
        (
            "no access token",
            Scripted::json(200, &json!({"token_type": "Bearer"})),
        ),
        (
            "a redirect",
            Scripted::redirect("https://elsewhere.example/token"),
        ),
        ("cut off", Scripted::cut_off("{\"access_token\":")),
        ("too long", Scripted::oversize(2 * 1024 * 1024)),
    ]
}

#[tokio::test]
async fn f5_2_i13_trouble_of_the_provider_ends_no_session_and_the_token_is_used_while_it_is_good() {
    for (what, trouble) in troubles() {
        let app = using_tokens().start().await;
        let mut browser = app.signed_in("ada").await;
        let current = tokens_of(&app, &key_of(&browser)).await.access_token;
        app.script().answer_always(Endpoint::Token, trouble);
        app.clock.advance(LIFE - 20 * SECOND);
        assert_eq!(browser.fetch(TOKEN).await.text(), current, "{what}");
        assert_eq!(refreshes(&app), 1, "{what}");
        app.clock.advance(20 * SECOND);
        let answer = browser.fetch(TOKEN).await;
        assert_eq!(answer.status, 503, "{what}");
        assert_eq!(
            answer.json()["detail"]["error"],
            "access_token_unavailable",
            "{what}"
        );
        assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{what}");
        assert_alive(&app, &browser, what).await;
        // It passes, and everything goes on.
        app.script().answer_normally(Endpoint::Token);
        app.clock.advance(20 * SECOND);
        let answer = browser.fetch(TOKEN).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        assert_ne!(answer.text(), current, "{what}");
    }
}

#[tokio::test]
async fn f5_2_a_provider_that_does_not_answer_or_is_down_ends_no_session() {
    let app = using_tokens().timeout(Duration::from_millis(100)).start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(LIFE);
    app.script().answer_always(Endpoint::Token, Scripted::hang());
    assert_eq!(browser.fetch(TOKEN).await.status, 503);
    assert_alive(&app, &browser, "hangs").await;
    app.script().reset();
    app.script().set_down(true);
    app.clock.advance(20 * SECOND);
    assert_eq!(browser.fetch(TOKEN).await.status, 503);
    assert_alive(&app, &browser, "down").await;
}

#[tokio::test]
async fn f5_2_i13_the_provider_is_left_alone_for_longer_and_longer_twenty_seconds_at_most() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    app.script().answer_always(Endpoint::Token, Scripted::status(500));
    app.clock.advance(LIFE);
    let millisecond = Duration::from_millis(1);
    for (asked, wait) in (1..).zip([1, 2, 4, 8, 16, 20, 20]) {
        assert_eq!(browser.fetch(TOKEN).await.status, 503);
        assert_eq!(refreshes(&app), asked);
        app.clock.advance(wait * SECOND - millisecond);
        for _ in 0..3 {
            assert_eq!(browser.fetch(TOKEN).await.status, 503);
        }
        assert_eq!(refreshes(&app), asked, "asked again within {wait} s");
        app.clock.advance(millisecond);
    }
}
