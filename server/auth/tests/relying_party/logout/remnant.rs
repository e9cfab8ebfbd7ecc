//! After a back-channel end the browser may still, by POST logout with its dead cookie and for ten minutes, learn where the
//! provider's session is ended, and nothing else (the exception of invariant I3).

use std::{sync::Arc, time::Duration};

use exeunt::{
    audit::Caller,
    logout::{Ending, Reason, ending, outbox, view::logged_out_view},
    store::{MarkRule, MemoryStore, RETENTION, Selector},
};

use super::{
    parameter, provider_url, receipt, sign_out, status,
    support::{Answer, App, Browser, Call, FailingStore, every_store},
};

pub(super) async fn end_at_provider(app: &App, reason: Reason) {
    let selector = Selector::Subject {
        iss: app.provider.issuer(),
        sub: "ada".to_owned(),
        started_by: None,
    };
    let ending = Ending::new(selector, MarkRule::Subject, reason, Caller::none());
    let ended = ending::carry_out(&app.exeunt, ending).await.unwrap();
    assert_eq!(ended.rows.len(), 1);
}

#[tokio::test]
async fn i03_after_a_back_channel_end_only_a_post_logout_learns_the_providers_url_and_once() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let dead = browser.clone();
        end_at_provider(&app, Reason::BackChannel).await;
        assert_eq!(
            dead.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
        let answer = sign_out(&mut browser, "browser").await;
        let body = answer.json();
        assert_eq!(body["success"], true, "{}", named.name);
        assert_eq!(status(&body["receipt"], "app_session").as_deref(), Some("ended"));
        assert_eq!(
            status(&body["receipt"], "provider_session").as_deref(),
            Some("unconfirmed")
        );
        let url = provider_url(&answer);
        assert!(parameter(&url, "id_token_hint").is_some(), "{}", named.name);
        assert_eq!(
            dead.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
        let again = sign_out(&mut dead.clone(), "browser").await.json();
        assert_eq!(again.get("front_channel_logout_url"), None, "{}", named.name);
    }
}

#[tokio::test]
async fn i04_the_receipt_after_a_back_channel_end_tells_how_far_the_revocation_is() {
    for (worked, expected) in [(false, "pending"), (true, "ended")] {
        let app = App::start().await;
        let mut browser = app.signed_in("ada").await;
        end_at_provider(&app, Reason::BackChannel).await;
        if worked {
            assert_eq!(outbox::work_once(&app.exeunt).await.unwrap(), 1);
        }
        let body = sign_out(&mut browser, "browser").await.json();
        assert_eq!(
            status(&body["receipt"], "access_token").as_deref(),
            Some(expected),
            "{body}"
        );
        if !worked {
            outbox::work_once(&app.exeunt).await.unwrap();
        }
        assert_eq!(
            status(&receipt(&mut browser).await, "access_token").as_deref(),
            Some("ended")
        );
    }
}

#[tokio::test]
async fn i03_the_exception_lasts_ten_minutes() {
    for (later, expected) in [(RETENTION - Duration::from_millis(1), true), (RETENTION, false)] {
        let app = App::start().await;
        let mut browser = app.signed_in("ada").await;
        end_at_provider(&app, Reason::BackChannel).await;
        app.clock.advance(later);
        let body = sign_out(&mut browser, "browser").await.json();
        assert_eq!(
            body.get("front_channel_logout_url").is_some(),
            expected,
            "{later:?}"
        );
    }
}

#[tokio::test]
async fn i03_an_operators_end_leaves_no_exception() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, Reason::Operator).await;
    let body = sign_out(&mut browser, "browser").await.json();
    assert_eq!(body.get("front_channel_logout_url"), None);
}

/// Everything that a tab asks for once its session is dead, as page and as data.
async fn look_around(browser: &mut Browser) {
    for path in ["/", "/account", "/logged-out", "/auth/logout/continue"] {
        assert_eq!(session_cookies(&browser.open(path).await), 0, "{path}");
    }
    for path in [
        "/api/session",
        "/api/auth/receipt",
        "/api/auth/login-url?redirect_uri=/",
    ] {
        assert_eq!(session_cookies(&browser.fetch(path).await), 0, "{path}");
    }
    assert_eq!(browser.post_json("/api/auth/extend", "{}").await.status, 401);
}

/// How often an answer says something of the session cookie.
fn session_cookies(answer: &Answer) -> usize {
    let cookies = answer.set_cookies();
    cookies.iter().filter(|line| line.starts_with("exeunt=")).count()
}

async fn is_led_to_the_provider(browser: &mut Browser, by_form: bool) {
    let url = if by_form {
        assert_eq!(
            browser.submit("/api/auth/logout", "").await.location(),
            "/auth/logout/continue"
        );
        browser.open("/auth/logout/continue").await.text()
    } else {
        provider_url(&sign_out(browser, "browser").await)
    };
    assert!(url.contains("id_token_hint="), "{url}");
}

#[tokio::test]
async fn i03_whatever_the_tab_asks_for_first_after_a_back_channel_end_the_sign_out_still_leads_to_the_provider()
 {
    for named in every_store() {
        for by_form in [false, true] {
            let app = App::builder().store(named.store.clone()).start().await;
            let mut browser = app.signed_in("ada").await;
            end_at_provider(&app, Reason::BackChannel).await;
            look_around(&mut browser).await;
            assert!(
                logged_out_view(&app.exeunt, &browser.headers())
                    .await
                    .unwrap()
                    .ended_by_provider
            );
            is_led_to_the_provider(&mut browser, by_form).await;
            assert!(browser.session_cookie().is_none(), "{}", named.name);
            let view = logged_out_view(&app.exeunt, &browser.headers()).await.unwrap();
            assert!(!view.ended_by_provider);
        }
    }
}

#[tokio::test]
async fn i03_whatever_the_tab_asks_for_first_after_the_idle_limit_the_sign_out_still_leads_to_the_provider() {
    for named in every_store() {
        for by_form in [false, true] {
            let app = App::builder().store(named.store.clone()).start().await;
            let mut browser = app.signed_in("ada").await;
            app.clock.advance(Duration::from_secs(30 * 60));
            look_around(&mut browser).await;
            is_led_to_the_provider(&mut browser, by_form).await;
            assert!(browser.session_cookie().is_none(), "{}", named.name);
        }
    }
}

#[tokio::test]
async fn f4_4_the_page_knows_that_a_session_ran_out_for_ten_minutes_or_until_the_sign_out() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let headers = browser.headers();
        let ran_out = async || {
            let view = logged_out_view(&app.exeunt, &headers).await.unwrap();
            assert!(!view.ended_by_provider, "{}", named.name);
            view.ran_out
        };
        assert!(!ran_out().await, "it is alive");
        app.clock.advance(Duration::from_secs(30 * 60));
        assert!(ran_out().await, "{}", named.name);
        app.clock.advance(RETENTION - Duration::from_millis(1));
        assert!(ran_out().await, "{}", named.name);
        let mut late = browser.clone();
        sign_out(&mut browser, "browser").await;
        assert!(!ran_out().await, "{}", named.name);

        late.sign_in("/auth/login").await;
        let headers = late.headers();
        app.clock.advance(Duration::from_secs(30 * 60) + RETENTION);
        let view = logged_out_view(&app.exeunt, &headers).await.unwrap();
        assert!(!view.ran_out, "{}: too long ago", named.name);
    }
}

#[tokio::test]
async fn f4_4_past_its_absolute_limit_a_session_leaves_nothing_to_go_on_with() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    for _ in 0..36 {
        browser.open("/account").await;
        app.clock.advance(Duration::from_secs(20 * 60));
    }
    let view = logged_out_view(&app.exeunt, &browser.headers()).await.unwrap();
    assert!(!view.ran_out);
    assert_eq!(
        session_cookies(&browser.fetch("/api/session").await),
        1,
        "removed"
    );
}

#[tokio::test]
async fn i03_once_nothing_can_be_learned_by_it_the_next_answer_removes_the_cookie() {
    for (end, is_left) in [
        (Some(Reason::BackChannel), true),
        (Some(Reason::Operator), false),
        (None, true),
    ] {
        let app = App::start().await;
        let browser = app.signed_in("ada").await;
        match end {
            Some(reason) => end_at_provider(&app, reason).await,
            None => app.clock.advance(Duration::from_secs(30 * 60)),
        }
        let answer = browser.clone().fetch("/api/session").await;
        assert_eq!(session_cookies(&answer), usize::from(!is_left), "{end:?}");
        if is_left {
            sign_out(&mut browser.clone(), "browser").await;
            let answer = browser.clone().open("/logged-out").await;
            assert_eq!(session_cookies(&answer), 1, "{end:?}");
        }
    }
}

#[tokio::test]
async fn i11_a_login_takes_the_place_of_a_cookie_that_was_kept() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(Duration::from_secs(30 * 60));
    let dead = browser.clone();
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    let answer = sign_out(&mut dead.clone(), "browser").await.json();
    assert_eq!(
        answer.get("front_channel_logout_url"),
        None,
        "nothing is left of it"
    );
}

#[tokio::test]
async fn a_stranger_without_a_cookie_costs_no_look_at_what_is_left() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    store.fail(&[Call::Any]);
    let answer = app.browser().fetch("/api/session").await;
    assert_eq!(answer.status, 401, "the store was not asked");
}

#[tokio::test]
async fn i17_while_the_store_does_not_tell_what_is_left_the_cookie_is_kept() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, Reason::BackChannel).await;
    store.fail(&[Call::LoadPending]);
    assert_eq!(session_cookies(&browser.fetch("/api/session").await), 0);
    store.mend();
    is_led_to_the_provider(&mut browser, false).await;
}
