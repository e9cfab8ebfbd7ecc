//! An instance is stopped as an operator stops it, while tabs listen.

use std::time::Duration;

use super::{fleet::Fleet, on_engines};

on_engines!(sqlite: a_process_that_is_told_to_stop_closes_its_streams_and_ends_well_at_once);

/// Far less than the process waits for what does not come to its end.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn a_process_that_is_told_to_stop_closes_its_streams_and_ends_well_at_once(fleet: Fleet) {
    let (mut first, second) = (fleet.start().await, fleet.start().await);
    let mut ada = fleet.browser();
    ada.sign_in(&first).await;
    let mut stream = ada
        .clone()
        .follow_at(first.addressed(), "/auth/events")
        .await
        .unwrap();
    assert_eq!(stream.status(), 200);
    assert!(
        stream.chunk().await.unwrap().is_some(),
        "it says at once that it is there"
    );

    let terminated = tokio::time::timeout(AT_ONCE, first.terminate()).await;
    assert!(terminated.is_ok(), "a stream keeps it");
    let status = terminated.unwrap();
    assert!(status.success(), "{status}");
    let mut rest = Vec::new();
    while let Some(piece) = stream.chunk().await.unwrap() {
        rest.extend_from_slice(&piece);
    }
    let rest = String::from_utf8(rest).unwrap();
    assert!(
        !rest.contains("ended"),
        "nobody is told that a session ended: {rest}"
    );
    assert_eq!(ada.status(&second).await, 200);
}
