//! Tokens that came for a code although the login gave no session: they are revoked (issue, point 6; invariant I4). The person
//! has a second session, in another browser, each time.

use std::{sync::Arc, time::Duration};

use exeunt::logout::outbox;
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint, Script, Signing};

use super::{
    steps::sessions_of,
    support::{App, Call, FailingStore, every_store},
};

fn revoked(app: &App) -> usize {
    app.script().count(Endpoint::Revocation)
}

/// A sign-in of `ada` that fails like this.
async fn assert_revoked_after(app: &App, status: u16, what: &str) {
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    app.clock.advance(Duration::from_secs(10));
    outbox::work_once(&app.exeunt).await.unwrap();
    assert!(revoked(app) >= 2, "{what}");
    assert_eq!(browser.session_cookie(), None, "{what}");
    assert_eq!(sessions_of(app, "ada").await, 1, "{what}: the other browser's");
}

/// What the provider does before the sign-in that fails.
type Change = fn(&Script);

#[tokio::test]
async fn f2_i4_the_tokens_that_came_with_an_id_token_that_is_refused_are_revoked() {
    let cases: [(&str, Change); 5] = [
        ("unsigned", |script| script.sign_with(Signing::None)),
        ("another's key", |script| script.sign_with(Signing::StrangerRsa)),
        ("another nonce", |script| {
            script.change_id_token_claims(|claims| {
                claims.insert("nonce".to_owned(), "another".into());
            });
        }),
        ("no sub", |script| {
            script.change_id_token_claims(|claims| {
                claims.remove("sub");
            });
        }),
        ("no ID token", |script| {
            script.change_token_response(|response| {
                response.remove("id_token");
            });
        }),
    ];
    for (what, change) in cases {
        for named in every_store() {
            let app = App::builder().store(named.store.clone()).start().await;
            let mut second = app.signed_in("ada").await;
            change(&app.script());
            assert_revoked_after(&app, 502, &format!("{what}, {}", named.name)).await;
            assert_eq!(second.fetch("/api/session").await.status, 200, "{what}");
        }
    }
}

#[tokio::test]
async fn f2_i4_the_tokens_of_a_login_whose_keys_cannot_be_had_are_revoked() {
    let app = App::start().await;
    app.signed_in("ada").await;
    app.script().rotate_keys(false);
    app.script().answer_always(Endpoint::Jwks, Scripted::status(500));
    assert_revoked_after(&app, 502, "no keys").await;
}

#[tokio::test]
async fn f2_i4_the_tokens_of_a_login_for_which_the_provider_took_too_long_are_revoked() {
    let app = App::builder().timeout(Duration::from_secs(60)).start().await;
    let (_, other) = app.instance(Arc::clone(&app.store));
    app.signed_in("ada").await;
    // An instance that has no keys yet.
    app.script().answer_always(Endpoint::Jwks, Scripted::hang());
    let mut browser = app.browser().at(other);
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let asked = app.script().count(Endpoint::Jwks);
    let calling = tokio::spawn(async move { browser.open(&callback).await });
    app.script().arrived(Endpoint::Jwks, asked + 1).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(21)).await;
    tokio::time::resume();
    assert_eq!(calling.await.unwrap().status, 504);
    outbox::work_once(&app.exeunt).await.unwrap();
    assert_eq!(revoked(&app), 2);
    assert_eq!(sessions_of(&app, "ada").await, 1);
}

#[tokio::test]
async fn f2_i17_the_tokens_of_a_login_that_the_store_does_not_begin_are_revoked() {
    for call in [Call::Begin, Call::Begun] {
        for named in every_store() {
            let store = FailingStore::new(Arc::clone(&named.store));
            let app = App::builder().store(store.clone()).start().await;
            app.signed_in("ada").await;
            store.fail_once(call);
            // Begun or not: what may have been written ends.
            assert_revoked_after(&app, 503, &format!("{call:?}, {}", named.name)).await;
        }
    }
}
