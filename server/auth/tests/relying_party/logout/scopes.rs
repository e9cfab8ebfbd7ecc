//! How far a sign-out reaches, and which logins in flight it stops.

use std::time::Duration;

use exeunt::store::{Begun, SessionRow, suite::fixture};

use super::{
    detail, living, receipt, sign_out, status,
    support::{App, Logs, every_store},
};

const MILLISECOND: Duration = Duration::from_millis(1);

#[tokio::test]
async fn app_ends_this_session_and_keeps_the_provider_and_says_so() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let mut elsewhere = app.signed_in("ada").await;
        let sso = browser.provider_cookies.values().next().unwrap().clone();
        let body = sign_out(&mut browser, "app").await.json();
        assert_eq!(body["success"], true);
        assert_eq!(body.get("front_channel_logout_url"), None, "{}", named.name);
        assert_eq!(body["redirect_url"], "http://localhost:3000/logged-out");
        assert_eq!(status(&body["receipt"], "app_session").unwrap(), "ended");
        assert_eq!(status(&body["receipt"], "provider_session").unwrap(), "kept");
        assert!(detail(&body["receipt"], "provider_session").contains("stay signed in"));
        assert_eq!(status(&body["receipt"], "other_sessions").unwrap(), "kept");
        assert!(
            detail(&body["receipt"], "other_sessions").contains("one session"),
            "{body}"
        );
        assert_eq!(
            elsewhere.fetch("/api/session").await.status,
            200,
            "{}",
            named.name
        );
        assert!(app.script().has_session(&sso));
        assert_eq!(receipt(&mut browser).await, body["receipt"]);
    }
}

#[tokio::test]
async fn browser_ends_this_session_and_counts_those_it_leaves() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let (_two, _three) = (app.signed_in("ada").await, app.signed_in("ada").await);
        let body = sign_out(&mut browser, "browser").await.json();
        assert_eq!(
            status(&body["receipt"], "other_sessions").unwrap(),
            "kept",
            "{}",
            named.name
        );
        assert!(
            detail(&body["receipt"], "other_sessions").contains("2 sessions"),
            "{body}"
        );
        assert_eq!(living(&app, "ada").await, 2, "{}", named.name);
    }
}

#[tokio::test]
async fn f4_25_everywhere_ends_all_of_the_persons_and_nobody_elses() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let mut others = Vec::new();
        for _ in 0..4 {
            others.push(app.signed_in("ada").await);
        }
        let mut grace = app.signed_in("grace").await;
        let body = sign_out(&mut browser, "everywhere").await.json();
        assert_eq!(body["success"], true);
        assert_eq!(
            status(&body["receipt"], "other_sessions").unwrap(),
            "ended",
            "{}",
            named.name
        );
        let words = detail(&body["receipt"], "other_sessions");
        assert!(words.starts_with("4 sessions"), "{words}");
        assert!(
            words.contains("stay signed in at the provider"),
            "other browsers do: {words}"
        );
        for other in &mut others {
            assert_eq!(other.fetch("/api/session").await.status, 401, "{}", named.name);
        }
        assert_eq!(grace.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

/// More than a store deals with at once, and than the audit log hears of before the answer.
#[tokio::test]
async fn i1_everywhere_ends_very_many_and_each_is_told_and_its_tokens_wait() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let others: Vec<_> = (0..300)
            .map(|number| SessionRow {
                iss: app.provider.issuer(),
                sub: "ada".into(),
                ..fixture::row(number)
            })
            .collect();
        let now = app.now();
        for row in &others {
            assert_eq!(named.store.begin(row.clone(), now).await.unwrap(), Begun::Created);
        }
        let (logs, guard) = Logs::capture();
        let body = sign_out(&mut browser, "everywhere").await.json();
        app.exeunt.settled().await;
        drop(guard);
        let words = detail(&body["receipt"], "other_sessions");
        assert!(words.starts_with("300 sessions"), "{}: {words}", named.name);
        assert_eq!(living(&app, "ada").await, 0, "{}", named.name);
        let text = logs.text();
        for row in &others {
            let told = format!("session={} why=\"everywhere\"", row.public_id);
            let lines = text.lines().filter(|line| line.contains(&told)).count();
            assert_eq!(lines, 1, "{}: {told}", named.name);
        }
        named.store.sweep(now).await.unwrap();
        let waiting = named.store.census(now).await.unwrap().outbox_entries;
        assert_eq!(waiting, 300, "{}", named.name);
    }
}

#[tokio::test]
async fn i4_everywhere_with_nothing_elsewhere_says_that_there_was_none() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let body = sign_out(&mut browser, "everywhere").await.json();
    assert_eq!(detail(&body["receipt"], "other_sessions"), "There were none.");
}

#[tokio::test]
async fn i4_a_session_that_had_expired_elsewhere_is_not_counted_as_ended_or_kept() {
    for (scope, expected) in [("everywhere", Some("There were none.")), ("browser", None)] {
        let app = App::start().await;
        let _expired = app.signed_in("ada").await;
        app.clock.advance(Duration::from_secs(25 * 60));
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(Duration::from_secs(5 * 60));
        let body = sign_out(&mut browser, scope).await.json();
        let words =
            status(&body["receipt"], "other_sessions").map(|_| detail(&body["receipt"], "other_sessions"));
        assert_eq!(words.as_deref(), expected, "{scope}");
    }
}

#[tokio::test]
async fn i2_a_login_begun_before_an_everywhere_logout_is_refused_after_it() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut in_flight = app.browser();
        let callback = in_flight.sign_in_until_callback("/auth/login").await;
        app.clock.advance(MILLISECOND);
        let mut browser = app.signed_in("ada").await;
        sign_out(&mut browser, "everywhere").await;
        let answer = in_flight.open(&callback).await;
        assert_eq!(answer.status, 400, "{}: {}", named.name, answer.text());
        assert!(
            answer.text().contains("You signed out meanwhile"),
            "{}",
            answer.text()
        );
        assert_eq!(in_flight.session_cookie(), None);
        assert_eq!(living(&app, "ada").await, 0, "{}", named.name);
    }
}

#[tokio::test]
async fn i2_a_login_begun_in_the_next_millisecond_succeeds() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        sign_out(&mut browser, "everywhere").await;
        app.clock.advance(MILLISECOND);
        let mut later = app.browser();
        let answer = later.sign_in("/auth/login").await;
        assert_eq!(answer.status, 303, "{}: {}", named.name, answer.text());
        assert_eq!(later.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn i2_an_everywhere_logout_stops_no_login_of_another_person() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut grace = app.browser();
        app.script().auto_login("grace");
        let callback = grace.sign_in_until_callback("/auth/login").await;
        let mut browser = app.signed_in("ada").await;
        sign_out(&mut browser, "everywhere").await;
        assert_eq!(grace.open(&callback).await.status, 303, "{}", named.name);
        assert_eq!(grace.fetch("/api/session").await.json()["user_id"], "grace");
    }
}

#[tokio::test]
async fn i2_an_ordinary_logout_stops_logins_of_the_same_provider_session_and_of_no_other() {
    for scope in ["app", "browser"] {
        for named in every_store() {
            let what = format!("{scope}, {}", named.name);
            let app = App::builder().store(named.store.clone()).start().await;
            let mut browser = app.signed_in("ada").await;
            // A second tab of the same browser, so the same provider session; and another browser.
            let mut tab = browser.clone();
            let in_tab = tab.sign_in_until_callback("/auth/login").await;
            let mut other = app.browser();
            let in_other = other.sign_in_until_callback("/auth/login").await;
            sign_out(&mut browser, scope).await;
            assert_eq!(tab.open(&in_tab).await.status, 400, "{what}");
            assert_eq!(other.open(&in_other).await.status, 303, "{what}");
            assert_eq!(living(&app, "ada").await, 1, "{what}");
        }
    }
}

#[tokio::test]
async fn i2_a_sign_out_cancels_the_logins_in_flight_of_its_own_browser() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let callback = browser.sign_in_until_callback("/auth/login").await;
    assert!(
        browser
            .cookies
            .keys()
            .any(|name| name.starts_with("exeunt-login-"))
    );
    sign_out(&mut browser, "app").await;
    assert!(
        !browser
            .cookies
            .keys()
            .any(|name| name.starts_with("exeunt-login-"))
    );
    assert_eq!(browser.open(&callback).await.status, 400);
    assert_eq!(browser.session_cookie(), None);
}
