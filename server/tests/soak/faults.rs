//! What fails, one thing at a time, for a few seconds, until the time is over.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use exeunt_dev_provider::script::{Answer, Endpoint};

use super::{
    dice::Dice,
    stage::{INSTANCES, Stage},
};

const ENDPOINTS: [Endpoint; 5] = [
    Endpoint::Token,
    Endpoint::Revocation,
    Endpoint::Userinfo,
    Endpoint::Jwks,
    Endpoint::Discovery,
];

pub(crate) async fn inject(stage: Arc<Stage>, mut dice: Dice, over: Instant) {
    while Instant::now() < over {
        tokio::time::sleep(dice.millis(1_000, 8_000)).await;
        stage.disturbance.begin();
        one(&stage, &mut dice).await;
        stage.disturbance.end();
        stage.ledger.count("faults");
    }
}

async fn one(stage: &Stage, dice: &mut Dice) {
    let time = dice.millis(300, 5_000);
    let script = stage.fleet.provider.script();
    // Never the first: its memory is watched.
    let which = 1 + dice.throw(INSTANCES - 1);
    match dice.throw(10) {
        0 | 1 => stage.kill(which, time / 4).await,
        2 => stage.restart(which).await,
        3 => {
            // As a machine that stands still: its leases run on.
            let instance = stage.instances[which].read().await;
            instance.pause();
            tokio::time::sleep(2 * time).await;
            instance.go_on();
        }
        4 => {
            script.set_down(true);
            tokio::time::sleep(time).await;
            script.set_down(false);
        }
        5 | 6 => {
            let endpoint = *dice.one_of(&ENDPOINTS);
            script.answer_always(endpoint, wrong(endpoint, dice));
            tokio::time::sleep(time).await;
            script.answer_normally(endpoint);
            script.release();
        }
        7 => stage.fleet.engine.stall(time).await,
        8 => stage.fleet.engine.cut(time).await,
        _ => stage.fleet.engine.crash(Duration::from_millis(300)).await,
    }
}

fn wrong(endpoint: Endpoint, dice: &mut Dice) -> Answer {
    // Whoever answers a revocation with 200 has revoked, whatever else it says (RFC 7009, section 2.2).
    let last = if endpoint == Endpoint::Revocation { 5 } else { 6 };
    match dice.throw(last) {
        0 => Answer::status(500),
        1 => Answer::hang(),
        2 => Answer::hold(),
        3 => Answer::cut_off(r#"{"access_token":"#),
        4 => Answer::status(503).header("retry-after", "2"),
        _ => Answer::body(200, "text/html", "<p>maintenance</p>"),
    }
}
