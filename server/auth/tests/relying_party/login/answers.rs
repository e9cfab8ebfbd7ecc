//! The authorization response: errors, doubled parameters, and who it comes from.

use exeunt_dev_provider::script::Endpoint;

use super::{
    steps::{
        IMPROPER, UNREACHABLE, assert_nobody_signed_in, assert_page, assert_works, callback_parameter,
        remove, set, with,
    },
    support::App,
};

#[tokio::test]
async fn f2_5_an_error_is_told_without_repeating_what_was_sent() {
    let app = App::start().await;
    app.script().change_authorization_response(|parameters| {
        parameters.retain(|(name, _)| name != "code");
        parameters.push(("error".to_owned(), "access_denied".to_owned()));
        parameters.push((
            "error_description".to_owned(),
            "<script>alert(1)</script>".repeat(50),
        ));
    });
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login").await;
    assert_page(&answer, 403, "Sign-in was declined");
    assert!(!answer.text().contains("alert(1)"), "{}", answer.text());
    assert_nobody_signed_in(&app, &browser).await;
    assert_eq!(app.script().count(Endpoint::Token), 0);
}

#[tokio::test]
async fn f2_5_errors_of_every_kind_have_a_page_of_their_own() {
    for (error, status, title) in [
        ("login_required", 403, "You are not signed in at the provider"),
        (
            "interaction_required",
            403,
            "You are not signed in at the provider",
        ),
        ("server_error", 502, "The provider could not sign you in"),
        ("<b>", 502, "The provider could not sign you in"),
    ] {
        let app = App::start().await;
        app.script().change_authorization_response(move |parameters| {
            parameters.retain(|(name, _)| name != "code");
            parameters.push(("error".to_owned(), error.to_owned()));
        });
        let mut browser = app.browser();
        let answer = browser.sign_in("/auth/login").await;
        assert_page(&answer, status, title);
        assert!(!answer.text().contains("<b>"));
    }
}

#[tokio::test]
async fn f2_5_an_error_with_a_foreign_state_uses_up_no_attempt() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let answer = browser.open("/auth/callback?error=access_denied&state=a.b").await;
    assert_page(&answer, 400, "This sign-in is over");
    assert_eq!(browser.open(&callback).await.status, 303);
}

#[tokio::test]
async fn f2_6_code_and_error_together_are_an_error() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let answer = browser
        .open(&with(&callback, "error", Some("access_denied")))
        .await;
    assert_page(&answer, 403, "Sign-in was declined");
    assert_nobody_signed_in(&app, &browser).await;
    assert_eq!(app.script().count(Endpoint::Token), 0);
}

#[tokio::test]
async fn f2_7_doubled_parameters_are_refused() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    for name in ["state", "code", "iss"] {
        let mut tab = browser.clone();
        let doubled = format!(
            "{callback}&{name}={}",
            url::form_urlencoded::byte_serialize(callback_parameter(&callback, name).as_bytes())
                .collect::<String>()
        );
        assert_page(&tab.open(&doubled).await, 400, IMPROPER);
        assert_nobody_signed_in(&app, &tab).await;
    }
    assert_eq!(app.script().count(Endpoint::Token), 0);
    assert_eq!(browser.open(&callback).await.status, 303);
}

#[tokio::test]
async fn f2_8_the_issuer_in_the_answer_must_be_ours() {
    for iss in [
        Some("https://evil.example"),
        Some("http://127.0.0.1/"),
        Some(""),
        None,
    ] {
        let app = App::start().await;
        let mut browser = app.browser();
        let callback = browser.sign_in_until_callback("/auth/login").await;
        assert_page(&browser.open(&with(&callback, "iss", iss)).await, 400, IMPROPER);
        assert_nobody_signed_in(&app, &browser).await;
        assert_eq!(app.script().count(Endpoint::Token), 0);
    }
}

#[tokio::test]
async fn f2_8_a_slash_more_is_another_issuer() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let iss = format!("{}/", app.provider.issuer());
    assert_page(
        &browser.open(&with(&callback, "iss", Some(&iss))).await,
        400,
        IMPROPER,
    );
    assert_eq!(app.script().count(Endpoint::Token), 0);
}

#[tokio::test]
async fn f2_8_an_issuer_that_was_not_promised_may_be_missing_but_not_wrong() {
    let app = App::start().await;
    app.script()
        .change_discovery(remove("authorization_response_iss_parameter_supported"));
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let wrong = with(&callback, "iss", Some("https://evil.example"));
    assert_page(&browser.clone().open(&wrong).await, 400, IMPROPER);
    assert_eq!(app.script().count(Endpoint::Token), 0);
    assert_eq!(browser.open(&with(&callback, "iss", None)).await.status, 303);
}

#[tokio::test]
async fn f2_8_error_answers_are_judged_by_their_issuer_too() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let error = with(&with(&callback, "code", None), "error", Some("access_denied"));
    let foreign = with(&error, "iss", Some("https://evil.example"));
    assert_page(&browser.open(&foreign).await, 400, IMPROPER);
}

#[tokio::test]
async fn f2_9_an_answer_of_one_provider_is_not_taken_to_another() {
    let (ours, theirs) = (App::start().await, App::start().await);
    // The same browser has an attempt at each; the two apps share their keys, as one that changed its provider would.
    let mut browser = ours.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let mut elsewhere = theirs.browser();
    let foreign = elsewhere.sign_in_until_callback("/auth/login").await;
    let mixed = with(
        &with(&callback, "code", Some(&callback_parameter(&foreign, "code"))),
        "iss",
        Some(&theirs.provider.issuer()),
    );
    assert_page(&browser.clone().open(&mixed).await, 400, IMPROPER);
    // An attempt that was begun at the former provider.
    elsewhere.cookies.append(&mut browser.cookies);
    assert_page(&elsewhere.open(&callback).await, 400, IMPROPER);
    assert_eq!(ours.script().count(Endpoint::Token), 0);
    assert_eq!(theirs.script().count(Endpoint::Token), 0);
    assert_nobody_signed_in(&ours, &browser).await;
    assert_nobody_signed_in(&theirs, &elsewhere).await;
}

#[tokio::test]
async fn f2_12_what_is_too_long_is_not_passed_on() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let long = with(&callback, "code", Some(&"c".repeat(60_000)));
    assert_page(&browser.clone().open(&long).await, 414, IMPROPER);
    let many = format!("{callback}{}", "&a=b".repeat(1000));
    assert_page(&browser.clone().open(&many).await, 414, IMPROPER);
    assert_eq!(app.script().count(Endpoint::Token), 0);
    assert_nobody_signed_in(&app, &browser).await;
}

#[tokio::test]
async fn a_provider_that_names_another_authorization_endpoint_is_asked_there() {
    let app = App::start().await;
    let elsewhere = format!("{}/authorize?tenant=1", app.provider.origin());
    app.script()
        .change_discovery(set("authorization_endpoint", elsewhere.clone()));
    let start = app.browser().open("/auth/login").await;
    assert!(
        start
            .location()
            .starts_with(&format!("{elsewhere}&response_type=code&")),
        "{}",
        start.location()
    );
    let app = App::start().await;
    app.script()
        .change_discovery(set("authorization_endpoint", "http://op.example/authorize"));
    assert_page(&app.browser().open("/auth/login").await, 502, UNREACHABLE);
    assert_works(&App::start().await).await;
}
