//! Random schedules: a sign-out among saves, refreshes, logins in flight and calls of the provider.
//!
//! A schedule is what a seed makes of it: who takes part, and in which order they take their steps. Whatever the order, the
//! end is the same: the session is dead for every method, each of its tokens is queued or revoked, and nothing revives it.
//! A schedule that fails tells its seed and its steps; [`SCHEDULES`] may be narrowed to the seed to see it again.

use std::{ops::Range, sync::Arc};

use self::{
    acts::{Act, BackChannel, Login, Refresh, Save, Work},
    dice::Dice,
    verdict::Shown,
    world::World,
};
use super::races::at_once;
use crate::store::Store;

mod acts;
mod dice;
mod verdict;
mod world;

/// The seeds of the schedules that are run.
const SCHEDULES: Range<u32> = 0..1000;

/// So many at a time: each has sessions of its own, and a store that waits for a disk waits for all of them together.
const AT_A_TIME: usize = 100;

/// Who takes part in the schedule.
fn acts(dice: &mut Dice) -> Vec<Act> {
    let mut acts = vec![Act::Logout];
    if dice.one_in(4) {
        acts.push(Act::Logout);
    }
    for _ in 0..dice.number(0..3) {
        acts.push(Act::Save(Save::Read));
    }
    for number in 0..dice.number(0..4) {
        acts.push(Act::Refresh(Refresh::new(number)));
    }
    for number in 0..dice.number(0..4) {
        acts.push(Act::Login(Login::new(number, dice)));
    }
    if dice.one_in(2) {
        let call = BackChannel::new(dice);
        // Delivered twice now and then.
        for _ in 0..dice.number(1..3) {
            acts.push(Act::BackChannel(call));
        }
    }
    for number in 0..dice.number(0..3) {
        acts.push(Act::Work(Work::new(number)));
    }
    acts
}

/// I2, I13: step after step in an order that the seed chooses. What each step must find is known exactly.
pub async fn i02_i13_whatever_the_order_of_its_steps_an_end_is_final_and_whole(store: Arc<dyn Store>) {
    let mut shown = Vec::new();
    for seeds in SCHEDULES.collect::<Vec<_>>().chunks(AT_A_TIME) {
        let schedules = seeds.iter().map(|&seed| step_by_step(Arc::clone(&store), seed));
        shown.extend(at_once(schedules).await);
    }
    let ways: [fn(&Shown) -> usize; 6] = [
        |shown| shown.refreshed,
        |shown| shown.refreshed_late,
        |shown| shown.refused,
        |shown| shown.overtaken,
        |shown| shown.repeated,
        |shown| shown.revoked,
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let times: usize = shown.iter().map(way).sum();
        assert!(
            times > 20,
            "the schedules show number {number} only {times} times"
        );
    }
}

async fn step_by_step(store: Arc<dyn Store>, seed: u32) -> Shown {
    let mut dice = Dice::of(seed.into());
    let world = World::begin(store, seed, true).await;
    let mut acts = acts(&mut dice);
    while !acts.is_empty() {
        let turn = dice.index(acts.len());
        if acts[turn].step(&world).await {
            acts.swap_remove(turn);
        }
    }
    world.judge().await
}

/// I2, I13: all at once, each on a task of its own; the seed chooses who takes part and who dawdles.
pub async fn i02_i13_whatever_runs_at_once_an_end_is_final_and_whole(store: Arc<dyn Store>) {
    for seeds in SCHEDULES.collect::<Vec<_>>().chunks(AT_A_TIME) {
        at_once(seeds.iter().map(|&seed| let_loose(Arc::clone(&store), seed))).await;
    }
}

async fn let_loose(store: Arc<dyn Store>, seed: u32) {
    let mut dice = Dice::of(seed.into());
    let world = Arc::new(World::begin(store, seed, false).await);
    let acts = acts(&mut dice);
    let tasks = acts.into_iter().map(|mut act| {
        let world = Arc::clone(&world);
        let pauses: Vec<u32> = (0..8).map(|_| dice.number(0..6)).collect();
        async move {
            for pause in pauses.into_iter().cycle() {
                for _ in 0..pause {
                    tokio::task::yield_now().await;
                }
                if act.step(&world).await {
                    break;
                }
            }
        }
    });
    at_once(tasks.collect::<Vec<_>>()).await;
    world.judge().await;
}
