//! What an answer proves, and what the receipt says of it.

use exeunt_dev_provider::script::Endpoint;

use super::{
    MILLISECOND, answer_to, app, can_probe, detail, is_question, living, must_prompt, parameter, probing,
    receipt, returned, status, support::every_store,
};

#[tokio::test]
async fn i4_login_required_proves_that_the_providers_session_is_over() {
    for named in every_store() {
        let app = probing(&named).await;
        let (mut browser, question) = returned(&app, true).await;
        assert!(is_question(&question), "{}: {}", named.name, question.location());
        assert_eq!(question.header("cache-control").unwrap(), "no-store");
        let callback = answer_to(&mut browser, &question).await;
        assert!(callback.contains("error=login_required"), "{callback}");
        let answer = browser.open(&callback).await;
        assert_eq!(answer.status, 303, "{}", named.name);
        assert_eq!(answer.location(), "/logged-out");
        let receipt = receipt(&mut browser).await;
        assert_eq!(
            status(&receipt, "provider_session").unwrap(),
            "ended",
            "{}",
            named.name
        );
        assert!(
            detail(&receipt, "provider_session").contains("nobody is"),
            "{receipt}"
        );
        assert!(!must_prompt(&browser), "it is proved");
        assert!(!can_probe(&app, &browser).await);
    }
}

#[tokio::test]
async fn the_question_asks_nothing_of_the_person_and_for_no_more_than_it_takes() {
    let app = app().await;
    let (_, question) = returned(&app, true).await;
    let url = question.location();
    assert!(url.starts_with(&app.provider.issuer()), "{url}");
    let names: Vec<String> = url::Url::parse(&url)
        .unwrap()
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(
        names,
        [
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "prompt"
        ]
    );
    assert_eq!(parameter(&url, "scope").unwrap(), "openid");
    assert_eq!(parameter(&url, "prompt").unwrap(), "none");
    assert_eq!(
        parameter(&url, "redirect_uri").unwrap(),
        "http://localhost:3000/auth/callback"
    );
    assert_eq!(parameter(&url, "code_challenge_method").unwrap(), "S256");
}

#[tokio::test]
async fn i4_i19_a_code_is_never_redeemed_and_says_that_the_person_is_still_signed_in() {
    for named in every_store() {
        let app = probing(&named).await;
        let (mut browser, question) = returned(&app, false).await;
        let callback = answer_to(&mut browser, &question).await;
        assert!(callback.contains("code="), "{callback}");
        app.script().clear_requests();
        app.clock.advance(MILLISECOND);
        let answer = browser.open(&callback).await;
        assert_eq!(answer.location(), "/logged-out", "{}", named.name);
        for endpoint in [Endpoint::Token, Endpoint::Userinfo] {
            assert_eq!(app.script().count(endpoint), 0, "{}: {endpoint:?}", named.name);
        }
        assert_eq!(browser.session_cookie(), None);
        assert_eq!(living(&app, "ada").await, 0, "{}", named.name);
        let receipt = receipt(&mut browser).await;
        assert_eq!(status(&receipt, "provider_session").unwrap(), "failed");
        assert!(
            detail(&receipt, "provider_session").starts_with("Somebody is still signed in at 127.0.0.1"),
            "{receipt}"
        );
        assert!(must_prompt(&browser), "the next login asks");
        let login = browser.open("/auth/login").await;
        assert_eq!(parameter(&login.location(), "prompt").unwrap(), "login");
    }
}

#[tokio::test]
async fn i4_i19_after_a_code_the_provider_can_be_tried_again_and_its_word_is_not_enough_any_more() {
    let app = app().await;
    let (mut browser, question) = returned(&app, false).await;
    let callback = answer_to(&mut browser, &question).await;
    browser.open(&callback).await;
    let leaving = browser.open("/auth/logout/continue").await;
    assert_eq!(leaving.status, 200, "the page that leaves: {}", leaving.text());
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "unconfirmed"
    );
    let state = {
        let request = app.script().last_request(Endpoint::Authorize).unwrap();
        assert_eq!(request.parameter("prompt").unwrap(), "none");
        let text = leaving.text().replace("&amp;", "&");
        let url = text
            .split("url=")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        parameter(&url, "state").unwrap()
    };
    let back = browser.open(&format!("/logged-out?state={state}")).await;
    assert_eq!(back.location(), "/logged-out", "there is one question only");
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned"
    );
    assert!(
        must_prompt(&browser),
        "the last time it sent back somebody who was signed in"
    );
}

#[tokio::test]
async fn i4_any_other_error_proves_nothing() {
    for error in [
        "consent_required",
        "interaction_required",
        "account_selection_required",
        "server_error",
        "access_denied",
    ] {
        let app = app().await;
        let (mut browser, question) = returned(&app, true).await;
        app.script().change_authorization_response(move |parameters| {
            parameters.retain(|(name, _)| name != "code" && name != "error");
            parameters.push(("error".to_owned(), error.to_owned()));
        });
        let callback = answer_to(&mut browser, &question).await;
        assert_eq!(browser.open(&callback).await.location(), "/logged-out");
        let receipt = receipt(&mut browser).await;
        assert_eq!(
            status(&receipt, "provider_session").unwrap(),
            "returned",
            "{error}"
        );
        assert!(
            detail(&receipt, "provider_session").contains("did not tell"),
            "{error}: {receipt}"
        );
        assert!(!must_prompt(&browser), "{error}: it did send the browser back");
        assert!(!can_probe(&app, &browser).await, "{error}: asked once");
    }
}

#[tokio::test]
async fn i4_without_an_answer_the_receipt_says_returned_and_the_next_login_asks() {
    let app = app().await;
    let (mut browser, _) = returned(&app, true).await;
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned"
    );
    assert!(must_prompt(&browser));
    assert!(!can_probe(&app, &browser).await, "it was asked");
}
