//! The one way in which sessions end, whoever asks for it: a person, the provider, an operator, or time.
//!
//! One step of the store removes record and index, leaves the marks, queues the tokens for revocation and notes the end down, or makes
//! certain that it will (see [`Store::take`](crate::store::Store::take)); from then on the sessions are dead whatever else happens (invariant I1). Then open tabs and the audit log hear of each.

use super::{Reason, remnant};
use crate::{
    Exeunt,
    audit::{self, Caller},
    clock::Timestamp,
    events::End,
    metrics,
    store::{Farewell, MarkRule, Once, Queue, Selector, SessionRow, StoreError, Take, Taken},
};
use std::{sync::Arc, time::Duration};

/// Who waits for the revocation of the tokens of the session it ends tries it itself, at once; the worker leaves it alone
/// for this long.
const HEAD_START: Duration = Duration::from_secs(10);

/// How long a person can see that a session of theirs ended, and why.
pub const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// An end.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Which sessions.
    pub selector: Selector,
    /// Which marks stay.
    pub marks: MarkRule,
    /// Why.
    pub reason: Reason,
    /// Done only if this was not done before.
    pub once: Option<Once>,
    /// On whose behalf.
    pub caller: Caller,
}

/// What was ended.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// The rows that are gone, such that had expired a moment ago included. Of all that a person had, and of what ran out, without
    /// tokens and data.
    pub rows: Arc<[SessionRow]>,
    /// It was done before: nothing was ended now.
    pub repeated: bool,
    /// Their tokens are queued for revocation.
    pub queued: bool,
}

impl Ending {
    /// An end with nothing special about it.
    #[must_use]
    pub const fn new(selector: Selector, marks: MarkRule, reason: Reason, caller: Caller) -> Self {
        Self {
            selector,
            marks,
            reason,
            once: None,
            caller,
        }
    }

    /// Only if it was not done before.
    #[must_use]
    pub fn once(mut self, once: Once) -> Self {
        self.once = Some(once);
        self
    }
}

/// Ends sessions. On an error nothing was ended, as far as the store can tell.
///
/// # Errors
///
/// If the store does not answer, or failed.
pub async fn carry_out(exeunt: &Exeunt, ending: Ending) -> Result<Ended, StoreError> {
    let now = exeunt.now();
    let Ending {
        selector,
        marks,
        reason,
        once,
        caller,
    } = ending;
    let queue = exeunt.provider().may_revoke().then(|| Queue {
        reason: reason.as_str().to_owned(),
        due_at: due_at(&selector, now),
    });
    let queued = queue.is_some();
    let farewell = Farewell {
        reason: reason.as_str().to_owned(),
        kept_until: now + REMEMBERED,
    };
    let take = Take {
        // Where they may be very many. What is left of a session that the provider ended is made of its tokens.
        heads_only: matches!(selector, Selector::Subject { .. } | Selector::Expired { .. })
            && !reason.leaves_a_remnant(),
        selector,
        marks,
        queue,
        farewell: Some(farewell.clone()),
        once,
    };
    let Taken { rows, repeated } = exeunt.store().take(&take, now).await?;
    let rows: Arc<[SessionRow]> = rows.into();
    if reason != Reason::Everywhere || rows.len() <= TOLD_AT_ONCE {
        tell(&rows, reason, &caller, now);
    } else {
        // So many lines take longer than all the rest, and somebody waits who has no use for them.
        let rows = Arc::clone(&rows);
        exeunt.spawn(async move {
            for some in rows.chunks(TOLD_AT_ONCE) {
                tell(some, reason, &caller, now);
                tokio::task::yield_now().await;
            }
        });
    }
    if reason.leaves_a_remnant() {
        remnant::leave(exeunt, &rows, queued, now).await;
    }
    for row in rows.iter() {
        // Nobody has to wait for the store to be asked. After the remnant is left: a tab that hears this asks at once, and
        // its cookie is kept only if there is one.
        exeunt.hub().ended(&row.key, || {
            let (at, why) = farewell.of(row, now);
            End {
                why: why.to_owned(),
                at,
            }
        });
    }
    if queued && !rows.is_empty() {
        exeunt.wake_outbox();
    }
    Ok(Ended {
        rows,
        repeated,
        queued,
    })
}

/// Of so many the audit log hears before anything else goes on.
const TOLD_AT_ONCE: usize = 64;

fn tell(rows: &[SessionRow], reason: Reason, caller: &Caller, now: Timestamp) {
    for row in rows {
        // One that had run out ended then, whoever takes it away now.
        let why = reason.at_the_end_of(row, now);
        audit::end(row, why, caller);
        metrics::session_ended(why);
    }
}

fn due_at(selector: &Selector, now: Timestamp) -> Timestamp {
    match selector {
        Selector::Key(_) => now + HEAD_START,
        _ => now,
    }
}
