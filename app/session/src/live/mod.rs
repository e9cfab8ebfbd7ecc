//! How an open page hears that its session ended or changed.
//!
//! One tab of a browser listens to the server and passes on what it hears; when it goes, another takes over. What a tab
//! hears from another is a reason to ask the server, and so are the moments at which something may have been missed. Where
//! nothing can be heard the server is asked now and then. None of it extends the session.

mod channel;
mod message;
mod pace;
mod stream;
mod turn;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::prelude::*;
use web_sys::js_sys::Math;

use self::{
    channel::Channel,
    stream::{Heard, Stream},
    turn::Turn,
};
use crate::{base::Base, clock, end::SessionEnd, store::Store};

pub(crate) use self::message::Message;

thread_local! {
    /// A page has one; on the server it stays empty.
    static LIVE: RefCell<Option<Rc<Live>>> = const { RefCell::new(None) };
}

/// What an open page holds.
struct Live {
    store: Store,
    /// Names channel and lock: apps below other prefixes of this origin have others.
    name: String,
    address: String,
    channel: RefCell<Option<Channel>>,
    turn: RefCell<Option<Turn>>,
    is_my_turn: Cell<bool>,
    stream: RefCell<Option<Stream>>,
    is_open: Cell<bool>,
    failures: Cell<u32>,
    heard_at: Cell<i64>,
    told_at: Cell<i64>,
}

/// Begins to listen, and ends when the owner at hand does. Call it in the browser only, once.
pub(crate) fn begin(store: Store, base: &Base) {
    let live = Rc::new(Live {
        store,
        name: ["exeunt:", base.as_str()].concat(),
        address: base.href("/auth/events"),
        channel: RefCell::default(),
        turn: RefCell::default(),
        is_my_turn: Cell::new(false),
        stream: RefCell::default(),
        is_open: Cell::new(false),
        failures: Cell::new(0),
        heard_at: Cell::new(clock::browser_now_ms()),
        told_at: Cell::new(0),
    });
    LIVE.set(Some(Rc::clone(&live)));
    live.join();
    Effect::new({
        let live = Rc::clone(&live);
        move |_| live.attend(store.is_alive())
    });
    let turns = set_interval_with_handle(
        move || live.look(),
        Duration::from_millis(pace::TURN_MS.unsigned_abs()),
    );
    on_cleanup(move || {
        if let Ok(turns) = turns {
            turns.clear();
        }
        with_live(|live| live.leave());
        LIVE.set(None);
    });
}

/// Tells the other tabs. On the server, and where there are no other tabs, nobody hears it.
pub(crate) fn tell(message: &Message) {
    with_live(|live| live.tell(message));
}

/// The page leaves, perhaps for the back/forward cache, which keeps no page that holds a connection or a lock.
pub(crate) fn pause() {
    with_live(|live| live.leave());
}

/// The page is shown again.
pub(crate) fn resume() {
    with_live(|live| {
        live.join();
        live.attend(untrack(|| live.store.is_alive()));
    });
}

/// The network may be another: a connection that looks open may be dead.
pub(crate) fn reconnect() {
    with_live(|live| {
        if live.is_my_turn.get() {
            live.connect();
        }
    });
}

fn with_live(act: impl FnOnce(&Rc<Live>)) {
    let live = LIVE.with_borrow(Clone::clone);
    if let Some(live) = live {
        act(&live);
    }
}

impl Live {
    fn join(self: &Rc<Self>) {
        let live = Rc::downgrade(self);
        let channel = Channel::open(&self.name, move |message| {
            if let Some(live) = live.upgrade() {
                live.hear_from_tab(message);
            }
        });
        self.channel.replace(channel);
    }

    fn leave(&self) {
        self.channel.take();
        self.rest();
    }

    /// Queues up to listen while somebody is signed in; nobody listens for a stranger.
    fn attend(self: &Rc<Self>, alive: bool) {
        if !alive {
            return self.rest();
        }
        if self.turn.borrow().is_some() || self.is_my_turn.get() {
            return;
        }
        let live = Rc::downgrade(self);
        let turn = Turn::queue(&self.name, move || {
            if let Some(live) = live.upgrade() {
                live.is_my_turn.set(true);
                live.connect();
            }
        });
        let alone = turn.is_none();
        self.turn.replace(turn);
        if alone {
            self.is_my_turn.set(true);
            self.connect();
        }
    }

    fn rest(&self) {
        self.is_my_turn.set(false);
        self.is_open.set(false);
        self.failures.set(0);
        self.stream.take();
        self.turn.take();
    }

    fn connect(self: &Rc<Self>) {
        self.is_open.set(false);
        // The old one goes first: the server lets a session have only so many.
        self.stream.take();
        let live = Rc::downgrade(self);
        let stream = Stream::open(&self.address, move |heard| {
            if let Some(live) = live.upgrade() {
                live.hear_from_server(heard);
            }
        });
        self.stream.replace(stream);
    }

    fn hear_from_server(self: &Rc<Self>, heard: Heard) {
        self.heard_at.set(clock::browser_now_ms());
        match heard {
            Heard::Open => {
                self.is_open.set(true);
                self.failures.set(0);
                self.tell_of_life();
            }
            Heard::Changed => {
                self.tell(&Message::Ask);
                self.store.recheck();
            }
            Heard::Ended(why, at) => {
                let end = SessionEnd::told(&why, at);
                self.tell(&Message::Ended { why, at });
                self.rest();
                self.store.was_told_of_end(end);
            }
            Heard::Lost => {
                self.is_open.set(false);
                self.stream.take();
                let failures = self.failures.get();
                self.failures.set(failures.saturating_add(1));
                self.connect_after(pace::back_off_ms(failures, Math::random()));
                // Refused, perhaps because the session is over.
                self.store.recheck();
            }
        }
    }

    fn connect_after(self: &Rc<Self>, milliseconds: u32) {
        let live = Rc::downgrade(self);
        set_timeout(
            move || {
                if let Some(live) = live.upgrade()
                    && live.is_my_turn.get()
                    && live.stream.borrow().is_none()
                {
                    live.connect();
                }
            },
            Duration::from_millis(milliseconds.into()),
        );
    }

    fn hear_from_tab(&self, message: Message) {
        match message {
            Message::Up => self.heard_at.set(clock::browser_now_ms()),
            Message::Ask => self.store.recheck(),
            Message::Ended { why, at } => {
                self.store.suspect_end(SessionEnd::told(&why, at));
                self.store.recheck();
            }
            Message::Calm { limit, step } => self.store.calm.set(Some((limit, step))),
        }
    }

    fn tell(&self, message: &Message) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.send(message);
        }
    }

    fn tell_of_life(&self) {
        self.told_at.set(clock::browser_now_ms());
        self.tell(&Message::Up);
    }

    fn look(&self) {
        let now = clock::browser_now_ms();
        if self.is_open.get() {
            self.heard_at.set(now);
            if now - self.told_at.get() >= pace::SIGN_OF_LIFE_MS {
                self.tell_of_life();
            }
        } else if untrack(|| self.store.is_alive())
            && pace::is_time_to_ask(now, self.heard_at.get(), self.store.asked_at_ms())
        {
            self.store.recheck();
        }
    }
}
