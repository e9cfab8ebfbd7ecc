//! Half an hour (`make soak`) of people who sign in and out at three processes of the program, while the store, the provider
//! and the processes themselves fail at random: no session comes back, no entry of the outbox is lost, nobody is signed out
//! who should not be, nothing is left behind and nothing grows.
//!
//! `SOAK_MINUTES` says how long, `SOAK_STORE` on which engine (`sqlite`, `postgres`, `redis`), `SOAK_SEED` with which dice. The
//! dice settle what is done, not when the machine comes round to it: the same seed gives the same mixture, no replay.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(
    clippy::print_stdout,
    reason = "whoever waits half an hour wants to see something"
)]

#[path = "../../auth/tests/store_postgres/cluster.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    reason = "shared with tests that need more of it"
)]
mod cluster;
mod dice;
mod disturbance;
#[path = "../instances/engine.rs"]
#[allow(dead_code, reason = "shared with tests that need more of it")]
mod engine;
mod faults;
#[path = "../instances/fleet.rs"]
#[allow(dead_code, reason = "shared with tests that need more of it")]
mod fleet;
mod last_word;
mod ledger;
mod life;
#[path = "../instances/line.rs"]
mod line;
mod resources;
mod stage;

use std::{
    env,
    sync::Arc,
    time::{Duration, Instant},
};

use dice::Dice;
use engine::Engine;
use stage::Stage;

/// How many people there are at once.
const PEOPLE: u64 = 24;
/// How often a line is printed.
const REPORT: Duration = Duration::from_secs(60);
/// What the processes need until their memory is as large as the work makes it: this part of the time.
const WARM_UP: f64 = 0.25;

#[expect(
    clippy::disallowed_methods,
    reason = "of whoever runs the soak, not of the server"
)]
fn setting<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let Ok(value) = env::var(name) else {
        return otherwise;
    };
    let read = value.parse();
    assert!(read.is_ok(), "{name} cannot be {value:?}");
    read.unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half an hour: make soak"]
async fn i02_i13_under_random_faults_nothing_comes_back_and_nothing_is_lost() {
    let time = Duration::from_secs_f64(60.0 * setting("SOAK_MINUTES", 30.0));
    let seed = setting("SOAK_SEED", 1);
    let engine = Engine::start(&setting("SOAK_STORE", "postgres".to_owned())).await;
    println!("soak: {} for {time:?}, seed {seed}", engine.name());
    let stage = Arc::new(Stage::set(engine).await);

    let started = Instant::now();
    let over = started + time;
    let mut works = tokio::task::JoinSet::new();
    for place in 0..PEOPLE {
        let stage = Arc::clone(&stage);
        let mut dice = Dice::new(seed * 1_000 + place);
        works.spawn(async move {
            while Instant::now() < over {
                life::live(&stage, &mut dice).await;
            }
        });
    }
    works.spawn(faults::inject(Arc::clone(&stage), Dice::new(seed), over));
    let observed = tokio::spawn(resources::observe(Arc::clone(&stage), over, REPORT));
    // A panic in one is this test's.
    while let Some(ended) = works.join_next().await {
        ended.unwrap();
    }
    let growth = observed.await.unwrap().growth(WARM_UP);

    println!("soak: the last word");
    last_word::say(&stage).await;
    println!("soak: {}", stage.ledger.summary());
    println!("soak: {growth}");
    growth.assert_none();
    stage.ledger.assert_kept();
}
