//! What the cookie of a dead session is still good for (the exception of invariant I3): for ten minutes after it ran out, or
//! after the provider ended it, a POST logout with it learns where the provider's session is ended. It opens nothing.

use super::{Reason, remnant};
use crate::{
    Exeunt,
    session::SessionToken,
    store::{RETENTION, SessionKey, StoreError},
};

/// How a session died from whose end a sign-out can still go on to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leftover {
    /// It reached its idle limit.
    RanOut,
    /// The provider ended it, by the back channel.
    EndedByProvider,
}

/// What is left of a session that is dead; nothing of it is used up.
///
/// # Errors
///
/// If the store does not answer.
pub(crate) async fn find(exeunt: &Exeunt, key: &SessionKey) -> Result<Option<Leftover>, StoreError> {
    if ran_out(exeunt, key).await? {
        return Ok(Some(Leftover::RanOut));
    }
    Ok(remnant::is_there(exeunt, key)
        .await?
        .then_some(Leftover::EndedByProvider))
}

/// Whether this session cookie opens nothing and is good for nothing. Where the store does not tell, it may be good yet.
pub(crate) async fn is_spent(exeunt: &Exeunt, presented: Option<String>) -> bool {
    // What we cannot have issued asks the store for nothing.
    let Some(token) = presented.and_then(|value| SessionToken::parse(&value)) else {
        return true;
    };
    match find(exeunt, &token.key()).await {
        Ok(left) => left.is_none(),
        Err(error) => {
            tracing::warn!(target: "exeunt::session", %error, "what is left of a session could not be read");
            false
        }
    }
}

/// Whether a sign-in of the same browser took this session's place: then that browser has a newer cookie, or is about to get it.
/// Where the store does not tell, it may have been so.
pub(crate) async fn was_replaced(exeunt: &Exeunt, presented: Option<String>) -> bool {
    let Some(token) = presented.and_then(|value| SessionToken::parse(&value)) else {
        return false;
    };
    let by_a_sign_in = [Reason::Replaced, Reason::AnotherPerson].map(Reason::as_str);
    match exeunt.store().load_end(&token.key(), exeunt.now()).await {
        Ok(end) => end.is_some_and(|end| by_a_sign_in.contains(&end.reason.as_str())),
        Err(error) => {
            tracing::warn!(target: "exeunt::session", %error, "how a session ended could not be read");
            true
        }
    }
}

/// No store loads an expired row. Asked for the moment [`RETENTION`] ago it gives what expired since, which is what a take
/// still returns. Past its absolute limit a session leaves nothing.
async fn ran_out(exeunt: &Exeunt, key: &SessionKey) -> Result<bool, StoreError> {
    let now = exeunt.now();
    let head = exeunt.store().load(key, now - RETENTION).await?;
    Ok(head.is_some_and(|head| head.idle_expires_at <= now && now < head.absolute_expires_at))
}
