//! `POST /api/auth/extend`: "stay signed in".

use std::sync::Arc;

use exeunt::store::MemoryStore;

use super::{
    HOUR, MILLISECOND, MINUTE, SIGNED_OUT, stored,
    support::{App, Call, FailingStore},
};

const EXTEND: &str = "/api/auth/extend";

#[tokio::test]
async fn it_moves_the_idle_limit_and_answers_with_the_session() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now().seconds();
    app.clock.advance(10 * MINUTE);
    let answer = browser.post_json(EXTEND, "{}").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let view = answer.json();
    assert_eq!(view["user_id"], "ada");
    assert_eq!(view["now"], begun + 600);
    assert_eq!(view["idle_expires_at"], begun + 600 + 1800);
    assert_eq!(view["session_expires_at"], begun + 600 + 1800);
    assert_eq!(view["absolute_expires_at"], begun + 12 * 3600);
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    // And it holds: 29 minutes later the session is alive, though 39 have passed since the login.
    app.clock.advance(29 * MINUTE);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn it_writes_at_most_once_a_minute() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    app.clock.advance(MINUTE - MILLISECOND);
    let answer = browser.post_json(EXTEND, "{}").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["idle_expires_at"], (begun + 30 * MINUTE).seconds());
    assert_eq!(stored(&app, &browser).await.unwrap().last_used_at, begun);
    app.clock.advance(MILLISECOND);
    let answer = browser.post_json(EXTEND, "{}").await;
    assert_eq!(answer.json()["idle_expires_at"], (begun + 31 * MINUTE).seconds());
    assert_eq!(stored(&app, &browser).await.unwrap().last_used_at, begun + MINUTE);
}

#[tokio::test]
async fn i12_it_does_not_reach_beyond_the_absolute_limit() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    for _ in 0..29 {
        app.clock.advance(24 * MINUTE);
        browser.post_json(EXTEND, "{}").await;
    }
    app.clock.advance(20 * MINUTE);
    let view = browser.post_json(EXTEND, "{}").await.json();
    assert_eq!(view["idle_expires_at"], (begun + 12 * HOUR).seconds());
    assert_eq!(view["session_expires_at"], (begun + 12 * HOUR).seconds());
    app.clock.advance(4 * MINUTE);
    assert_eq!(browser.post_json(EXTEND, "{}").await.status, 401);
}

#[tokio::test]
async fn i3_without_a_session_it_is_401_and_revives_nothing() {
    let app = App::start().await;
    let mut stranger = app.browser();
    let answer = stranger.post_json(EXTEND, "{}").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text().as_str()),
        (401, SIGNED_OUT)
    );

    let mut browser = app.signed_in("ada").await;
    app.clock.advance(30 * MINUTE);
    assert_eq!(browser.clone().post_json(EXTEND, "{}").await.status, 401);
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}

#[tokio::test]
async fn a_form_without_scripts_goes_back_to_the_account_page() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    app.clock.advance(10 * MINUTE);
    let answer = browser.submit(EXTEND, "").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.location(), "/account");
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 40 * MINUTE
    );
}

#[tokio::test]
async fn i7_i20_a_form_goes_back_to_the_page_that_it_names_and_never_elsewhere() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    for (form, place) in [
        ("return_to=%2Fsessions%3Fx%3D1", "/sessions?x=1"),
        ("return_to=%2Faccount%23letter", "/account#letter"),
        ("return_to=http%3A%2F%2Flocalhost%3A3000%2Fsessions", "/sessions"),
        ("return_to=https%3A%2F%2Fevil.example%2F", "/account"),
        ("return_to=%2F%2Fevil.example", "/account"),
        ("return_to=", "/account"),
        ("return_to=%2Fa&return_to=%2Fb", "/account"),
        ("other=1", "/account"),
    ] {
        let answer = browser.submit(EXTEND, form).await;
        assert_eq!((answer.status.as_u16(), answer.location().as_str()), (303, place));
    }
    let below = App::builder()
        .public_url("http://localhost:3000/some/app")
        .start()
        .await;
    let mut browser = below.browser();
    assert_eq!(browser.sign_in("/some/app/auth/login").await.status, 303);
    for form in ["return_to=%2Fsome%2Fapp%2Fsessions", "return_to=%2Fsessions"] {
        let answer = browser.submit("/some/app/api/auth/extend", form).await;
        assert_eq!(answer.location(), "/some/app/sessions", "{form}");
    }
}

#[tokio::test]
async fn a_form_of_somebody_who_is_signed_out_meanwhile_goes_back_too() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(30 * MINUTE);
    let answer = browser.submit(EXTEND, "return_to=%2Fsessions").await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/sessions"),
        "its gate says what is to be said"
    );
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}

#[tokio::test]
async fn i17_an_extension_that_the_store_did_not_carry_out_is_not_reported_as_one() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut browser = app.signed_in("ada").await;
    let begun = app.now();
    app.clock.advance(10 * MINUTE);
    store.fail(&[Call::Touch]);
    let answer = browser.post_json(EXTEND, "{}").await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    // A page is served all the same: the session is alive, only not extended.
    assert_eq!(browser.open("/account").await.status, 200);
    store.mend();
    assert_eq!(
        stored(&app, &browser).await.unwrap().idle_expires_at,
        begun + 30 * MINUTE
    );
}
