//! What an ID token must say.

use std::time::Duration;

use exeunt_dev_provider::{
    Lifetimes,
    script::{Endpoint, Object},
};
use serde_json::{Value, json};

use super::{
    steps::{CLOCKS, UNTRUSTED, assert_fails, assert_works, remove, set},
    support::App,
};

/// Signs in with this change to the claims, and finds it refused before userinfo is asked.
async fn assert_refused(change: impl Fn(&mut Object) + Send + Sync + 'static) {
    let app = App::start().await;
    app.script().change_id_token_claims(change);
    assert_fails(&app, 502, UNTRUSTED).await;
    assert_eq!(app.script().count(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn f2_10_the_nonce_must_be_the_one_that_was_sent() {
    for nonce in [json!("another"), json!(""), json!(7), Value::Null] {
        assert_refused(set("nonce", nonce)).await;
    }
    assert_refused(remove("nonce")).await;
}

#[tokio::test]
async fn a5_1_the_issuer_must_be_ours_to_the_letter() {
    assert_refused(set("iss", "https://evil.example")).await;
    assert_refused(|claims| {
        let slash = format!("{}/", claims["iss"].as_str().unwrap());
        claims.insert("iss".to_owned(), slash.into());
    })
    .await;
    assert_refused(remove("iss")).await;
}

#[tokio::test]
async fn a5_14_subject_and_times_must_be_there() {
    for claim in ["sub", "iat", "exp", "aud"] {
        assert_refused(remove(claim)).await;
    }
    assert_refused(set("sub", "")).await;
    assert_refused(set("sub", 7)).await;
}

#[tokio::test]
async fn a5_2_the_token_must_be_for_us() {
    assert_refused(|claims| {
        claims.insert("aud".to_owned(), json!("another-client"));
        claims.remove("azp");
    })
    .await;
    assert_refused(set("aud", json!(["another-client"]))).await;
    assert_refused(set("aud", json!([]))).await;
}

fn audiences(azp: Option<&'static str>) -> impl Fn(&mut Object) + Send + Sync {
    move |claims| {
        let ours = claims["aud"].clone();
        claims.insert("aud".to_owned(), json!([ours, "project"]));
        match azp {
            Some("ours") => claims.insert("azp".to_owned(), ours),
            Some(other) => claims.insert("azp".to_owned(), other.into()),
            None => claims.remove("azp"),
        };
    }
}

#[tokio::test]
async fn f2_16_another_audience_is_accepted_if_azp_is_ours() {
    let app = App::start().await;
    app.script().change_id_token_claims(audiences(Some("ours")));
    assert_works(&app).await;
}

#[tokio::test]
async fn f2_16_another_audience_is_refused_if_azp_is_missing_or_another() {
    assert_refused(audiences(None)).await;
    assert_refused(audiences(Some("another-client"))).await;
    assert_refused(set("azp", "another-client")).await;
    assert_refused(set("azp", 7)).await;
}

#[tokio::test]
async fn f2_16_a_trusted_audience_needs_no_azp_but_excuses_no_other_azp() {
    let trusting = || {
        App::builder().settings(|settings| settings.provider.trusted_audiences = vec!["project".to_owned()])
    };
    let app = trusting().start().await;
    app.script().change_id_token_claims(audiences(None));
    assert_works(&app).await;
    let app = trusting().start().await;
    app.script()
        .change_id_token_claims(audiences(Some("another-client")));
    assert_fails(&app, 502, UNTRUSTED).await;
}

#[tokio::test]
async fn a5_8_the_access_token_must_be_the_one_that_at_hash_tells() {
    assert_refused(set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")).await;
    assert_refused(set("at_hash", "")).await;
    assert_refused(set("at_hash", 7)).await;
    let app = App::start().await;
    app.script().change_token_response(set("access_token", "another"));
    assert_fails(&app, 502, UNTRUSTED).await;
    assert_eq!(app.script().count(Endpoint::Userinfo), 0);
    let app = App::start().await;
    app.script().change_id_token_claims(remove("at_hash"));
    assert_works(&app).await;
}

#[tokio::test]
async fn f6_7_thirty_seconds_between_the_clocks_do_no_harm() {
    for skew in [-30, 30] {
        let app = App::start().await;
        app.script().advance_clock(skew);
        assert_works(&app).await;
    }
}

#[tokio::test]
async fn f6_7_ten_minutes_between_the_clocks_are_told_as_such() {
    for skew in [-600, 600] {
        for id_token in [300, 3600] {
            let lifetimes = Lifetimes {
                id_token,
                ..Lifetimes::default()
            };
            let app = App::builder()
                .provider(|provider| provider.lifetimes(lifetimes))
                .start()
                .await;
            app.script().advance_clock(skew);
            let page = assert_fails(&app, 502, CLOCKS).await;
            assert!(page.text().contains("should check the clocks"), "{}", page.text());
            assert_eq!(app.script().count(Endpoint::Userinfo), 0);
        }
    }
}

#[tokio::test]
async fn f6_7_a_sign_in_that_takes_nine_minutes_at_the_provider_is_no_skew() {
    let app = App::start().await;
    let mut browser = app.browser();
    let start = browser.open("/auth/login").await;
    app.clock.advance(Duration::from_secs(9 * 60));
    let answer = browser.visit_provider(&start.location()).await;
    let callback = browser.path_here(&answer.location());
    assert_eq!(browser.open(&callback).await.status, 303);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    for raw in ["", "x", "a.b", "a.b.c", "e30.e30.", "....."] {
        let app = App::start().await;
        app.script().change_token_response(set("id_token", raw));
        assert_fails(&app, 502, UNTRUSTED).await;
    }
}

#[tokio::test]
async fn claims_of_the_id_token_become_the_identity() {
    let app = App::start().await;
    app.script().change_id_token_claims(|claims| {
        claims.insert("name".to_owned(), json!("Zoë <b>"));
        claims.insert("roles".to_owned(), json!(["a", "b"]));
        claims.remove("email");
    });
    app.script().change_userinfo(|claims| {
        claims.insert("email".to_owned(), json!("from@userinfo.example"));
        claims.insert("name".to_owned(), json!("Not This"));
    });
    let mut browser = assert_works(&app).await;
    let session = browser.fetch("/api/session").await.json();
    assert_eq!(session["name"], "Zoë <b>", "what is signed counts");
    assert_eq!(
        session["email"], "from@userinfo.example",
        "userinfo adds what is missing"
    );
    assert_eq!(session["roles"], json!(["a", "b"]));
}
