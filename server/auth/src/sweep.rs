//! The sweeper: removes from the store what is past its time.

use std::time::Duration;

use crate::Exeunt;

/// How often it runs.
pub const INTERVAL: Duration = Duration::from_secs(60);

/// Sweeps for ever; spawn it, and abort it at shutdown. A store that fails is tried again at the next turn.
pub async fn run(exeunt: Exeunt) {
    let mut turns = tokio::time::interval(INTERVAL);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match exeunt.store().sweep(exeunt.now()).await {
            Ok(swept) if swept.sessions + swept.others > 0 => {
                tracing::debug!(target: "exeunt::sweep", sessions = swept.sessions, others = swept.others, "swept");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(target: "exeunt::sweep", %error, "the store could not be swept"),
        }
    }
}
