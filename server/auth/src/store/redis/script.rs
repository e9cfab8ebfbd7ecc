//! The scripts: each method of the store is one of them, and so one atomic step of the engine.
//!
//! A script is sent by its hash; only a server that does not know it (it was restarted, or its cache was flushed) is sent
//! the text. Every key that a script may touch is declared, none is put together on the way: a cluster that moves the slot
//! refuses a script as a whole instead of breaking it off.

use redis::Script;

use super::keys::{self, Key};

/// Before anything is read: what kind of server may run the script. Each file says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fence {
    /// It only reads.
    Reading,
    /// It changes or frees, also where the memory is full.
    Changing,
    /// It adds, and only where there is room.
    Adding,
    /// Its own first step is a write.
    None,
}

impl Fence {
    /// Whether the script changes nothing.
    pub(super) const fn is_reading(self) -> bool {
        matches!(self, Self::Reading)
    }

    const fn source(self) -> &'static str {
        match self {
            Self::Reading => include_str!("lua/fence_reading.lua"),
            Self::Changing => include_str!("lua/fence_changing.lua"),
            Self::Adding => include_str!("lua/fence_adding.lua"),
            Self::None => "",
        }
    }
}

/// One script, with the names of its keys filled in for one store.
pub(super) struct Prepared {
    pub(super) text: String,
    pub(super) hash: String,
    pub(super) keys: Vec<String>,
    pub(super) fence: Fence,
}

macro_rules! scripts {
    ($($name:ident: $fence:ident, [$($key:ident),*];)+) => {
        /// All scripts of one store.
        pub(super) struct Scripts {
            $(pub(super) $name: Prepared,)+
        }

        impl Scripts {
            pub(super) fn of(store: &str) -> Self {
                Self {
                    $($name: prepare(
                        store,
                        Fence::$fence,
                        &[$(Key::$key),*],
                        include_str!(concat!("lua/", stringify!($name), ".lua")),
                    ),)+
                }
            }
        }
    };
}

scripts! {
    begin: Adding, [Sessions, Tokens, Data, PublicIds, Subjects, Sids, Expiries, Marks];
    load: Reading, [Sessions, Tokens, Data];
    touch: Changing, [Sessions, Expiries];
    update: Changing, [Sessions, Tokens, Data, Sids, Expiries, Marks];
    list: Reading, [Sessions, Subjects, Sids];
    walk: Reading, [Sessions, Tokens, Data];
    reseal: Changing, [Sessions, Tokens, Data];
    take: Changing, [
        Sessions, Tokens, Data, PublicIds, Subjects, Sids, Expiries, Marks, MarkExpiries, Claims, Outbox, Due, Leased,
        Kept, Ages, Ends, Places, People, Newest, EndExpiries, LastPlace
    ];
    last_end: Reading, [LastPlace];
    ends_after: Reading, [Ends, Places];
    list_ends: Reading, [Ends, People];
    load_end: Reading, [Ends, Newest];
    put_outbox: Adding, [Outbox, Due, Leased, Kept, Ages];
    lease_outbox: Changing, [Outbox, Due, Leased];
    settle_outbox: Changing, [Outbox, Due, Leased, Kept, Ages];
    load_outbox: Reading, [Outbox];
    put_pending: Adding, [Pending, PendingExpiries];
    load_pending: Reading, [Pending];
    swap_pending: Changing, [Pending];
    claim: Adding, [Claims];
    release: Changing, [Claims];
    sweep: Changing, [
        Pending, PendingExpiries, Marks, MarkExpiries, Claims, Outbox, Kept, Ends, Places, People, Newest, EndExpiries
    ];
    census: Reading, [Expiries, Due, Leased, Ages];
    probe: None, [Probe, LastPlace];
    open: Changing, [
        Probe, Sessions, Tokens, Data, PublicIds, Subjects, Sids, Expiries, Marks, MarkExpiries, Claims, Outbox, Due,
        Leased, Kept, Ages, Pending, PendingExpiries, Ends, Places, People, Newest, EndExpiries, LastPlace
    ];
}

/// What the replicas are awaited after; `lua/stamp.lua` says why.
pub(super) fn stamp(store: &str) -> Prepared {
    prepare(store, Fence::None, &[Key::Probe], include_str!("lua/stamp.lua"))
}

/// The keys come first, each under its name; the fence's own is the last of them.
fn prepare(store: &str, fence: Fence, used: &[Key], body: &str) -> Prepared {
    let mut text = String::new();
    for (place, key) in (1..).zip(used.iter().chain([&Key::Fence])) {
        text.push_str(&format!("local {} = KEYS[{place}]\n", key.variable()));
    }
    for part in [
        include_str!("lua/record.lua"),
        include_str!("lua/order.lua"),
        fence.source(),
        body,
    ] {
        text.push_str(part);
    }
    let keys = used.iter().chain([&Key::Fence]);
    Prepared {
        hash: Script::new(&text).get_hash().to_owned(),
        keys: keys.map(|key| keys::name(store, *key)).collect(),
        text,
        fence,
    }
}
