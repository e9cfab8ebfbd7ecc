//! A store that fails: nothing claims success.

use std::sync::Arc;

use exeunt::store::MemoryStore;

use super::{
    END, LIST, delete, id_of, is_signed_in,
    support::{App, Call, FailingStore},
};

#[tokio::test]
async fn i4_i17_an_end_that_the_store_did_not_carry_out_is_not_reported_as_one() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut here = app.signed_in("ada").await;
    let mut there = app.signed_in("ada").await;
    let id = id_of(&mut there).await;
    for failing in [Call::TakeMany, Call::List] {
        store.fail(&[failing]);
        assert_eq!(delete(&mut here, &id).await.status, 503, "{failing:?}");
        let answer = here.post_json(END, r#"{"others":true}"#).await;
        assert_eq!(answer.status, 503, "{failing:?}");
        let page = here.submit(END, "others=true").await;
        assert_eq!(page.status, 503, "{failing:?}");
        assert!(page.text().contains("could not be done"), "{}", page.text());
        assert!(page.text().contains("href=\"/sessions\""), "{}", page.text());
        store.mend();
        assert!(is_signed_in(&there).await && is_signed_in(&here).await);
    }
    // One's own goes the way of a sign-out that could not be carried out: the cookie is removed, and it is finished later.
    store.fail(&[Call::TakeOne]);
    let own = id_of(&mut here).await;
    let answer = delete(&mut here, &own).await;
    assert_eq!(answer.status, 503);
    assert_eq!(here.session_cookie(), None);
    store.mend();
    assert_eq!(
        here.post_json("/api/auth/logout", "{}").await.json()["success"],
        true
    );
    assert_eq!(
        there.fetch(LIST).await.json()["sessions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn of_several_that_are_to_end_those_that_can_do() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut here = app.signed_in("ada").await;
    let (one, other) = (app.signed_in("ada").await, app.signed_in("ada").await);
    store.fail_once(Call::TakeMany);
    assert_eq!(here.post_json(END, r#"{"others":true}"#).await.status, 503);
    assert!(
        is_signed_in(&one).await != is_signed_in(&other).await,
        "the fault of one spares no other"
    );
    assert_eq!(
        here.post_json(END, r#"{"others":true}"#).await.json(),
        serde_json::json!({"ended": 1})
    );
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_not_an_empty_one() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut browser = app.signed_in("ada").await;
    for failing in [Call::List, Call::Ends, Call::Load] {
        store.fail(&[failing]);
        assert_eq!(browser.fetch(LIST).await.status, 503, "{failing:?}");
    }
}

#[tokio::test]
async fn i4_an_end_that_the_store_does_not_confirm_is_not_spoken_of() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let mut here = app.signed_in("ada").await;
    let there = app.signed_in("ada").await;
    store.fail(&[Call::Ends]);
    let answer = here.submit(END, "others=true").await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/sessions")
    );
    store.mend();
    assert!(!is_signed_in(&there).await);
}
