//! A store that stumbles.

use std::{future::Future, time::Duration};

use super::StoreError;

/// The waits before it is asked again.
const WAITS: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// Asks the store, and again if it fails: for what came from the provider and cannot be asked for again.
pub(crate) async fn again_if_it_fails<T, F: Future<Output = Result<T, StoreError>>>(
    mut step: impl FnMut() -> F,
) -> Result<T, StoreError> {
    for wait in WAITS {
        if let Ok(done) = step().await {
            return Ok(done);
        }
        tokio::time::sleep(wait).await;
    }
    step().await
}
