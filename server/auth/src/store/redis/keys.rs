//! The keys of a store in the engine: so many and no more, whoever signs in.
//!
//! All of them bear the store's name as their hash tag, so that a cluster keeps them in one slot. Each index is one sorted
//! set, in whose entries the issuer and the value stand before the session's key: an entry goes with its session, and
//! nothing of a person stays behind in a key of its own.

macro_rules! keys {
    ($($key:ident: $variable:literal, $name:literal, $kind:literal;)+) => {
        /// What a key holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Key {
            $(
                #[doc = concat!("`", $name, "`")]
                $key,
            )+
        }

        impl Key {
            /// As the scripts call it.
            pub(super) const fn variable(self) -> &'static str {
                match self { $(Self::$key => $variable,)+ }
            }

            const fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)+ }
            }

            /// The engine's name for what is kept there.
            pub(super) const fn kind(self) -> &'static str {
                match self { $(Self::$key => $kind,)+ }
            }
        }
    };
}

keys! {
    // Sessions by their keys, in three parts: what every request needs, the tokens, the app's data.
    Sessions: "SESSIONS", "sessions", "hash";
    Tokens: "TOKENS", "tokens", "hash";
    Data: "DATA", "data", "hash";
    // Where else a session is found.
    PublicIds: "PUBLIC_IDS", "public-ids", "hash";
    Subjects: "SUBJECTS", "subjects", "zset";
    Sids: "SIDS", "sids", "zset";
    Expiries: "EXPIRIES", "expiries", "zset";
    Marks: "MARKS", "marks", "hash";
    MarkExpiries: "MARK_EXPIRIES", "mark-expiries", "zset";
    Claims: "CLAIMS", "claims", "zset";
    // The outbox; an entry is due, leased, or over and kept.
    Outbox: "OUTBOX", "outbox", "hash";
    Due: "DUE", "due", "zset";
    Leased: "LEASED", "leased", "zset";
    Kept: "KEPT", "kept", "zset";
    // Those that are not over, by when they came.
    Ages: "AGES", "ages", "zset";
    Pending: "PENDING", "pending", "hash";
    PendingExpiries: "PENDING_EXPIRIES", "pending-expiries", "zset";
    // End records by their places, and where else one is found.
    Ends: "ENDS", "ends", "hash";
    Places: "PLACES", "places", "zset";
    People: "PEOPLE", "people", "zset";
    Newest: "NEWEST", "newest", "hash";
    EndExpiries: "END_EXPIRIES", "end-expiries", "zset";
    LastPlace: "LAST_PLACE", "last-place", "string";
    // What the store is known by.
    Probe: "PROBE", "probe", "hash";
    // Never there.
    Fence: "FENCE", "fence", "none";
}

/// What a key of this store is called in the engine.
pub(super) fn name(store: &str, key: Key) -> String {
    format!("{{{store}}}:{}", key.name())
}

/// The channel on which it is told that something ended.
pub(super) fn channel(store: &str) -> String {
    format!("{{{store}}}:ended")
}

/// The kinds of the keys that the script `open` is given, in its order; the first and the last are not among them.
pub(super) const KINDS: [Key; 23] = [
    Key::Sessions,
    Key::Tokens,
    Key::Data,
    Key::PublicIds,
    Key::Subjects,
    Key::Sids,
    Key::Expiries,
    Key::Marks,
    Key::MarkExpiries,
    Key::Claims,
    Key::Outbox,
    Key::Due,
    Key::Leased,
    Key::Kept,
    Key::Ages,
    Key::Pending,
    Key::PendingExpiries,
    Key::Ends,
    Key::Places,
    Key::People,
    Key::Newest,
    Key::EndExpiries,
    Key::LastPlace,
];
