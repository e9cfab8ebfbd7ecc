//! Sessions for a store: through the store itself, many at a time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use exeunt::{
    clock::{Clock as _, SystemClock},
    store::{Begun, Store},
};

use crate::{
    Fault,
    people::{People, Whose},
};

/// How many begin at the same time: they share a commit where the store groups them.
const AT_ONCE: usize = 1024;

/// Begins the sessions of these numbers.
///
/// # Errors
///
/// If the store does not take one.
pub(crate) async fn seed(
    store: &Arc<dyn Store>,
    people: &Arc<People>,
    numbers: std::ops::Range<u64>,
    whose: Whose,
) -> Result<(), Fault> {
    let next = Arc::new(AtomicU64::new(numbers.start));
    let mut beginning = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (store, people, next) = (Arc::clone(store), Arc::clone(people), Arc::clone(&next));
        beginning.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= numbers.end {
                    return Ok::<_, Fault>(());
                }
                let row = people.row(number, whose)?;
                if store.begin(row, SystemClock.now()).await? != Begun::Created {
                    return Err(Fault::new("a session was refused"));
                }
            }
        });
    }
    while let Some(begun) = beginning.join_next().await {
        begun??;
    }
    Ok(())
}
