//! The sweeper: removes from the store what is past its time.

use std::time::Duration;

use crate::{
    Exeunt,
    audit::Caller,
    logout::{Ending, Reason, ending},
    store::{MarkRule, Selector, StoreError},
};

/// How often it runs.
pub const INTERVAL: Duration = Duration::from_secs(60);
/// The most sessions that one step of the store removes, so that no sign-out waits long behind it.
const BATCH: u32 = 250;

/// Sweeps for ever; spawn it, and abort it at shutdown. A store that fails is tried again at the next turn.
pub async fn run(exeunt: Exeunt) {
    let mut turns = tokio::time::interval(INTERVAL);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match sweep_once(&exeunt).await {
            Ok((0, 0)) => {}
            Ok((sessions, others)) => tracing::debug!(target: "exeunt::sweep", sessions, others, "swept"),
            Err(error) => tracing::warn!(target: "exeunt::sweep", %error, "the store could not be swept"),
        }
    }
}

/// Sweeps once: ends what expired (its tokens are revoked as at any other end), then removes what is past its time.
/// Returns how many sessions and how many other rows went.
///
/// # Errors
///
/// If the store does not answer.
pub async fn sweep_once(exeunt: &Exeunt) -> Result<(u64, u64), StoreError> {
    let mut sessions = 0;
    loop {
        let selector = Selector::Expired { limit: BATCH };
        let ending = Ending::new(selector, MarkRule::None, Reason::Expired, Caller::none());
        let ended = ending::carry_out(exeunt, ending).await?.rows.len();
        sessions += ended as u64;
        if ended < BATCH as usize {
            break;
        }
    }
    Ok((sessions, exeunt.store().sweep(exeunt.now()).await?))
}
