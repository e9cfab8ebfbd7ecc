//! "Stay signed in": moves the idle limit, as far as the absolute one allows.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    base::Base,
    live::{self, Message},
    request::post,
    store::Store,
};

/// Where it is asked for, below the [`Base`].
pub(crate) const PATH: &str = "/api/auth/extend";

/// The extension of this page's session: at most one at a time.
#[derive(Clone, Copy)]
pub(crate) struct Extension {
    /// The server was asked and has not answered yet.
    pub(crate) pending: RwSignal<bool>,
    /// The server was not reached the last time, or could not do it.
    pub(crate) failed: RwSignal<bool>,
}

impl Extension {
    pub(crate) fn new() -> Self {
        Self {
            pending: RwSignal::new(false),
            failed: RwSignal::new(false),
        }
    }

    /// Asks for it, unless that is under way already. Whatever the server answers, the session is read anew afterwards, here
    /// and in the other tabs. In the browser only.
    pub(crate) fn ask(self, store: Store) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        let address = Base::of_document().href(PATH);
        spawn_local(async move {
            let answer = post(&address, String::new()).await;
            self.pending.set(false);
            let is_answered = matches!(answer, Ok(200..300 | 401));
            self.failed.set(!is_answered);
            if is_answered {
                store.recheck();
                live::tell(&Message::Ask);
            }
        });
    }
}
