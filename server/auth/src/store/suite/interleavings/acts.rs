//! Who takes part in a schedule. Each is a chain of steps, and a step is one call of the store or none.

use super::{
    dice::Dice,
    world::{ENDED, ROWS, World},
};
use crate::{
    clock::Timestamp,
    store::{
        Change, Lease, MarkRule, Once, OutboxEntry, OutboxId, Queue, Selector, SessionRow, Settlement,
        SidSubject, Take,
        suite::fixture::{IDLE, MILLISECOND, NOW, row},
    },
};

/// What a refresh claims.
pub(super) const REFRESH: &str = "refresh";

pub(super) enum Act {
    Logout,
    Save(Save),
    Refresh(Refresh),
    Login(Login),
    BackChannel(BackChannel),
    Work(Work),
}

impl Act {
    /// Takes the next step. True if it was the last.
    pub(super) async fn step(&mut self, world: &World) -> bool {
        match self {
            Self::Logout => {
                let take = Take::new(Selector::Key(world.row.key), MarkRule::Sid).queueing(queue("logout"));
                world.take("logout", &take).await;
                true
            }
            Self::Save(save) => save.step(world).await,
            Self::Refresh(refresh) => refresh.step(world).await,
            Self::Login(login) => {
                world.log_in(login.row(world)).await;
                true
            }
            Self::BackChannel(call) => {
                world.take("back-channel", &call.take(world)).await;
                true
            }
            Self::Work(work) => work.step(world).await,
        }
    }
}

fn queue(reason: &str) -> Queue {
    Queue {
        reason: reason.into(),
        due_at: ENDED(),
    }
}

/// Different for each of several of one kind.
fn until(number: u32) -> Timestamp {
    ENDED() + IDLE + MILLISECOND * number
}

/// A request that reads the session, extends it, and writes back what it read.
pub(super) enum Save {
    Read,
    Touch,
    Write,
}

impl Save {
    async fn step(&mut self, world: &World) -> bool {
        let (store, key) = (&world.store, &world.row.key);
        match self {
            Self::Read => {
                let load = async { Ok(store.load(key, NOW).await?.is_some()) };
                world.lives("load", load).await;
                // Whoever found it dead goes on as if it had not looked.
                *self = Self::Touch;
                false
            }
            Self::Touch => {
                world.lives("touch", store.touch(key, NOW + IDLE, NOW)).await;
                *self = Self::Write;
                false
            }
            Self::Write => {
                let change = Change {
                    identity: Some(world.row.identity.clone()),
                    data: Some(b"of the app".to_vec()),
                    ..Change::default()
                };
                world.lives("save", store.update(key, change, NOW)).await;
                true
            }
        }
    }
}

/// A refresh under its lease. The tokens of the session are the list of all that were issued for it, so that one which is
/// overwritten is missed.
pub(super) struct Refresh {
    number: u32,
    at: RefreshAt,
}

enum RefreshAt {
    Claim,
    Read,
    Exchange(Vec<u8>),
    Write(Vec<u8>, u8),
    Put(u8),
    Release,
}

impl Refresh {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            at: RefreshAt::Claim,
        }
    }

    async fn step(&mut self, world: &World) -> bool {
        let (store, key) = (&world.store, &world.row.key);
        let until = until(self.number);
        self.at = match &mut self.at {
            RefreshAt::Claim => {
                let won = world.sound(store.claim(REFRESH, &key.0, until, NOW).await);
                world.trace(format!("refresh {} claims: {won}", self.number));
                if !won {
                    return true;
                }
                let others = std::mem::replace(&mut world.seen().refreshing, true);
                world.check(!others, "two refreshes at a time");
                RefreshAt::Read
            }
            RefreshAt::Read => {
                let mut tokens = None;
                let load = async {
                    tokens = store.load_tokens(key, NOW).await?;
                    Ok(tokens.is_some())
                };
                world.lives("refresh reads", load).await;
                tokens.map_or(RefreshAt::Release, RefreshAt::Exchange)
            }
            RefreshAt::Exchange(tokens) => {
                let mut seen = world.seen();
                let issued = u8::try_from(seen.issued.len()).unwrap();
                seen.issued.insert(issued);
                seen.trace.push(format!("the provider issues {issued}"));
                tokens.push(issued);
                RefreshAt::Write(std::mem::take(tokens), issued)
            }
            RefreshAt::Write(tokens, issued) => {
                let change = Change {
                    tokens: Some(std::mem::take(tokens)),
                    ..Change::default()
                };
                if world
                    .lives("refresh writes", store.update(key, change, NOW))
                    .await
                {
                    RefreshAt::Release
                } else {
                    RefreshAt::Put(*issued)
                }
            }
            RefreshAt::Put(issued) => {
                let entry = arrived_late(world, *issued);
                let id = entry.id;
                world.sound(store.put_outbox(entry).await);
                let mut seen = world.seen();
                seen.trace.push(format!("refresh queues {issued}"));
                seen.put.push(id);
                RefreshAt::Release
            }
            RefreshAt::Release => {
                world.seen().refreshing = false;
                world.sound(store.release(REFRESH, &key.0, until).await);
                return true;
            }
        };
        false
    }
}

fn arrived_late(world: &World, issued: u8) -> OutboxEntry {
    let mut id = world.row.key.0;
    id[0] = id[0].wrapping_add(1).wrapping_add(issued);
    id[1] = !id[1];
    OutboxEntry {
        id: OutboxId(id),
        reason: "refresh".into(),
        sealed: vec![issued],
        ..OutboxEntry::left_by(&world.row, &queue("refresh"), ENDED())
    }
}

/// The end of a login of the same person: it began before the end, in the same millisecond, or after it.
pub(super) struct Login {
    number: u32,
    started_at: Timestamp,
}

impl Login {
    pub(super) fn new(number: u32, dice: &mut Dice) -> Self {
        let started_at = match dice.number(0..3) {
            0 => ENDED() - MILLISECOND,
            1 => ENDED(),
            _ => ENDED() + MILLISECOND,
        };
        Self { number, started_at }
    }

    fn row(&self, world: &World) -> SessionRow {
        SessionRow {
            iss: world.row.iss.clone(),
            sub: world.row.sub.clone(),
            sid: world.row.sid.clone(),
            login_started_at: self.started_at,
            ..row(world.seed * ROWS + 1 + self.number)
        }
    }
}

/// A logout token, or what the provider's front channel says.
#[derive(Clone, Copy)]
pub(super) enum BackChannel {
    SidAndSubject,
    Subject,
    /// Without proof, and as often as it likes.
    FrontChannel,
}

impl BackChannel {
    pub(super) fn new(dice: &mut Dice) -> Self {
        match dice.number(0..3) {
            0 => Self::SidAndSubject,
            1 => Self::Subject,
            _ => Self::FrontChannel,
        }
    }

    fn take(self, world: &World) -> Take {
        let SessionRow { iss, sub, sid, .. } = world.row.clone();
        let sid = sid.unwrap_or_default();
        let once = Once {
            purpose: "logout token",
            id: world.row.key.0,
            until: ENDED() + IDLE,
        };
        match self {
            Self::SidAndSubject => {
                let selector = Selector::Sid {
                    iss,
                    sid,
                    sub: Some(SidSubject {
                        sub,
                        nameless_started_by: Some(ENDED()),
                    }),
                };
                Take::new(selector, MarkRule::Sid).once(once)
            }
            Self::Subject => {
                let started_by = Some(ENDED());
                let selector = Selector::Subject { iss, sub, started_by };
                Take::new(selector, MarkRule::Subject).once(once)
            }
            Self::FrontChannel => {
                let selector = Selector::Sid { iss, sid, sub: None };
                Take::new(selector, MarkRule::SidOfTaken)
            }
        }
        .queueing(queue("the provider"))
    }
}

/// A worker that looks after what the end of the session left.
pub(super) struct Work {
    number: u32,
    leased: bool,
}

impl Work {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            leased: false,
        }
    }

    async fn step(&mut self, world: &World) -> bool {
        let (store, id) = (&world.store, OutboxId(world.row.key.0));
        let until = until(self.number);
        if self.leased {
            let settlement = Settlement::Over {
                progress: "revoked".into(),
                kept_until: until,
            };
            let settled = world.sound(store.settle_outbox(&id, until, settlement).await);
            world.trace(format!("worker {} settles: {settled}", self.number));
            world.check(settled, "a lease was lost before its time");
            return true;
        }
        let leased = world.sound(store.lease_outbox(Lease::One(id), until, ENDED()).await);
        let mut seen = world.seen();
        seen.trace
            .push(format!("worker {} leases {}", self.number, leased.len()));
        for entry in &leased {
            seen.revoked.extend(&entry.sealed);
        }
        self.leased = !leased.is_empty();
        !self.leased
    }
}
