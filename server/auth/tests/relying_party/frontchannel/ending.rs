//! A request that names a session ends it (F7.1).

use std::time::Duration;

use exeunt::logout::outbox;
use exeunt_dev_provider::script::Endpoint;

use super::{
    address, app_on, assert_empty_page, is_signed_in, load_in_frame, sids,
    support::{Logs, every_store},
};

#[tokio::test]
async fn f7_1_issuer_and_sid_without_any_cookie_end_the_session() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        let answer = load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
        assert_empty_page(&answer, named.name);
        assert!(!is_signed_in(&mut browser).await, "{}", named.name);
        assert_eq!(sids(&app, "ada").await, Vec::<String>::new(), "{}", named.name);
    }
}

#[tokio::test]
async fn f7_1_no_other_session_is_touched() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut first = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        let mut second = app.signed_in("ada").await;
        let mut grace = app.signed_in("grace").await;
        load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
        assert!(!is_signed_in(&mut first).await, "{}", named.name);
        assert!(is_signed_in(&mut second).await, "{}", named.name);
        assert!(is_signed_in(&mut grace).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f7_1_a_second_request_finds_it_ended_and_answers_the_same() {
    for named in every_store() {
        let app = app_on(&named).await;
        app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        let address = address(&app.provider.issuer(), &sid);
        let first = load_in_frame(&app, &address).await;
        let second = load_in_frame(&app, &address).await;
        assert_empty_page(&second, named.name);
        assert_eq!(
            first.headers, second.headers,
            "{}: nobody learns whether there was a session",
            named.name
        );
    }
}

#[tokio::test]
async fn f7_1_i2_a_login_in_flight_of_that_provider_session_is_refused_and_a_later_one_is_not() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        let mut tab = browser.clone();
        let in_flight = tab.sign_in_until_callback("/auth/login").await;
        load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
        assert_eq!(tab.open(&in_flight).await.status, 400, "{}", named.name);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(browser.sign_in("/auth/login").await.status, 303, "{}", named.name);
        assert!(is_signed_in(&mut browser).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f7_1_its_tokens_are_revoked_through_the_outbox() {
    for named in every_store() {
        let app = app_on(&named).await;
        app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
        assert_eq!(app.script().count(Endpoint::Revocation), 0, "nobody waits for it");
        assert_eq!(outbox::work_once(&app.exeunt).await.unwrap(), 1, "{}", named.name);
        assert!(app.script().count(Endpoint::Revocation) > 0, "{}", named.name);
    }
}

#[tokio::test]
async fn f7_1_i16_the_audit_log_says_why_and_no_line_holds_the_sid() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    app.signed_in("ada").await;
    let sid = sids(&app, "ada").await.remove(0);
    let (logs, guard) = Logs::capture();
    load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
    load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
    load_in_frame(&app, &address("https://other.example", &sid)).await;
    drop(guard);
    let text = logs.text();
    let ends: Vec<&str> = text.lines().filter(|line| line.contains(" audit: ")).collect();
    assert_eq!(ends.len(), 1, "{text}");
    assert!(ends[0].contains(r#"why="front_channel""#), "{}", ends[0]);
    assert!(ends[0].contains("sub=ada"), "{}", ends[0]);
    assert!(text.contains("iss is another issuer's"), "{text}");
    let ours = |line: &&str| line.contains(" exeunt::") || line.contains(" audit");
    for line in text.lines().filter(ours) {
        assert!(!line.contains(&sid), "{line}");
    }
}
