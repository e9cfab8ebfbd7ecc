//! No cookie is looked at, extended, or removed (F7.3, invariant I5).
//!
//! The row leaves it open whether a request without parameters ends the session of the cookie that came along. It does
//! not: where the provider is on the same site, so is whoever else can make a browser load an address.

use std::time::Duration;

use super::{PATH, address, app_on, assert_empty_page, is_signed_in, sids, support::every_store};

#[tokio::test]
async fn f7_3_i5_without_parameters_the_session_of_the_cookie_goes_on() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let answer = browser.open(PATH).await;
        assert_empty_page(&answer, named.name);
        assert!(is_signed_in(&mut browser).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f7_3_of_two_sessions_the_named_one_ends_and_not_that_of_the_cookie() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut named_one = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        let mut other = app.signed_in("grace").await;
        let answer = other.open(&address(&app.provider.issuer(), &sid)).await;
        assert_empty_page(&answer, named.name);
        assert!(!is_signed_in(&mut named_one).await, "{}", named.name);
        assert!(is_signed_in(&mut other).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f7_3_i5_it_extends_nothing() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let before = browser.fetch("/api/session").await.json();
        app.clock.advance(Duration::from_secs(10 * 60));
        browser.open(PATH).await;
        browser
            .open(&address(&app.provider.issuer(), "somebody-elses"))
            .await;
        let after = browser.fetch("/api/session").await.json();
        assert_eq!(
            after["idle_expires_at"], before["idle_expires_at"],
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f7_3_no_answer_sets_or_removes_a_cookie_whatever_came_along() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    let mut browser = app.signed_in("ada").await;
    let sid = sids(&app, "ada").await.remove(0);
    let (name, _) = browser.session_cookie().unwrap();
    // Its own session ends by this very request; the dead cookie stays until the browser asks for something of ours.
    let own = address(&app.provider.issuer(), &sid);
    assert_empty_page(&browser.open(&own).await, "its own");
    assert_empty_page(&browser.open(&own).await, "a dead cookie");
    browser.cookies.insert(name.clone(), "made-up".to_owned());
    assert_empty_page(&browser.open(PATH).await, "a made-up cookie");
    browser.fetch("/api/session").await;
    assert!(!browser.cookies.contains_key(&name), "any other route removes it");
}
