//! The store fails when a session is to end (F4.10): nothing claims success, and any instance finishes it later.

use std::sync::Arc;

use exeunt::{
    logout::view::logged_out_view,
    session::SessionToken,
    store::{MemoryStore, Store as _},
};
use http::{HeaderMap, header};

use super::{
    detail, sign_out, status,
    support::{App, Browser, Call, FailingStore, every_store},
};

async fn failing() -> (App, Arc<FailingStore>) {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    (App::builder().store(store.clone()).start().await, store)
}

fn cookies_of(browser: &Browser) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &browser.cookies {
        headers.append(header::COOKIE, format!("{name}={value}").parse().unwrap());
    }
    headers
}

#[tokio::test]
async fn f4_10_i4_i17_nothing_claims_success_and_the_session_moves_to_a_cookie_that_opens_nothing() {
    let (app, store) = failing().await;
    for failing in [Call::TakeOne, Call::Any] {
        for scope in ["app", "browser", "everywhere"] {
            let what = format!("{failing:?}, {scope}");
            app.clock.advance(std::time::Duration::from_millis(1));
            let mut browser = app.signed_in("ada").await;
            let (_, raw) = browser.session_cookie().unwrap();
            store.fail(&[failing]);
            let answer = sign_out(&mut browser, scope).await;
            assert_eq!(answer.status, 200, "{what}");
            let body = answer.json();
            assert_eq!(body["success"], false, "{what}");
            assert_eq!(
                status(&body["receipt"], "app_session").unwrap(),
                "failed",
                "{what}"
            );
            assert!(
                detail(&body["receipt"], "app_session").contains("not ended yet"),
                "{what}: {body}"
            );
            assert_eq!(body.get("front_channel_logout_url"), None, "{what}");
            for line in body["receipt"]["layers"].as_array().unwrap() {
                assert!(
                    !["ended", "returned"].contains(&line["status"].as_str().unwrap()),
                    "{what}: {line}"
                );
            }
            assert_eq!(browser.session_cookie(), None, "{what}: removed");
            let unfinished = browser.cookies["exeunt-unfinished"].clone();
            assert!(!unfinished.contains(&raw), "{what}");
            // Put where the session cookie was, it opens nothing.
            let mut thief = app.browser();
            thief.cookies.insert("exeunt".to_owned(), unfinished);
            store.mend();
            assert_eq!(thief.fetch("/api/session").await.status, 401, "{what}");
            assert_eq!(browser.fetch("/api/session").await.status, 401, "{what}");
            let view = logged_out_view(&app.exeunt, &cookies_of(&browser)).await.unwrap();
            assert!(view.unfinished, "{what}: the page offers to finish it");

            let finished = sign_out(&mut browser, "browser").await.json();
            assert_eq!(finished["success"], true, "{what}");
        }
    }
}

#[tokio::test]
async fn f4_10_i3_any_instance_finishes_it_and_then_the_old_cookie_is_dead() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = App::builder().store(store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let thief = browser.clone();
        store.fail(&[Call::TakeOne]);
        assert_eq!(sign_out(&mut browser, "browser").await.json()["success"], false);
        // It fails again: nothing is lost.
        assert_eq!(sign_out(&mut browser, "browser").await.json()["success"], false);
        assert!(browser.cookies.contains_key("exeunt-unfinished"));

        let (_, elsewhere) = app.instance(named.store.clone());
        let mut browser = browser.at(elsewhere);
        let answer = browser.submit("/api/auth/logout", "").await;
        assert_eq!(
            answer.location(),
            "/auth/logout/continue",
            "{}: the provider's turn",
            named.name
        );
        assert!(!browser.cookies.contains_key("exeunt-unfinished"));
        let receipt = super::receipt(&mut browser).await;
        assert_eq!(
            status(&receipt, "app_session").unwrap(),
            "ended",
            "{}",
            named.name
        );
        store.mend();
        assert_eq!(
            thief.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f4_10_a_form_lands_on_our_page_and_a_get_finishes_nothing() {
    let (app, store) = failing().await;
    let mut browser = app.signed_in("ada").await;
    let (_, raw) = browser.session_cookie().unwrap();
    store.fail(&[Call::TakeOne]);
    let answer = browser.submit("/api/auth/logout", "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/logged-out")
    );
    store.mend();
    for path in ["/logged-out", "/", "/auth/logout/continue"] {
        browser.open(path).await;
    }
    let key = SessionToken::parse(&raw).unwrap().key();
    assert!(
        store.load(&key, app.now()).await.unwrap().is_some(),
        "only a POST ends it (invariant I5)"
    );
    assert!(
        browser.cookies.contains_key("exeunt-unfinished"),
        "and it is still known"
    );
}

#[tokio::test]
async fn f4_10_i3_two_ends_that_failed_are_both_finished() {
    let (app, store) = failing().await;
    let mut browser = app.signed_in("ada").await;
    let mut keys = Vec::new();
    for _ in 0..2 {
        let (_, raw) = browser.session_cookie().unwrap();
        keys.push(SessionToken::parse(&raw).unwrap().key());
        store.fail(&[Call::TakeOne]);
        assert_eq!(sign_out(&mut browser, "app").await.json()["success"], false);
        store.mend();
        // They sign in again before the end is finished.
        browser.sign_in("/auth/login").await;
    }
    assert_eq!(sign_out(&mut browser, "app").await.json()["success"], true);
    for key in keys {
        assert_eq!(store.load(&key, app.now()).await.unwrap(), None);
    }
    assert_eq!(super::living(&app, "ada").await, 0);
}

#[tokio::test]
async fn f4_10_i4_the_receipt_of_an_earlier_sign_out_does_not_stand_for_one_that_failed() {
    for call in [Call::TakeOne, Call::PutPending] {
        let (app, store) = failing().await;
        let mut browser = app.signed_in("ada").await;
        let url = super::provider_url(&sign_out(&mut browser, "browser").await);
        let back = browser.visit_provider(&url).await.location();
        browser.open(&browser.path_here(&back)).await;
        assert_eq!(
            status(&super::receipt(&mut browser).await, "provider_session").unwrap(),
            "returned"
        );
        app.clock.advance(std::time::Duration::from_millis(1));
        browser.sign_in("/auth/login").await;
        store.fail(&[call]);
        sign_out(&mut browser, "browser").await;
        store.mend();
        assert_eq!(browser.fetch("/api/auth/receipt").await.status, 404, "{call:?}");
    }
}

#[tokio::test]
async fn f4_10_an_unfinished_cookie_that_we_did_not_make_ends_nothing() {
    let (app, _store) = failing().await;
    let mut ada = app.signed_in("ada").await;
    let (_, raw) = ada.session_cookie().unwrap();
    let mut forger = app.browser();
    for value in ["", "x", &raw, &"A".repeat(300)] {
        forger
            .cookies
            .insert("exeunt-unfinished".to_owned(), value.to_owned());
        assert_eq!(sign_out(&mut forger, "everywhere").await.status, 200, "{value}");
        assert_eq!(ada.fetch("/api/session").await.status, 200, "{value}");
    }
}
