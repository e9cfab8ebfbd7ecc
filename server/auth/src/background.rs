//! What goes on beside the requests.

use tokio::task::JoinSet;

use crate::{Exeunt, events, logout::outbox, sweep};

/// Does all that must be done beside the requests, for ever: ends what has expired ([`sweep::run`]), revokes the tokens of what
/// has ended ([`outbox::run`]), and tells open tabs what other processes ended ([`events::run`]). Spawn it once for a process,
/// and abort it at shutdown, which ends all three.
pub async fn run(exeunt: Exeunt) {
    // Tasks of their own: a panic in one leaves the others at work.
    let mut works = JoinSet::new();
    works.spawn(sweep::run(exeunt.clone()));
    works.spawn(outbox::run(exeunt.clone()));
    works.spawn(events::run(exeunt));
    while works.join_next().await.is_some() {}
}
