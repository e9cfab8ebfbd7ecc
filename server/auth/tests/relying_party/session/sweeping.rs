//! What is past its time leaves the store, with its index (F3.15).

use exeunt::{
    store::{MarkRule, RETENTION, Selector, Take, Taken},
    sweep::sweep_once,
};

use super::{
    MILLISECOND, MINUTE,
    support::{App, every_store},
};

#[tokio::test]
async fn f3_15_an_expired_session_goes_ten_minutes_after_its_end_and_its_index_with_it() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        let iss = app.provider.issuer();
        let begun = app.now();
        let sid = app.store.list(&iss, "ada", begun).await.unwrap()[0]
            .sid
            .clone()
            .unwrap();
        app.clock.advance(30 * MINUTE + RETENTION - MILLISECOND);
        assert_eq!(sweep_once(&app.exeunt).await.unwrap().0, 0, "{}", named.name);
        app.clock.advance(MILLISECOND);
        assert_eq!(sweep_once(&app.exeunt).await.unwrap().0, 1, "{}", named.name);
        // Even a clock that is set back finds nothing: the row is gone, not hidden by its limits.
        app.clock.set(begun);
        assert_eq!(
            browser.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
        assert_eq!(
            app.store.list(&iss, "ada", begun).await.unwrap(),
            [],
            "{}",
            named.name
        );
        for selector in [
            Selector::Sid {
                iss: iss.clone(),
                sid,
                sub: None,
            },
            Selector::Subject {
                iss,
                sub: "ada".to_owned(),
                started_by: None,
            },
        ] {
            assert_eq!(
                app.store
                    .take(&Take::new(selector, MarkRule::None), begun)
                    .await
                    .unwrap(),
                Taken::default(),
                "{}",
                named.name
            );
        }
    }
}

#[tokio::test]
async fn f3_15_a_living_session_and_a_fresh_receipt_are_not_swept() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut alive = app.signed_in("ada").await;
        let mut ended = app.signed_in("grace").await;
        ended.post_json("/api/auth/logout", "{}").await;
        app.clock.advance(10 * MINUTE - MILLISECOND);
        sweep_once(&app.exeunt).await.unwrap();
        assert_eq!(alive.fetch("/api/session").await.status, 200, "{}", named.name);
        assert_eq!(
            ended.fetch("/api/auth/receipt").await.status,
            200,
            "{}",
            named.name
        );
        app.clock.advance(MILLISECOND);
        assert_eq!(
            ended.fetch("/api/auth/receipt").await.status,
            404,
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f3_15_the_sweeper_sweeps_until_nothing_is_left() {
    let app = App::start().await;
    for sub in ["ada", "grace", "linus"] {
        app.signed_in(sub).await;
    }
    let begun = app.now();
    app.clock.advance(60 * MINUTE);
    let sweeper = tokio::spawn(exeunt::sweep::run(app.exeunt.clone()));
    // Asked with the time of the login, the store shows each row until it is gone.
    let iss = app.provider.issuer();
    let all_gone = async {
        for sub in ["ada", "grace", "linus"] {
            while !app.store.list(&iss, sub, begun).await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(MINUTE, all_gone).await.unwrap();
    sweeper.abort();
    assert_eq!(sweep_once(&app.exeunt).await.unwrap().0, 0);
}
