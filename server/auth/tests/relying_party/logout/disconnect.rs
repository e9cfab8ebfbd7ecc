//! A browser that goes away in the middle (F4.30).

use std::time::Duration;

use exeunt_dev_provider::script::{Answer, Endpoint};

use super::{
    living, sign_out,
    support::{App, FailingStore, every_store},
};

#[tokio::test]
async fn f4_30_the_end_is_seen_through_if_the_browser_leaves_while_the_store_works() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = App::builder().store(store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        let gate = store.hold_take();
        let mut leaving = browser.clone();
        let request = tokio::spawn(async move { sign_out(&mut leaving, "browser").await });
        gate.entered.notified().await;
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        assert_eq!(
            living(&app, "ada").await,
            1,
            "{}: it is held before anything is removed",
            named.name
        );
        gate.go_on.notify_one();
        let gone = async {
            while living(&app, "ada").await == 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), gone)
            .await
            .expect("the end is carried out though nobody waits for it");
        assert_eq!(
            browser.clone().fetch("/api/session").await.status,
            401,
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f4_30_i1_the_session_is_dead_while_the_provider_still_thinks() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    // Another instance, which does not know the provider yet.
    let (_, router) = app.instance(app.store.clone());
    app.script().answer_always(Endpoint::Discovery, Answer::hang());
    let known = app.script().count(Endpoint::Discovery);
    let mut leaving = browser.at(router);
    let request = tokio::spawn(async move { sign_out(&mut leaving, "browser").await });
    app.script().arrived(Endpoint::Discovery, known + 1).await;
    assert_eq!(living(&app, "ada").await, 0, "dead before any remote step begins");
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    assert_eq!(browser.clone().fetch("/api/session").await.status, 401);
}
