//! One instance is killed in the middle of something: what was promised is kept by the others, and nothing comes back.

use std::time::Duration;

use exeunt::logout::outbox;
use exeunt_dev_provider::script::{Answer, Endpoint};

use super::{fleet::Fleet, on_each_engine};

on_each_engine!(
    i13_killed_while_it_revokes_the_tokens_another_instance_revokes_them,
    i02_killed_while_it_answers_a_logout_the_session_is_over_or_whole_and_the_next_press_ends_it,
    i01_killed_in_the_middle_of_a_callback_nobody_is_signed_in_and_one_can_begin_anew,
    i02_killed_in_the_middle_of_a_refresh_that_session_ends_at_worst_and_no_other,
);

/// Longer than an instance holds an entry of the outbox to itself.
const AFTER_THE_LEASE: Duration = Duration::from_secs(61);

/// How long after a press the process is killed, in milliseconds: before it hears of it, somewhere in between, when it has answered.
const MOMENTS: [u64; 5] = [0, 2, 5, 10, 40];

async fn i13_killed_while_it_revokes_the_tokens_another_instance_revokes_them(fleet: Fleet) {
    let script = fleet.provider.script();
    let (first, second) = (fleet.start().await, fleet.start().await);
    let mut ada = fleet.browser();
    ada.sign_in(&first).await;
    assert!(!script.live_tokens().is_empty());

    script.answer_always(Endpoint::Revocation, Answer::hang());
    let answer = ada.clone().post(&first, "/api/auth/logout").await.unwrap();
    assert_eq!(
        answer.status(),
        200,
        "the session has ended, the tokens are still to be revoked"
    );
    script.arrived(Endpoint::Revocation, 1).await;
    first.kill();
    script.release();
    script.answer_normally(Endpoint::Revocation);

    assert_eq!(ada.status(&second).await, 401, "what ended stays so");
    let heir = fleet.later(AFTER_THE_LEASE).await;
    assert_eq!(outbox::work_once(&heir).await.unwrap(), 1, "nothing was lost");
    assert_eq!(script.live_tokens(), Vec::<String>::new());
    assert_eq!(
        outbox::work_once(&heir).await.unwrap(),
        0,
        "and nothing is done twice"
    );
}

async fn i02_killed_while_it_answers_a_logout_the_session_is_over_or_whole_and_the_next_press_ends_it(
    fleet: Fleet,
) {
    let second = fleet.start().await;
    for moment in MOMENTS.map(Duration::from_millis) {
        let first = fleet.start().await;
        let mut ada = fleet.browser();
        ada.sign_in(&first).await;

        let mut pressing = ada.clone();
        let address = first.addressed();
        let pressed = tokio::spawn(async move { pressing.post_at(address, "/api/auth/logout").await });
        tokio::time::sleep(moment).await;
        first.kill();
        let answered = pressed.await.unwrap().map(|answer| answer.status().as_u16());

        let after = ada.status(&second).await;
        assert!([200, 401].contains(&after), "after {moment:?}: {after}");
        if answered.is_ok_and(|status| status == 200) {
            assert_eq!(after, 401, "after {moment:?}: what was promised is kept");
        }
        let again = ada.clone().post(&second, "/api/auth/logout").await.unwrap();
        assert_eq!(again.status(), 200, "after {moment:?}");
        assert_eq!(ada.status(&second).await, 401, "after {moment:?}");
    }
}

async fn i01_killed_in_the_middle_of_a_callback_nobody_is_signed_in_and_one_can_begin_anew(fleet: Fleet) {
    let script = fleet.provider.script();
    let (first, second) = (fleet.start().await, fleet.start().await);
    let mut ada = fleet.browser();
    let callback = ada.until_callback(&first).await;

    script.answer_next(Endpoint::Token, Answer::hold());
    let mut calling = ada.clone();
    let path = callback.clone();
    let called = {
        let address = first.addressed();
        tokio::spawn(async move { calling.get_at(address, &path).await.is_err() })
    };
    script.arrived(Endpoint::Token, 1).await;
    first.kill();
    assert!(called.await.unwrap(), "the connection broke off");
    script.release();

    assert_eq!(ada.status(&second).await, 401);
    let answer = ada.get(&second, &callback).await.unwrap();
    assert_ne!(answer.status(), 303, "its code was used up");
    assert_eq!(ada.status(&second).await, 401);
    let mut anew = fleet.browser();
    anew.sign_in(&second).await;
}

async fn i02_killed_in_the_middle_of_a_refresh_that_session_ends_at_worst_and_no_other(fleet: Fleet) {
    let script = fleet.provider.script();
    script.rotate_refresh_tokens(true);
    // Never fresh: each `extend` asks the provider.
    script.change_token_response(|response| {
        response.insert("expires_in".to_owned(), 0.into());
    });
    let (first, second) = (fleet.start().await, fleet.start().await);
    let (mut ada, mut grace) = (fleet.browser(), fleet.browser());
    ada.sign_in(&first).await;
    script.auto_login("grace");
    grace.sign_in(&first).await;
    let asked = script.count(Endpoint::Token);

    script.answer_next(Endpoint::Token, Answer::hold());
    let mut extending = ada.clone();
    let address = first.addressed();
    let extended = tokio::spawn(async move { extending.post_at(address, "/api/auth/extend").await.is_err() });
    script.arrived(Endpoint::Token, asked + 1).await;
    first.kill();
    assert!(extended.await.unwrap(), "the connection broke off");
    script.release();

    assert_eq!(
        ada.status(&second).await,
        200,
        "its limits hold; nobody knows yet that its token was used up"
    );
    assert_eq!(grace.status(&second).await, 200);
    let logout = ada.clone().post(&second, "/api/auth/logout").await.unwrap();
    assert_eq!(logout.status(), 200);
    for _ in 0..3 {
        let refused = ada.post(&second, "/api/auth/extend").await.unwrap();
        assert_eq!(refused.status(), 401, "nothing brings it back");
        assert_eq!(ada.status(&second).await, 401);
    }
    assert_eq!(grace.status(&second).await, 200);
}
