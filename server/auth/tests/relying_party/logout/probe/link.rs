//! The probe that a person asks for, and where there is none.

use exeunt_dev_provider::script::{Answer as Fault, Endpoint, ScriptedProviderBuilder};

use super::{
    MILLISECOND, PROBE, answer_to, app, can_probe, detail, is_question, left, must_prompt, parameter,
    probing, receipt, returned, sign_out, status,
    support::{App, every_store},
};

#[tokio::test]
async fn it_is_off_unless_the_operator_switches_it_on() {
    let app = App::start().await;
    let (mut browser, answer) = returned(&app, true).await;
    assert_eq!(answer.location(), "/logged-out");
    assert!(!must_prompt(&browser));
    assert!(!can_probe(&app, &browser).await);
    let answer = browser.open(PROBE).await;
    assert_eq!(answer.location(), "/logged-out");
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned"
    );
}

#[tokio::test]
async fn who_is_not_sent_back_may_ask_by_a_link_and_once_only() {
    for named in every_store() {
        let app = probing(&named).await;
        let (mut browser, url) = left(&app).await;
        assert!(can_probe(&app, &browser).await, "{}", named.name);
        browser.visit_provider(&url).await;
        let question = browser.open(PROBE).await;
        assert!(is_question(&question), "{}", named.name);
        assert!(!can_probe(&app, &browser).await);
        assert_eq!(
            browser.open(PROBE).await.location(),
            "/logged-out",
            "{}",
            named.name
        );
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "unconfirmed"
        );
        assert!(must_prompt(&browser));
        let callback = answer_to(&mut browser, &question).await;
        browser.open(&callback).await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "ended",
            "{}",
            named.name
        );
        assert!(
            !must_prompt(&browser),
            "proved, though it never sent anybody back"
        );
    }
}

#[tokio::test]
async fn i4_the_link_proves_nothing_where_the_provider_does_not_tell() {
    let app = app().await;
    let (mut browser, _) = left(&app).await;
    let question = browser.open(PROBE).await;
    let state = parameter(&question.location(), "state").unwrap();
    browser
        .open(&format!(
            "/auth/callback?state={state}&error=interaction_required&iss={}",
            app.provider.issuer()
        ))
        .await;
    let receipt = receipt(&mut browser).await;
    assert_eq!(status(&receipt, "provider_session").unwrap(), "unconfirmed");
    assert!(detail(&receipt, "provider_session").contains("did not tell"));
    assert!(must_prompt(&browser));
}

#[tokio::test]
async fn i19_after_a_return_that_was_believed_a_code_makes_the_next_login_ask_again() {
    for named in every_store() {
        let app = probing(&named).await;
        let (browser, url) = left(&app).await;
        // An instance that cannot ask just now.
        let (_, router) = app.instance(app.store.clone());
        app.script().set_down(true);
        let state = parameter(&url, "state").unwrap();
        let mut there = browser.at(router);
        there.open(&format!("/logged-out?state={state}")).await;
        app.script().set_down(false);
        let mut browser = there.at(app.router());
        assert!(!must_prompt(&browser), "{}: it was believed", named.name);
        assert!(can_probe(&app, &browser).await);
        let question = browser.open(PROBE).await;
        let callback = answer_to(&mut browser, &question).await;
        assert!(callback.contains("code="), "{callback}");
        browser.open(&callback).await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "failed"
        );
        assert!(must_prompt(&browser), "{}", named.name);
    }
}

#[tokio::test]
async fn the_link_leads_nobody_to_the_provider_who_has_nothing_to_ask() {
    let app = app().await;
    // Nobody signed out here.
    assert_eq!(app.browser().open(PROBE).await.location(), "/logged-out");
    // Somebody is signed in.
    let mut browser = app.signed_in("ada").await;
    assert_eq!(browser.open(PROBE).await.location(), "/logged-out");
    assert_eq!(browser.fetch("/api/session").await.status, 200);
    // The provider was kept on purpose.
    sign_out(&mut browser, "app").await;
    assert!(!can_probe(&app, &browser).await);
    assert_eq!(browser.open(PROBE).await.location(), "/logged-out");
    // Prefetched.
    app.clock.advance(MILLISECOND);
    let (mut browser, _) = left(&app).await;
    let prefetched = browser
        .send(
            http::Method::GET,
            PROBE,
            &[("sec-purpose", "prefetch;prerender")],
            axum::body::Body::empty(),
        )
        .await;
    assert_eq!(prefetched.status, 503);
    assert!(can_probe(&app, &browser).await);
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_is_not_asked() {
    // It has no way to sign out, so that nothing is pending there.
    let app = App::builder()
        .provider(ScriptedProviderBuilder::without_end_session)
        .settings(|settings| settings.logout.probe = true)
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "browser").await;
    assert_eq!(browser.open(PROBE).await.location(), "/logged-out");
    // It lists its prompts, and `none` is not among them.
    let app = super::app().await;
    app.script().change_discovery(|metadata| {
        metadata.insert(
            "prompt_values_supported".to_owned(),
            serde_json::json!(["login", "consent"]),
        );
    });
    let (browser, answer) = returned(&app, true).await;
    assert_eq!(answer.location(), "/logged-out");
    assert!(!must_prompt(&browser), "it returned");
    // It is down.
    let app = super::app().await;
    let (browser, url) = left(&app).await;
    let (_, router) = app.instance(app.store.clone());
    app.script()
        .answer_always(Endpoint::Discovery, Fault::status(500));
    let state = parameter(&url, "state").unwrap();
    let answer = browser
        .at(router)
        .open(&format!("/logged-out?state={state}"))
        .await;
    assert_eq!(answer.location(), "/logged-out");
}
