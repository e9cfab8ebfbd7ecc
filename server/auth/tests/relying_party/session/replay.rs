//! An old raw cookie, sent again after the session's end (F3.7, invariant I3).

use exeunt::{
    session::SessionToken,
    store::{MarkRule, Selector, Take},
};

use super::{
    HOUR, MILLISECOND, MINUTE, SIGNED_OUT,
    support::{App, Browser, every_store},
};

/// The old cookie opens nothing, and its removal is sent.
async fn assert_dead(thief: &Browser, what: &str) {
    let removal = ["exeunt=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"];
    assert_opens_nothing(thief, &removal, what).await;
}

/// The old cookie opens nothing, and is kept: a sign-out still learns the provider's address by it.
async fn assert_run_out(thief: &Browser, what: &str) {
    assert_opens_nothing(thief, &[], what).await;
}

/// The old cookie opens nothing, and a script's question removes none: the browser has a new one of the same name.
async fn assert_replaced(thief: &Browser, what: &str) {
    assert_opens_nothing(thief, &[], what).await;
}

async fn assert_opens_nothing(thief: &Browser, set_cookies: &[&str], what: &str) {
    for path in ["/api/session", "/account"] {
        let answer = thief.clone().fetch(path).await;
        assert_eq!(answer.status, 401, "{what}, {path}");
        assert_eq!(answer.text(), SIGNED_OUT, "{what}, {path}");
        assert_eq!(answer.set_cookies(), set_cookies, "{what}, {path}");
    }
    let answer = thief.clone().post_json("/api/auth/extend", "{}").await;
    assert_eq!(answer.status, 401, "{what}, extend");
}

#[tokio::test]
async fn f3_7_i3_a_replayed_cookie_gets_401_after_every_kind_of_end() {
    for named in every_store() {
        for end in [
            "app",
            "browser",
            "everywhere",
            "from elsewhere",
            "by sid",
            "by the operator",
            "idle",
            "replaced",
        ] {
            let what = format!("{end}, {}", named.name);
            let app = App::builder().store(named.store.clone()).start().await;
            let mut browser = app.signed_in("ada").await;
            let thief = browser.clone();
            let (iss, now) = (app.provider.issuer(), app.now());
            match end {
                "app" | "browser" | "everywhere" => {
                    let body = format!(r#"{{"scope":"{end}"}}"#);
                    assert_eq!(
                        browser.post_json("/api/auth/logout", &body).await.json()["success"],
                        true
                    );
                }
                "from elsewhere" => {
                    let mut other = app.signed_in("ada").await;
                    other
                        .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
                        .await;
                }
                "by sid" => {
                    let sid = app.store.list(&iss, "ada", now).await.unwrap()[0]
                        .sid
                        .clone()
                        .unwrap();
                    let selector = Selector::Sid { iss, sid, sub: None };
                    assert_eq!(
                        app.store
                            .take(&Take::new(selector, MarkRule::Sid), now)
                            .await
                            .unwrap()
                            .rows
                            .len(),
                        1
                    );
                }
                "by the operator" => {
                    let selector = Selector::Subject {
                        iss,
                        sub: "ada".to_owned(),
                        started_by: None,
                    };
                    assert_eq!(
                        app.store
                            .take(&Take::new(selector, MarkRule::Subject), now)
                            .await
                            .unwrap()
                            .rows
                            .len(),
                        1
                    );
                }
                "idle" => app.clock.advance(30 * MINUTE),
                _ => {
                    let answer = browser.sign_in("/auth/login").await;
                    assert_eq!(answer.status, 303);
                    assert_eq!(browser.fetch("/api/session").await.status, 200);
                }
            }
            if end == "idle" {
                assert_run_out(&thief, &what).await;
                app.clock.advance(10 * MINUTE);
            }
            if end == "replaced" {
                assert_replaced(&thief, &what).await;
            } else {
                assert_dead(&thief, &what).await;
            }
        }
    }
}

#[tokio::test]
async fn f3_7_i3_a_replayed_cookie_gets_401_after_the_absolute_limit() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        for _ in 0..36 {
            browser.open("/account").await;
            app.clock.advance(20 * MINUTE);
        }
        assert_dead(&browser, named.name).await;
        // Nor does it learn anything by a sign-out.
        let answer = browser.post_json("/api/auth/logout", "{}").await.json();
        assert_eq!(answer["success"], true);
        assert_eq!(answer.get("front_channel_logout_url"), None);
    }
}

#[tokio::test]
async fn f4_4_i3_for_ten_minutes_after_the_idle_limit_a_sign_out_still_learns_the_providers_address_and_no_more()
 {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(15 * MINUTE);
        let mut elsewhere = app.signed_in("ada").await;
        app.clock.advance(25 * MINUTE - MILLISECOND);
        let thief = browser.clone();
        let answer = browser
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await
            .json();
        assert_eq!(answer["success"], true);
        let url = answer["front_channel_logout_url"].as_str().unwrap();
        assert!(
            url.starts_with(&app.provider.issuer()) && url.contains("id_token_hint="),
            "{url}"
        );
        // An expired session speaks for nobody: the other one lives on.
        assert_eq!(
            elsewhere.fetch("/api/session").await.status,
            200,
            "{}",
            named.name
        );
        assert!(!answer.to_string().contains("other_sessions"), "{answer}");
        // Once.
        let again = thief.clone().post_json("/api/auth/logout", "{}").await.json();
        assert_eq!(again.get("front_channel_logout_url"), None);
        assert_dead(&thief, named.name).await;
    }
}

#[tokio::test]
async fn f4_4_i3_ten_minutes_after_the_idle_limit_a_sign_out_learns_nothing_any_more() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(40 * MINUTE);
        let answer = browser.post_json("/api/auth/logout", "{}").await;
        assert_eq!(answer.status, 200, "{}", named.name);
        assert_eq!(answer.json()["success"], true);
        assert_eq!(
            answer.json().get("front_channel_logout_url"),
            None,
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn i3_a_login_that_replaces_a_session_ends_it_and_writes_no_mark() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let (_, old) = browser.session_cookie().unwrap();
    // Another tab began its login before the first one replaced the session, in the same provider session.
    let mut tab = browser.clone();
    let callback = tab.sign_in_until_callback("/auth/login").await;
    browser.sign_in("/auth/login").await;
    let key = SessionToken::parse(&old).unwrap().key();
    assert_eq!(app.store.load(&key, app.now()).await.unwrap(), None);
    app.clock.advance(MILLISECOND);
    let answer = tab.open(&callback).await;
    assert_eq!(
        answer.status,
        303,
        "the replacement refuses no other login: {}",
        answer.text()
    );
    app.clock.advance(HOUR);
    assert_eq!(tab.fetch("/api/session").await.status, 401);
}
