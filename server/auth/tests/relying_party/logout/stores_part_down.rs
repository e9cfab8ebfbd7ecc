//! The session's end works, and something beside it does not (F4.10): each is told apart.

use std::sync::Arc;

use exeunt::store::MemoryStore;

use super::{
    living, parameter, provider_url, sign_out, status,
    support::{App, Call, FailingStore},
};

async fn failing() -> (App, Arc<FailingStore>) {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    (App::builder().store(store.clone()).start().await, store)
}

#[tokio::test]
async fn f4_10_i4_the_other_sessions_cannot_be_ended() {
    let (app, store) = failing().await;
    let mut browser = app.signed_in("ada").await;
    let mut elsewhere = app.signed_in("ada").await;
    store.fail(&[Call::TakeMany]);
    let body = sign_out(&mut browser, "everywhere").await.json();
    assert_eq!(body["success"], true, "the session of this browser is ended");
    assert_eq!(status(&body["receipt"], "app_session").unwrap(), "ended");
    assert_eq!(status(&body["receipt"], "other_sessions").unwrap(), "failed");
    assert_eq!(elsewhere.fetch("/api/session").await.status, 200);
    assert_eq!(browser.fetch("/api/session").await.status, 401);
}

#[tokio::test]
async fn f4_10_i4_the_other_sessions_cannot_be_counted() {
    let (app, store) = failing().await;
    let mut browser = app.signed_in("ada").await;
    let _elsewhere = app.signed_in("ada").await;
    store.fail(&[Call::List]);
    let body = sign_out(&mut browser, "browser").await.json();
    assert_eq!(body["success"], true);
    assert_eq!(
        status(&body["receipt"], "other_sessions"),
        None,
        "nothing is said of what is not known"
    );
    store.mend();
    assert_eq!(living(&app, "ada").await, 1);
}

#[tokio::test]
async fn f4_10_i1_the_pending_logout_cannot_be_stored() {
    let (app, store) = failing().await;
    let mut browser = app.signed_in("ada").await;
    store.fail(&[Call::PutPending]);
    let answer = sign_out(&mut browser, "browser").await;
    assert_eq!(answer.json()["success"], true);
    assert!(
        !browser.cookies.contains_key("exeunt-logout"),
        "there is nothing it could open"
    );
    assert!(browser.cookies.contains_key("exeunt-prompt"));
    assert_eq!(browser.fetch("/api/session").await.status, 401);
    // The provider can be reached all the same, and the return shows a page.
    let back = browser.visit_provider(&provider_url(&answer)).await.location();
    let returned = browser.open(&browser.path_here(&back)).await;
    assert_eq!(
        (returned.status.as_u16(), returned.location().as_str()),
        (303, "/logged-out")
    );
    assert!(
        browser.cookies.contains_key("exeunt-prompt"),
        "nothing was confirmed"
    );

    // A form has only the stored departure to leave by, so it stays here.
    app.clock.advance(std::time::Duration::from_millis(1));
    let mut browser = app.signed_in("ada").await;
    assert_eq!(
        browser.submit("/api/auth/logout", "").await.location(),
        "/logged-out"
    );
    assert_eq!(living(&app, "ada").await, 0);
}

#[tokio::test]
async fn f4_10_i1_a_long_hint_that_cannot_be_stored_leaves_no_address_that_leads_nowhere() {
    let (app, store) = failing().await;
    app.script().change_id_token_claims(|claims| {
        claims.insert("padding".to_owned(), "x".repeat(20_000).into());
    });
    let mut browser = app.signed_in("ada").await;
    store.fail(&[Call::PutPending]);
    let body = sign_out(&mut browser, "browser").await.json();
    assert_eq!(body["success"], true);
    assert_eq!(body.get("front_channel_logout_url"), None);
}

#[tokio::test]
async fn i4_i17_a_return_that_cannot_be_noted_is_not_shown_as_confirmed_and_can_be_repeated() {
    for failing_call in [Call::LoadPending, Call::SwapPending] {
        let (app, store) = failing().await;
        let mut browser = app.signed_in("ada").await;
        let state = parameter(&provider_url(&sign_out(&mut browser, "browser").await), "state").unwrap();
        store.fail(&[failing_call]);
        let answer = browser.open(&format!("/logged-out?state={state}")).await;
        assert_eq!(answer.status, 303, "{failing_call:?}");
        assert!(browser.cookies.contains_key("exeunt-prompt"), "{failing_call:?}");
        store.mend();
        assert_eq!(
            status(&super::receipt(&mut browser).await, "provider_session").unwrap(),
            "unconfirmed"
        );
        browser.open(&format!("/logged-out?state={state}")).await;
        assert_eq!(
            status(&super::receipt(&mut browser).await, "provider_session").unwrap(),
            "returned"
        );
    }
}

#[tokio::test]
async fn i17_a_receipt_that_cannot_be_read_is_503_and_not_none() {
    let (app, store) = failing().await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "browser").await;
    store.fail(&[Call::LoadPending]);
    let answer = browser.fetch("/api/auth/receipt").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["detail"]["error"], "receipt_unavailable");
    assert_eq!(
        browser.open("/auth/logout/continue").await.location(),
        "/logged-out"
    );
    store.mend();
    assert_eq!(browser.fetch("/api/auth/receipt").await.status, 200);
}
