//! What another process ends reaches the tabs of this one.

use std::time::Duration;

use exeunt::{
    events,
    logout::Reason,
    store::{MarkRule, Selector, Take},
};

use super::{App, SECOND, begun, end, ended, timed};

#[tokio::test]
async fn i18_an_end_by_another_process_is_told_within_a_second() {
    let app = App::start().await;
    let (operator, _) = app.instance(app.store.clone());
    tokio::time::pause();
    let feed = tokio::spawn(events::run(app.exeunt.clone()));
    for number in 0..5 {
        // Ends of which nobody here can have heard come before.
        let (_, unheard) = begun(&app, 100 + number).await;
        end(&operator, unheard, Reason::Operator).await;
        let (browser, key) = begun(&app, number).await;
        let mut tab = browser.listen().await;
        end(&operator, key, Reason::Operator).await;
        let (waited, heard) = timed(&mut tab).await;
        assert_eq!(heard, ended("operator", app.now().seconds()));
        assert!(waited <= events::INTERVAL, "{waited:?}");
    }
    feed.abort();
}

#[tokio::test]
async fn i18_no_end_is_lost_between_the_connection_and_the_first_look_of_the_feed() {
    let app = App::start().await;
    let (operator, _) = app.instance(app.store.clone());
    tokio::time::pause();
    assert_eq!(events::follow_once(&app.exeunt).await.unwrap(), 0);
    let (browser, key) = begun(&app, 1).await;
    let mut tab = browser.listen().await;
    end(&operator, key, Reason::Operator).await;
    assert_eq!(events::follow_once(&app.exeunt).await.unwrap(), 1);
    let expected = (Duration::ZERO, ended("operator", app.now().seconds()));
    assert_eq!(timed(&mut tab).await, expected);
    assert_eq!(
        events::follow_once(&app.exeunt).await.unwrap(),
        0,
        "it goes on from there"
    );
}

#[tokio::test]
async fn i18_without_a_feed_an_end_elsewhere_is_told_within_half_a_minute() {
    let app = App::start().await;
    let (operator, _) = app.instance(app.store.clone());
    tokio::time::pause();
    let (browser, key) = begun(&app, 1).await;
    let mut tab = browser.listen().await;
    end(&operator, key, Reason::Operator).await;
    let expected = (30 * SECOND, ended("operator", app.now().seconds()));
    assert_eq!(timed(&mut tab).await, expected);
    // Of one that left no record only the limit is known; that it is over is certain.
    let (browser, key) = begun(&app, 2).await;
    let mut tab = browser.listen().await;
    let take = Take::new(Selector::Key(key), MarkRule::None);
    assert_eq!(app.store.take(&take, app.now()).await.unwrap().rows.len(), 1);
    let expected = (30 * SECOND, ended("expired", app.now().seconds()));
    assert_eq!(timed(&mut tab).await, expected);
}

#[tokio::test]
async fn while_nobody_listens_the_store_is_not_asked() {
    use super::support::{Call, FailingStore};
    let store = FailingStore::new(std::sync::Arc::new(exeunt::store::MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let (browser, _) = begun(&app, 1).await;
    tokio::time::pause();
    let feed = tokio::spawn(events::run(app.exeunt.clone()));
    let asked = store.entered(Call::Ends);
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!(store.entered(Call::Ends), asked);
    let tab = browser.listen().await;
    tokio::time::sleep(10 * SECOND).await;
    let while_open = store.entered(Call::Ends);
    assert!(while_open > asked + 10, "{while_open}");
    drop(tab);
    tokio::time::sleep(SECOND).await;
    let after = store.entered(Call::Ends);
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!(store.entered(Call::Ends), after);
    feed.abort();
}
