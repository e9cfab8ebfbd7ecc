//! A store that fails, and a frame that goes away.

use exeunt::store::Store as _;

use super::{
    address, advertise, is_signed_in, load_in_frame, sids,
    support::{App, Call, FailingStore, every_store},
};

#[tokio::test]
async fn f7_1_i17_a_store_that_fails_is_told_by_the_status_and_the_session_goes_on() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = App::builder().store(store.clone()).start().await;
        advertise(&app, true);
        let mut browser = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        let address = address(&app.provider.issuer(), &sid);
        store.fail(&[Call::TakeMany]);
        let answer = load_in_frame(&app, &address).await;
        assert_eq!(answer.status, 503, "{}", named.name);
        assert_eq!(answer.body, b"");
        assert_eq!(answer.header("cache-control").unwrap(), "no-store");
        assert_eq!(answer.header("x-frame-options"), None, "the frame loads");
        store.mend();
        assert!(is_signed_in(&mut browser).await, "{}", named.name);
        assert_eq!(load_in_frame(&app, &address).await.status, 200);
        assert!(!is_signed_in(&mut browser).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f7_1_i17_a_store_that_cannot_be_read_stands_in_the_way_of_nothing_but_the_end() {
    let [named, _] = every_store();
    let store = FailingStore::new(named.store.clone());
    let app = App::builder().store(store.clone()).start().await;
    advertise(&app, true);
    let browser = app.signed_in("ada").await;
    let sid = sids(&app, "ada").await.remove(0);
    store.fail(&[Call::Load, Call::Touch]);
    // With a cookie whose session cannot be read: it is not read.
    let answer = browser.clone().open(&address(&app.provider.issuer(), &sid)).await;
    assert_eq!(answer.status, 200);
    store.mend();
    assert_eq!(
        store
            .list(&app.provider.issuer(), "ada", app.now())
            .await
            .unwrap(),
        Vec::new()
    );
}
