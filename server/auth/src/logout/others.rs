//! A person ends other sessions of theirs, from the list of them.
//!
//! Each leaves a not-before mark for its provider session, so that a login of that browser which is under way does not
//! bring it back; save where it is the provider session of the one that asks: a mark there would refuse the asker's own.

use super::{Ending, Reason, ending};
use crate::{
    Exeunt,
    audit::Caller,
    session::LiveSession,
    store::{MarkRule, Person, Selector, SessionHead, StoreError},
};

/// Which sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Others {
    /// The one with this public id.
    One(String),
    /// All but the one that asks.
    All,
}

/// Ends other sessions of whoever `asking` belongs to; never `asking` itself, and nobody else's. Returns how many lived
/// until now. What the store did not end leaves the others ended. The work is seen through even if the caller goes away.
///
/// # Errors
///
/// If the store does not answer, or failed for at least one of them.
pub async fn end_others(
    exeunt: &Exeunt,
    asking: &LiveSession,
    which: Others,
    caller: Caller,
) -> Result<usize, StoreError> {
    let (theirs, asking) = (exeunt.clone(), asking.clone());
    let work = exeunt.spawn(async move { end(&theirs, &asking, &which, &caller).await });
    work.await.map_err(StoreError::backend)?
}

async fn end(
    exeunt: &Exeunt,
    asking: &LiveSession,
    which: &Others,
    caller: &Caller,
) -> Result<usize, StoreError> {
    let (iss, sub) = (&asking.head.iss, &asking.head.sub);
    let heads = exeunt.store().list(iss, sub, exeunt.now()).await?;
    let wanted = |head: &&SessionHead| {
        head.key != asking.head.key
            && match which {
                Others::One(id) => head.public_id == *id,
                Others::All => true,
            }
    };
    let mut ended = 0;
    let mut fault = None;
    for head in heads.iter().filter(wanted) {
        match end_one(exeunt, asking, head, caller).await {
            Ok(count) => ended += count,
            Err(error) => fault = Some(error),
        }
    }
    fault.map_or(Ok(ended), Err)
}

async fn end_one(
    exeunt: &Exeunt,
    asking: &LiveSession,
    head: &SessionHead,
    caller: &Caller,
) -> Result<usize, StoreError> {
    let selector = Selector::PublicId {
        public_id: head.public_id.clone(),
        whose: Some(Person {
            iss: head.iss.clone(),
            sub: head.sub.clone(),
        }),
    };
    let marks = if head.sid.is_some() && head.sid == asking.head.sid {
        MarkRule::None
    } else {
        MarkRule::SidOfTaken
    };
    let ending = Ending::new(selector, marks, Reason::AnotherSession, caller.clone());
    let ended = ending::carry_out(exeunt, ending).await?;
    let now = exeunt.now();
    Ok(ended.rows.iter().filter(|row| row.is_living(now)).count())
}
