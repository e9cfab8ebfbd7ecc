//! When all is calm again: what was promised is done, and nothing is left.

use std::time::Duration;

use exeunt::{logout::outbox, sweep};

use super::{life, stage::Stage};

/// Beyond each wait between two tries of the outbox, and beyond the idle limit.
const WHEN_ALL_IS_DUE: Duration = Duration::from_secs(2 * 60 * 60);
/// Beyond everything that is kept for a time.
const WHEN_ALL_IS_PAST: Duration = Duration::from_secs(400 * 24 * 60 * 60);

pub(crate) async fn say(stage: &Stage) {
    for (place, dead) in stage.ledger.graveyard().into_iter().enumerate() {
        life::expect_dead(stage, &dead, stage.addresses[place % stage.addresses.len()]).await;
    }

    let gone = stage.ledger.gone();
    if !gone.is_empty() && gone.iter().all(|gone| stage.fleet.log_of(&gone.sub).is_empty()) {
        stage
            .ledger
            .violated("the log says nothing of anybody: what goes wrong would not be told".into());
    }

    let later = stage.fleet.later(WHEN_ALL_IS_DUE).await;
    sweep::sweep_once(&later).await.unwrap();
    // Those that the processes are at are not ours to do.
    while outbox::work_once(&later).await.unwrap() > 0 {}
    let script = stage.fleet.provider.script();
    for gone in stage.ledger.gone() {
        let issued = stage.issued(&gone.sub);
        if !gone.certain {
            stage.ledger.count("uncertain people");
            continue;
        }
        stage.ledger.count("certain people");
        for token in issued.tokens {
            if script.is_revoked(&token) {
                stage.ledger.count("tokens revoked");
            } else {
                stage
                    .ledger
                    .violated(format!("{}: a token was never revoked", gone.sub));
            }
        }
    }

    let past = stage.fleet.later(WHEN_ALL_IS_PAST).await;
    while sweep::sweep_once(&past).await.unwrap() != (0, 0) {}
    for (what, count) in stage.fleet.engine.count().await {
        if count > 0 {
            stage
                .ledger
                .violated(format!("{count} of {what} stay behind for ever"));
        }
    }
}
