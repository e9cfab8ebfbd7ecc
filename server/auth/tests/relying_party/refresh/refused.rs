//! The provider refuses to go on (F5.1, F5.6): the session ends.

use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use serde_json::json;

use super::{
    LIFE, TOKEN, assert_dead, assert_signed_out, invalid_grant, key_of, refreshes, revoked,
    support::every_store, tokens_of, using_tokens, work_off,
};

#[tokio::test]
async fn f5_1_i13_invalid_grant_ends_the_session_and_nothing_asks_again() {
    for named in every_store() {
        // Not every provider answers 400.
        for status in [400, 401, 403] {
            let what = format!("{status}, {}", named.name);
            let app = using_tokens().store(named.store.clone()).start().await;
            let mut browser = app.signed_in("ada").await;
            let thief = browser.clone();
            let old = tokens_of(&app, &key_of(&browser)).await;
            app.clock.advance(LIFE);
            app.script().answer_always(
                Endpoint::Token,
                Scripted::json(status, &json!({"error": "invalid_grant"})),
            );
            let answer = browser.fetch(TOKEN).await;
            assert_signed_out(&answer, &what);
            assert_eq!(browser.session_cookie(), None, "{what}");
            for _ in 0..3 {
                assert_signed_out(&thief.clone().fetch(TOKEN).await, &what);
            }
            assert_dead(&app, &thief, &what).await;
            assert_eq!(refreshes(&app), 1, "{what}");
            // The access token may still be good: it is revoked.
            work_off(&app).await;
            assert!(revoked(&app).contains(&old.access_token), "{what}");
        }
    }
}

#[tokio::test]
async fn f5_1_a_login_of_the_ended_provider_session_that_is_under_way_is_not_let_in() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let mut tab = browser.clone();
    app.clock.advance(LIFE);
    let callback = tab.sign_in_until_callback("/auth/login").await;
    // The exchange of its code is let pass; only the refresh is refused.
    app.script().answer_next(Endpoint::Token, invalid_grant());
    assert_eq!(browser.fetch(TOKEN).await.status, 401);
    let answer = tab.open(&callback).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("You signed out meanwhile"));
}

#[tokio::test]
async fn f5_6_a_person_who_was_shut_out_at_the_provider_is_signed_out_by_the_next_refresh() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let thief = browser.clone();
    // The provider ends its session, and with it the grant, and tells nobody.
    let (_, sso) = browser.provider_cookies.iter().next().unwrap();
    app.script().end_session(sso);
    assert_eq!(
        browser.fetch(TOKEN).await.status,
        200,
        "until the next refresh nothing is known"
    );
    app.clock.advance(LIFE);
    assert_signed_out(&browser.fetch(TOKEN).await, "shut out");
    assert_dead(&app, &thief, "shut out").await;
    assert_eq!(refreshes(&app), 1);
}
