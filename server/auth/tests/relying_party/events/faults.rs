//! A store that fails: nothing is claimed, and nothing is lost.

use std::{sync::Arc, time::Duration};

use exeunt::{events, logout::Reason, store::MemoryStore};

use super::{
    App, MINUTE, SECOND, begun, end, ended, nothing_for,
    support::{Call, FailingStore},
    timed,
};

async fn failing() -> (App, Arc<FailingStore>) {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    (app, store)
}

#[tokio::test]
async fn i17_a_store_that_is_down_claims_no_end() {
    let (app, store) = failing().await;
    let (browser, _) = begun(&app, 1).await;
    tokio::time::pause();
    let mut tab = browser.listen().await;
    store.fail(&[Call::Any]);
    nothing_for(5 * MINUTE, &mut tab).await;
    assert_eq!(browser.listen().await.status, 503, "not 204: nobody knows");
    // Not even at the limit: somebody may have extended it elsewhere.
    app.clock.advance(30 * MINUTE);
    nothing_for(MINUTE, &mut tab).await;
    store.mend();
    let (waited, heard) = timed(&mut tab).await;
    assert_eq!(heard, ended("expired", app.now().seconds()));
    assert!(waited <= 5 * SECOND, "{waited:?}");
}

#[tokio::test]
async fn i18_a_feed_that_could_not_read_goes_on_where_it_stood() {
    let (app, store) = failing().await;
    let (operator, _) = app.instance(app.store.clone());
    tokio::time::pause();
    let (browser, key) = begun(&app, 1).await;
    let mut tab = browser.listen().await;
    end(&operator, key, Reason::Operator).await;
    store.fail(&[Call::Ends]);
    events::follow_once(&app.exeunt).await.unwrap_err();
    store.mend();
    assert_eq!(events::follow_once(&app.exeunt).await.unwrap(), 1);
    assert_eq!(
        timed(&mut tab).await,
        (Duration::ZERO, ended("operator", app.now().seconds()))
    );
}

#[tokio::test]
async fn why_a_session_ended_is_not_guessed_while_its_end_cannot_be_read() {
    let (app, store) = failing().await;
    let (operator, _) = app.instance(app.store.clone());
    tokio::time::pause();
    let (browser, key) = begun(&app, 1).await;
    let mut tab = browser.listen().await;
    end(&operator, key, Reason::Everywhere).await;
    store.fail(&[Call::Ends]);
    nothing_for(MINUTE, &mut tab).await;
    store.mend();
    assert_eq!(tab.heard().await, ended("everywhere", app.now().seconds()));
}
