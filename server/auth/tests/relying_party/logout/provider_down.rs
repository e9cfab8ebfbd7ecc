//! A provider that is down, refuses or says nothing when a person signs out (F4.15, F4.17, invariants I1 and I17).

use std::time::Duration;

use exeunt::config::Limits;
use exeunt_dev_provider::script::{Answer, Endpoint};

use super::{
    detail, living, provider_url, receipt, sign_out, status,
    support::{App, Browser},
};

/// How long a sign-out may take whatever the provider does.
const BUDGET: Duration = Duration::from_millis(2_100);

/// The ways in which discovery fails.
const FAULTS: [&str; 6] = ["down", "hangs", "500", "redirects", "nonsense", "another issuer"];

fn break_discovery(app: &App, fault: &str) {
    let script = app.script();
    let answer = match fault {
        "down" => return script.set_down(true),
        "hangs" => Answer::hang(),
        "500" => Answer::status(500),
        "redirects" => Answer::redirect("http://127.0.0.1:9/"),
        "nonsense" => Answer::body(200, "application/json", "{"),
        _ => {
            return script.change_discovery(|document| {
                document.insert("issuer".to_owned(), "https://evil.example".into());
            });
        }
    };
    script.answer_always(Endpoint::Discovery, answer);
}

/// Signs out under a paused clock of the runtime: a wait passes at once, and how long it would have been is measured.
async fn timed(browser: &mut Browser) -> (super::Answer, Duration) {
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let answer = sign_out(browser, "browser").await;
    let took = begun.elapsed();
    tokio::time::resume();
    (answer, took)
}

#[tokio::test]
async fn f4_15_i1_i17_without_any_discovery_the_app_session_ends_and_the_rest_is_told() {
    for fault in FAULTS {
        let app = App::start().await;
        let browser = app.signed_in("ada").await;
        let (_, router) = app.instance(app.store.clone());
        let mut browser = browser.at(router);
        break_discovery(&app, fault);
        let (answer, took) = timed(&mut browser).await;
        assert!(took <= BUDGET, "{fault}: {took:?}");
        assert_eq!(answer.status, 200, "{fault}");
        let body = answer.json();
        assert_eq!(body["success"], true, "{fault}");
        assert_eq!(
            status(&body["receipt"], "app_session").unwrap(),
            "ended",
            "{fault}"
        );
        assert_eq!(
            status(&body["receipt"], "provider_session").unwrap(),
            "failed",
            "{fault}"
        );
        assert!(
            detail(&body["receipt"], "provider_session").contains("still be signed in"),
            "{fault}"
        );
        assert_eq!(body.get("front_channel_logout_url"), None, "{fault}");
        assert_eq!(living(&app, "ada").await, 0, "{fault}");
        assert!(
            browser.cookies.contains_key("exeunt-prompt"),
            "{fault}: the next login prompts"
        );
        assert_eq!(receipt(&mut browser).await, body["receipt"], "{fault}");
        // A form is not stranded either.
        assert_eq!(
            browser.open("/auth/logout/continue").await.location(),
            "/logged-out",
            "{fault}"
        );
    }
}

#[tokio::test]
async fn f4_15_i17_with_a_discovery_of_yesterday_the_providers_address_is_still_known() {
    for fault in FAULTS {
        let app = App::builder()
            .settings(|settings| {
                settings.limits =
                    Limits::new(Duration::from_secs(6 * 3600), Duration::from_secs(12 * 3600)).unwrap();
            })
            .start()
            .await;
        let mut browser = app.signed_in("ada").await;
        // The cache is past its lifetime: it would be fetched anew.
        app.clock.advance(Duration::from_secs(2 * 3600));
        let known = app.script().count(Endpoint::Discovery);
        break_discovery(&app, fault);
        let (answer, took) = timed(&mut browser).await;
        assert!(took <= BUDGET, "{fault}: {took:?}");
        if fault != "down" {
            assert_eq!(
                app.script().count(Endpoint::Discovery),
                known + 1,
                "{fault}: it was tried"
            );
        }
        assert_eq!(answer.json()["success"], true, "{fault}");
        assert!(
            provider_url(&answer).starts_with(&app.provider.issuer()),
            "{fault}"
        );
        assert_eq!(
            status(&answer.json()["receipt"], "provider_session").unwrap(),
            "unconfirmed",
            "{fault}"
        );
    }
}

#[tokio::test]
async fn i1_a_fresh_discovery_is_not_fetched_again_and_a_provider_that_is_down_changes_nothing_here() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    app.script().set_down(true);
    let (answer, took) = timed(&mut browser).await;
    assert_eq!(took, Duration::ZERO);
    assert_eq!(answer.json()["success"], true);
    assert!(provider_url(&answer).starts_with(&app.provider.issuer()));
    assert_eq!(browser.fetch("/api/session").await.status, 401);
    assert_eq!(living(&app, "ada").await, 0);
}

#[tokio::test]
async fn f4_17_i1_i4_whatever_the_end_session_endpoint_answers_the_person_who_comes_back_is_signed_out() {
    for answer in [
        Answer::status(404),
        Answer::status(500),
        Answer::body(200, "text/html", "sorry"),
    ] {
        let app = App::start().await;
        app.script().answer_always(Endpoint::EndSession, answer);
        let mut browser = app.signed_in("ada").await;
        let url = provider_url(&sign_out(&mut browser, "browser").await);
        let page = browser.visit_provider(&url).await;
        assert_eq!(page.header("location"), None, "they are stranded at the provider");
        // And type our address.
        assert_eq!(browser.open("/account").await.status, 401);
        assert_eq!(browser.open("/logged-out").await.status, 200);
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "unconfirmed"
        );
    }
}

#[tokio::test]
async fn f4_17_i1_an_end_session_endpoint_that_hangs_finds_the_session_dead() {
    let app = App::start().await;
    app.script().answer_always(Endpoint::EndSession, Answer::hang());
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    let mut waiting = browser.clone();
    let navigation = tokio::spawn(async move { waiting.visit_provider(&url).await });
    app.script().arrived(Endpoint::EndSession, 1).await;
    assert_eq!(browser.open("/account").await.status, 401);
    app.script().release();
    assert_eq!(navigation.await.unwrap().status, 303);
}
