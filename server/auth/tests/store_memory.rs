//! The store in memory passes the suite.

use exeunt::store::{
    MARK_LIFETIME, MarkRule, MemoryStore, Store, Take,
    suite::fixture::{IDLE, NOW, pending_key, row, sid_of},
};

exeunt::store_test_suite!(|| async { MemoryStore::new() });

#[tokio::test]
async fn sweep_counts_what_it_removed() {
    let store = MemoryStore::new();
    store.begin(row(0), NOW).await.unwrap();
    store
        .put_pending(&pending_key(1), vec![1], NOW + IDLE)
        .await
        .unwrap();
    store.claim("jti", &[1; 32], NOW + IDLE, NOW).await.unwrap();
    let take = Take::new(sid_of(&row(0)), MarkRule::Sid);
    store.take(&take, NOW).await.unwrap();
    let end = NOW + IDLE + MARK_LIFETIME;
    assert_eq!(
        store.sweep(end).await.unwrap(),
        3,
        "the pending row, the claim, the mark"
    );
    assert_eq!(store.sweep(end).await.unwrap(), 0);
}

/// Rows name people; a log line that prints the store does not.
#[tokio::test]
async fn its_debug_output_names_nobody() {
    let store = MemoryStore::new();
    store.begin(row(1), NOW).await.unwrap();
    assert_eq!(format!("{store:?}"), "MemoryStore { sessions: Some(1) }");
}
