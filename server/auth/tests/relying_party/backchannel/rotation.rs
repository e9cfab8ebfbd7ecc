//! The provider's keys change, are missing, or cannot be had.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer, Endpoint, Signing};

use super::{
    steps::{assert_accepted, assert_failed, assert_refused, is_alive, publish, send, send_to, start},
    support::App,
    token::{Desk, Token},
};

/// This token, signed by the provider's own key of the moment.
fn by_provider(app: &App, token: &Token) -> String {
    app.script().sign(Signing::Normal, &token.claims, |_| ())
}

/// The same without `kid`.
fn by_provider_unnamed(app: &App, token: &Token) -> String {
    app.script().sign(Signing::Normal, &token.claims, |header| {
        header.remove("kid");
    })
}

/// A token by a key that the provider never had.
fn forged(app: &App, token: &Token) -> String {
    app.script().sign(Signing::StrangerRsa, &token.claims, |_| ())
}

fn fetches(app: &App) -> usize {
    app.script().count(Endpoint::Jwks)
}

#[tokio::test]
async fn f1_16_an_unknown_key_is_fetched_once_and_then_not_for_a_while() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    assert_eq!(fetches(&app), 1, "at the sign-in");
    app.script().rotate_keys(false);
    assert_accepted(&app, &by_provider(&app, &desk.token())).await;
    assert!(!is_alive(&app, &browser).await);
    assert_eq!(fetches(&app), 2);
    for _ in 0..3 {
        assert_refused(&app, &forged(&app, &desk.token())).await;
    }
    assert_eq!(fetches(&app), 2);
    app.clock.advance(Duration::from_secs(30));
    assert_refused(&app, &forged(&app, &desk.token())).await;
    assert_eq!(fetches(&app), 3);
}

#[tokio::test]
async fn f1_16_the_cooldown_counts_from_the_last_fetch_for_an_unknown_key_and_no_other() {
    let app = App::start().await;
    let desk = Desk::about_nobody(&app);
    // The first token finds no keys at all: that is an ordinary fetch.
    assert_accepted(&app, &by_provider(&app, &desk.token())).await;
    assert_eq!(fetches(&app), 1);
    app.script().rotate_keys(false);
    assert_accepted(&app, &by_provider(&app, &desk.token())).await;
    assert_eq!(fetches(&app), 2, "at once");
}

#[tokio::test]
async fn f1_18_without_kid_newer_keys_are_fetched_too() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    assert_accepted(
        &app,
        &by_provider_unnamed(&app, &Desk::about_nobody(&app).token().claim("jti", "other")),
    )
    .await;
    assert_eq!(fetches(&app), 1, "what verifies needs no newer ones");
    app.script().rotate_keys(true);
    assert_accepted(&app, &by_provider_unnamed(&app, &desk.token())).await;
    assert!(!is_alive(&app, &browser).await);
    assert_eq!(fetches(&app), 2);
    let mut forged = desk.token();
    forged = forged.by(super::keys::second_rsa()).without_header("kid");
    assert_refused(&app, &forged.sign()).await;
    assert_eq!(fetches(&app), 2, "one budget for both");
}

#[tokio::test]
async fn f1_16_a_token_that_is_wrong_in_anything_else_fetches_nothing() {
    let app = App::start().await;
    let desk = Desk::about_nobody(&app);
    assert_accepted(&app, &by_provider(&app, &desk.token())).await;
    for token in [
        desk.token().claim("iss", "https://evil.example"),
        desk.token().claim("aud", "other"),
        desk.token().claim("exp", desk.at(-3600)),
        desk.token().claim("nonce", "n"),
    ] {
        assert_refused(&app, &forged(&app, &token)).await;
    }
    assert_eq!(fetches(&app), 1);
}

#[tokio::test]
async fn f1_17_forged_tokens_do_not_keep_anybody_from_signing_in_after_a_rotation() {
    let app = App::start().await;
    app.signed_in("ada").await;
    assert_refused(&app, &forged(&app, &Desk::about_nobody(&app).token())).await;
    assert_eq!(fetches(&app), 2, "the back channel's is spent");
    app.script().rotate_keys(false);
    app.signed_in("ada").await;
    assert_eq!(fetches(&app), 3, "the sign-in's is not");
}

#[tokio::test]
async fn f1_17_forged_sign_ins_do_not_keep_the_back_channel_from_working_after_a_rotation() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    app.script().sign_with(Signing::StrangerRsa);
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 502);
    assert_eq!(fetches(&app), 2, "the sign-in's is spent");
    app.script().sign_with(Signing::Normal);
    app.script().rotate_keys(false);
    assert_accepted(&app, &by_provider(&app, &desk.token())).await;
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_16_a_sign_ins_fetch_does_not_lengthen_the_back_channels_cooldown() {
    let app = App::start().await;
    let desk = Desk::about_nobody(&app);
    assert_refused(&app, &forged(&app, &desk.token())).await;
    assert_eq!(fetches(&app), 2);
    app.clock.advance(Duration::from_secs(20));
    app.script().sign_with(Signing::StrangerRsa);
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 502);
    assert_eq!(fetches(&app), 3);
    app.clock.advance(Duration::from_secs(10));
    assert_refused(&app, &forged(&app, &desk.token())).await;
    assert_eq!(fetches(&app), 4);
}

#[tokio::test]
async fn f1_47_with_known_keys_a_provider_that_is_down_does_not_matter() {
    for hours in [0, 2] {
        for what in ["status", "down", "metadata"] {
            let app = start().await;
            let browser = app.signed_in("ada").await;
            match what {
                "status" => app.script().answer_always(Endpoint::Jwks, Answer::status(500)),
                "down" => app.script().set_down(true),
                _ => app
                    .script()
                    .answer_always(Endpoint::Discovery, Answer::status(500)),
            }
            app.clock.advance(Duration::from_secs(hours * 3600));
            let desk = Desk::new(&app.provider.issuer(), app.now(), "nobody's");
            assert_accepted(&app, &desk.token().without("sid").sign()).await;
            // After two hours it has run out anyway.
            assert!(!is_alive(&app, &browser).await, "{what}, {hours} h");
        }
    }
}

#[tokio::test]
async fn f1_47_without_keys_it_is_a_400_that_may_be_tried_again() {
    for endpoint in [Endpoint::Jwks, Endpoint::Discovery] {
        let app = start().await;
        let browser = app.signed_in("ada").await;
        let raw = Desk::of(&app, &browser).await.token().sign();
        let (_, fresh) = app.instance(app.store.clone());
        app.script().answer_always(endpoint, Answer::status(500));
        let answer = send_to(&fresh, &raw).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (400, &"logout_failed".into())
        );
        assert!(is_alive(&app, &browser).await);
        app.script().answer_normally(endpoint);
        app.clock.advance(Duration::from_secs(5));
        assert_eq!(send_to(&fresh, &raw).await.status, 200, "{endpoint:?}");
        assert!(!is_alive(&app, &browser).await);
    }
}

#[tokio::test]
async fn f1_16_f1_47_newer_keys_that_cannot_be_had_are_a_failed_logout_and_no_wrong_token() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    app.script().rotate_keys(false);
    let raw = by_provider(&app, &desk.token());
    app.script().answer_always(Endpoint::Jwks, Answer::status(500));
    assert_failed(&app, &raw).await;
    app.script().answer_normally(Endpoint::Jwks);
    // Nobody knows better a moment later, when they are not asked for again.
    assert_failed(&app, &raw).await;
    assert_eq!(fetches(&app), 2);
    app.clock.advance(Duration::from_secs(30));
    assert_accepted(&app, &raw).await;
    assert!(!is_alive(&app, &browser).await);
    // Now they are known, and what they do not verify is wrong.
    assert_refused(&app, &forged(&app, &desk.token())).await;
    assert_eq!(fetches(&app), 3);
}

#[tokio::test]
async fn f1_16_f1_47_newer_keys_that_come_too_late_are_a_failed_logout_too() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    app.script().rotate_keys(false);
    let raw = by_provider(&app, &Desk::of(&app, &browser).await.token());
    app.script().answer_always(Endpoint::Jwks, Answer::hang());
    tokio::time::pause();
    assert_failed(&app, &raw).await;
    tokio::time::resume();
    app.script().answer_normally(Endpoint::Jwks);
    app.script().release();
    assert_accepted(&app, &raw).await;
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_47_a_provider_that_waits_for_our_answer_gets_one_in_time_and_the_keys_come_later() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let raw = Desk::of(&app, &browser).await.token().sign();
    let (exeunt, fresh) = app.instance(app.store.clone());
    exeunt.provider().metadata().await.unwrap();
    app.script().answer_always(Endpoint::Jwks, Answer::hang());
    // Nothing moves any more but timers.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    assert_eq!(send_to(&fresh, &raw).await.status, 400);
    assert!(
        begun.elapsed() < Duration::from_millis(2_100),
        "{:?}",
        begun.elapsed()
    );
    tokio::time::resume();
    // It has our 400, and goes on.
    app.script().answer_normally(Endpoint::Jwks);
    app.script().release();
    assert_eq!(send_to(&fresh, &raw).await.status, 200);
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_47_discovery_that_fails_is_asked_once_for_all_and_again_after_five_seconds() {
    let app = start().await;
    app.script()
        .answer_always(Endpoint::Discovery, Answer::status(503));
    let desk = Desk::about_nobody(&app);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (router, raw) = (app.router(), desk.token().sign());
        calls.spawn(async move { send_to(&router, &raw).await.status.as_u16() });
    }
    assert_eq!(calls.join_all().await, vec![400; 20]);
    assert_eq!(app.script().count(Endpoint::Discovery), 1);
    app.clock.advance(Duration::from_millis(4_999));
    assert_eq!(send(&app, &desk.token().sign()).await.status, 400);
    assert_eq!(app.script().count(Endpoint::Discovery), 1);
    app.clock.advance(Duration::from_millis(1));
    app.script().answer_normally(Endpoint::Discovery);
    assert_accepted(&app, &desk.token().sign()).await;
    assert_eq!(app.script().count(Endpoint::Discovery), 2);
}

/// Moves the clock back by an hour, as one that was wrong is set.
fn step_back(app: &App) {
    app.clock.set(app.now() - Duration::from_secs(3600));
}

#[tokio::test]
async fn f1_47_a_failure_is_not_remembered_for_long_by_a_clock_that_was_set_back() {
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks] {
        let app = App::start().await;
        app.script().answer_always(endpoint, Answer::status(503));
        let before = Desk::about_nobody(&app).token();
        assert_eq!(send(&app, &by_provider(&app, &before)).await.status, 400);
        step_back(&app);
        app.script().answer_normally(endpoint);
        let after = Desk::about_nobody(&app).token();
        let answer = send(&app, &by_provider(&app, &after)).await;
        assert_eq!(answer.status, 200, "{endpoint:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn f1_16_f1_47_a_clock_that_was_set_back_keeps_no_key_from_being_fetched() {
    let app = App::start().await;
    let token = |app: &App| Desk::about_nobody(app).token();
    assert_accepted(&app, &by_provider(&app, &token(&app))).await;
    assert_refused(&app, &forged(&app, &token(&app))).await;
    assert_eq!((app.script().count(Endpoint::Discovery), fetches(&app)), (1, 2));
    step_back(&app);
    assert_accepted(&app, &by_provider(&app, &token(&app))).await;
    assert_eq!(
        (app.script().count(Endpoint::Discovery), fetches(&app)),
        (2, 3),
        "what was fetched in the future is old"
    );
    app.script().rotate_keys(false);
    let renewed = token(&app).claim("jti", "renewed");
    assert_accepted(&app, &by_provider(&app, &renewed)).await;
    assert_eq!(fetches(&app), 4, "nor does the cooldown last an hour");
}

#[tokio::test]
async fn f1_14_nobody_asks_at_an_address_in_the_header() {
    let app = App::start().await;
    let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/keys", trap.local_addr().unwrap());
    let desk = Desk::about_nobody(&app);
    for member in ["jku", "x5u"] {
        assert_refused(&app, &desk.token().header(member, address.as_str()).sign()).await;
    }
    let came = tokio::time::timeout(Duration::from_millis(50), trap.accept()).await;
    assert!(came.is_err(), "somebody asked");
    assert_eq!(fetches(&app), 1, "beside the provider's own keys");
}

#[tokio::test]
async fn a2_18_the_operators_algorithm_holds_for_logout_tokens_too() {
    let app = App::builder()
        .settings(|settings| settings.provider.id_token_alg = Some("ES256".parse().unwrap()))
        .start()
        .await;
    publish(&app);
    let desk = Desk::about_nobody(&app);
    assert_refused(&app, &desk.token().sign()).await;
    assert_accepted(&app, &desk.token().by(super::keys::p256()).sign()).await;
}

#[tokio::test]
async fn f1_23_f1_34_the_strict_settings_hold_at_the_endpoint() {
    use exeunt::config::{LogoutTokenPolicy, Strictness};
    let app = App::builder()
        .settings(|settings| {
            settings.logout_tokens = LogoutTokenPolicy {
                typ: Strictness::Strict,
                exp: Strictness::Strict,
            };
        })
        .start()
        .await;
    publish(&app);
    let desk = Desk::about_nobody(&app);
    assert_refused(&app, &desk.token().sign()).await;
    let typed = desk.token().header("typ", "logout+jwt");
    assert_refused(&app, &typed.clone().without("exp").sign()).await;
    assert_accepted(&app, &typed.sign()).await;
}
