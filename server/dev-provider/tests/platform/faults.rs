//! Misbehaviour on demand.

use std::time::Duration;

use exeunt_dev_provider::platform::{Fault, Faulty, GATEWAY_COOKIE, SINGLE_SIGN_ON_COOKIE};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::browser::Browser;
use crate::extension::bare;
use crate::logout::ask_for_logout;

#[tokio::test]
async fn faults_that_do_nothing_leave_the_session_alive() {
    for (fault, status, media_type) in [
        (Fault::Down, 500, "text/plain"),
        (Fault::Html, 200, "text/html"),
        (Fault::MethodNotAllowed, 405, ""),
        (Fault::Redirecting, 307, ""),
        (Fault::Oversized, 200, "application/json"),
    ] {
        let stand_in = bare();
        let browser = Browser::new(&stand_in);
        browser.sign_in("ada", "/").await;
        stand_in.misbehave(Faulty::Logout, fault);
        let answer = ask_for_logout(&stand_in, &browser, &json!({})).await;
        assert_eq!(answer.status.as_u16(), status, "{fault}");
        let said = answer
            .headers
            .get(CONTENT_TYPE)
            .map_or("", |value| value.to_str().unwrap());
        assert!(said.starts_with(media_type), "{fault}: {said}");
        let known = browser.get("/api/auth/validate").await;
        assert_eq!(known.status, StatusCode::OK, "{fault}");
        stand_in.behave();
        let answer = ask_for_logout(&stand_in, &browser, &json!({})).await;
        assert_eq!(answer.json()["session_termination_requested"], true, "{fault}");
    }
}

#[tokio::test]
async fn faults_of_the_address_revoke_and_name_another() {
    for (fault, url) in [
        (
            Fault::ForeignUrl,
            json!("https://evil.example/api/auth/logout/front-channel"),
        ),
        (
            Fault::SchemeRelativeUrl,
            json!("//evil.example/api/auth/logout/front-channel"),
        ),
        (Fault::ScriptUrl, json!("javascript:alert(document.domain)")),
        (Fault::NoUrl, Value::Null),
    ] {
        let stand_in = bare();
        let browser = Browser::new(&stand_in);
        browser.sign_in("ada", "/").await;
        stand_in.misbehave(Faulty::Logout, fault);
        let told = ask_for_logout(&stand_in, &browser, &json!({})).await.json();
        assert_eq!(told["front_channel_logout_url"], url, "{fault}");
        assert_eq!(told["session_termination_requested"], true, "{fault}");
    }
}

#[tokio::test]
async fn what_hangs_goes_on_when_the_faults_are_taken_back() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    stand_in.misbehave(Faulty::Logout, Fault::Hanging);
    let body = json!({});
    let mut asked = Box::pin(ask_for_logout(&stand_in, &browser, &body));
    assert!(futures_pending(&mut asked).await, "no answer yet");
    stand_in.behave();
    assert_eq!(asked.await.json()["session_termination_requested"], true);
}

/// Whether a future is not ready at its first poll.
async fn futures_pending<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_slow_platform_works_in_the_end() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    stand_in.misbehave(Faulty::Logout, Fault::Slow(Duration::from_secs(3)));
    let begun = Instant::now();
    let told = ask_for_logout(&stand_in, &browser, &json!({})).await.json();
    assert_eq!(begun.elapsed().as_secs(), 3);
    assert_eq!(told["session_termination_requested"], true);
}

#[tokio::test]
async fn a_fault_of_the_front_channel_leaves_the_browser_signed_in() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    stand_in.misbehave(Faulty::FrontChannel, Fault::Down);
    let answer = browser
        .get("/api/auth/logout/front-channel?redirect_uri=%2F")
        .await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(browser.cookie(GATEWAY_COOKIE).is_some());
    assert!(browser.cookie(SINGLE_SIGN_ON_COOKIE).is_some());
}

#[test]
fn a_fault_is_known_by_its_name() {
    for fault in [
        Fault::Down,
        Fault::Hanging,
        Fault::Slow(Duration::from_millis(1_500)),
        Fault::Html,
        Fault::MethodNotAllowed,
        Fault::Redirecting,
        Fault::Oversized,
        Fault::ForeignUrl,
        Fault::SchemeRelativeUrl,
        Fault::ScriptUrl,
        Fault::NoUrl,
    ] {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
    for unknown in ["", "slow", "slow:", "slow:x", "DOWN"] {
        assert!(unknown.parse::<Fault>().is_err(), "{unknown}");
    }
}
