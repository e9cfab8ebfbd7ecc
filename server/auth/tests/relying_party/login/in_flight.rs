//! A sign-out in one tab while the callback of another is under way, at a provider that tells no `sid` (Google, Cognito): no
//! not-before mark can stop it, and no session may come of it (F2.19, F3.12, invariant I2).

use std::sync::Arc;

use exeunt::logout::outbox;
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};

use super::{
    steps::{assert_nobody_signed_in, sessions_of},
    support::{Answer, App, Browser, Call, FailingStore, Hold, every_store},
};

async fn without_sid(store: Arc<FailingStore>) -> App {
    let app = App::builder().store(store).start().await;
    app.script().change_id_token_claims(|claims| {
        claims.remove("sid");
    });
    app
}

async fn sign_out(tab: &mut Browser, scope: &str) -> Answer {
    let answer = tab
        .post_json("/api/auth/logout", &format!(r#"{{"scope":"{scope}"}}"#))
        .await;
    assert_eq!(answer.json()["success"], true, "{}", answer.text());
    answer
}

fn sets_a_session(answer: &Answer) -> bool {
    answer
        .set_cookies()
        .iter()
        .any(|cookie| cookie.starts_with("exeunt=") && !cookie.starts_with("exeunt=;"))
}

/// Every token that the provider gave out for a session is revoked.
async fn assert_all_revoked(app: &App, what: &str) {
    app.clock.advance(std::time::Duration::from_secs(10));
    outbox::work_once(&app.exeunt).await.unwrap();
    assert_eq!(app.script().live_tokens(), Vec::<String>::new(), "{what}");
}

/// Where the callback waits while the other tab signs out.
#[derive(Clone, Copy, Debug)]
enum At {
    TokenExchange,
    Begin,
    Begun,
}

#[tokio::test]
async fn f2_19_i2_without_a_sid_too_a_callback_that_a_sign_out_meets_on_its_way_gives_no_session() {
    for at in [At::TokenExchange, At::Begin, At::Begun] {
        for scope in ["app", "browser", "everywhere"] {
            for named in every_store() {
                let what = format!("{at:?}, {scope}, {}", named.name);
                let store = FailingStore::new(named.store.clone());
                let app = without_sid(store.clone()).await;
                let mut browser = app.browser();
                let callback = browser.sign_in_until_callback("/auth/login").await;
                let mut tab = browser.clone();
                let gate = match at {
                    At::TokenExchange => {
                        app.script().answer_next(Endpoint::Token, Scripted::hold());
                        None
                    }
                    At::Begin => Some(store.hold(Hold::Begin)),
                    At::Begun => Some(store.hold(Hold::Begun)),
                };
                let calling = tokio::spawn(async move {
                    let answer = browser.open(&callback).await;
                    (browser, answer)
                });
                match &gate {
                    None => app.script().arrived(Endpoint::Token, 1).await,
                    Some(gate) => gate.entered.notified().await,
                }
                sign_out(&mut tab, scope).await;
                match &gate {
                    None => app.script().release(),
                    Some(gate) => gate.go_on.notify_one(),
                }
                let (browser, answer) = calling.await.unwrap();
                assert_eq!(answer.status, 400, "{what}: {}", answer.text());
                assert!(!sets_a_session(&answer), "{what}");
                assert_nobody_signed_in(&app, &browser).await;
                assert_all_revoked(&app, &what).await;
            }
        }
    }
}

#[tokio::test]
async fn f2_19_i2_a_callback_whose_answer_has_not_arrived_when_the_other_tab_signs_out_leaves_a_dead_session()
{
    for scope in ["app", "browser", "everywhere"] {
        for named in every_store() {
            let what = format!("{scope}, {}", named.name);
            let app = without_sid(FailingStore::new(named.store.clone())).await;
            let mut browser = app.browser();
            let callback = browser.sign_in_until_callback("/auth/login").await;
            let mut tab = browser.clone();
            assert_eq!(browser.open(&callback).await.status, 303, "{what}");
            let answer = sign_out(&mut tab, scope).await.json();
            assert_eq!(answer["message"], "You are signed out of this app.", "{what}");
            assert_eq!(
                answer["front_channel_logout_url"].is_string(),
                scope != "app",
                "{what}: the provider is told"
            );
            assert_eq!(browser.fetch("/api/session").await.status, 401, "{what}");
            assert_eq!(sessions_of(&app, "ada").await, 0, "{what}");
            assert_all_revoked(&app, &what).await;
        }
    }
}

#[tokio::test]
async fn f2_19_i2_in_whatever_order_the_two_meet_in_the_store_nobody_is_signed_in() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = without_sid(store.clone()).await;
        for seed in 1..=100 {
            let what = format!("seed {seed}, {}", named.name);
            let mut browser = app.browser();
            let callback = browser.sign_in_until_callback("/auth/login").await;
            let mut tab = browser.clone();
            let gate = store.hold(Hold::Begun);
            let calling = tokio::spawn(async move {
                browser.open(&callback).await;
                browser
            });
            gate.entered.notified().await;
            store.dither(seed);
            let signing_out = tokio::spawn(async move { sign_out(&mut tab, "app").await });
            gate.go_on.notify_one();
            signing_out.await.unwrap();
            let mut browser = calling.await.unwrap();
            store.dither(0);
            assert_eq!(browser.fetch("/api/session").await.status, 401, "{what}");
            assert_eq!(sessions_of(&app, "ada").await, 0, "{what}");
        }
    }
}

#[tokio::test]
async fn a_sign_out_cancels_only_what_its_own_browser_began() {
    for named in every_store() {
        let app = without_sid(FailingStore::new(named.store.clone())).await;
        let mut other = app.browser();
        let callback = other.sign_in_until_callback("/auth/login").await;
        let mut browser = app.signed_in("ada").await;
        sign_out(&mut browser, "browser").await;
        assert_eq!(other.open(&callback).await.status, 303, "{}", named.name);
        assert_eq!(other.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn i9_a_sign_out_writes_five_claims_at_most_however_many_attempts_it_is_sent() {
    let [named, _] = every_store();
    let store = FailingStore::new(named.store.clone());
    let app = without_sid(store.clone()).await;
    let mut browser = app.browser();
    for _ in 0..7 {
        let mut tab = app.browser();
        tab.open("/auth/login").await;
        browser.cookies.extend(tab.cookies);
    }
    browser
        .cookies
        .insert("exeunt-login-AAAAAAAAAAAA".to_owned(), "made-up".to_owned());
    let before = store.claims();
    sign_out(&mut browser, "browser").await;
    assert_eq!(store.claims() - before, 5);
}

#[tokio::test]
async fn i17_where_the_store_cannot_cancel_a_login_nothing_claims_success_and_the_next_try_does() {
    let [named, _] = every_store();
    let store = FailingStore::new(named.store.clone());
    let app = without_sid(store.clone()).await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let mut tab = browser.clone();
    store.fail(&[Call::Claim]);
    let failed = tab.post_json("/api/auth/logout", "{}").await.json();
    assert_eq!(failed["success"], false);
    store.mend();
    sign_out(&mut tab, "browser").await;
    assert_eq!(browser.open(&callback).await.status, 400);
    assert_nobody_signed_in(&app, &browser).await;
}

#[tokio::test]
async fn a_callback_that_cannot_know_whether_it_was_cancelled_gives_no_session_and_its_tokens_are_revoked() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = without_sid(store.clone()).await;
        let mut browser = app.browser();
        let callback = browser.sign_in_until_callback("/auth/login").await;
        let gate = store.hold(Hold::Begun);
        let calling = tokio::spawn(async move {
            let answer = browser.open(&callback).await;
            (browser, answer)
        });
        gate.entered.notified().await;
        store.fail_once(Call::Claim);
        gate.go_on.notify_one();
        let (browser, answer) = calling.await.unwrap();
        assert_eq!(answer.status, 503, "{}", named.name);
        assert_nobody_signed_in(&app, &browser).await;
        assert_all_revoked(&app, named.name).await;
    }
}
