//! Whether the provider still stands behind a session, asked by a refresh: for providers that never call. Optional, see
//! [`LogoutSettings::liveness_check`](crate::config::LogoutSettings::liveness_check). It never extends a session.

use std::{sync::Arc, time::Duration};

use super::{Outcome, Seen, refresh, stored};
use crate::{Exeunt, audit::Caller, clock::Timestamp, session::LiveSession};

/// How long `extend` waits for a refresh.
const EXTEND_BUDGET: Duration = Duration::from_secs(3);

/// The last contact, if it lies so far back that the provider is to be asked.
fn overdue(exeunt: &Exeunt, session: &LiveSession) -> Option<Timestamp> {
    let every = exeunt.settings().logout.liveness_check?;
    let contact = session.identity.contact.as_ref()?;
    (exeunt.now().since(contact.at) >= every).then_some(contact.at)
}

/// Asks in the background, if it is time to. If too many are asked already, the next request of this session does.
pub(crate) fn check_in_background(exeunt: &Exeunt, session: &LiveSession, caller: Caller) {
    let Some(seen) = overdue(exeunt, session) else {
        return;
    };
    let Ok(permit) = Arc::clone(&exeunt.refreshes().background).try_acquire_owned() else {
        return;
    };
    let (exeunt, key) = (exeunt.clone(), session.head.key);
    exeunt.clone().spawn(async move {
        refresh(&exeunt, key, Seen::Contact(seen), caller).await;
        drop(permit);
    });
}

/// What [`keep_up`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptUp {
    /// Nothing that is known of: it was not due, did not succeed, or takes longer.
    No,
    /// The tokens are new; the session's limits may be others.
    Yes,
    /// The session has ended.
    Ended,
}

/// Refreshes if it is due: the provider is to be asked, or the access token runs out. Waits a little for the outcome.
pub(crate) async fn keep_up(exeunt: &Exeunt, session: &LiveSession, caller: Caller) -> KeptUp {
    let Some(seen) = due(exeunt, session).await else {
        return KeptUp::No;
    };
    let asked = refresh(exeunt, session.head.key, seen, caller);
    match tokio::time::timeout(EXTEND_BUDGET, asked).await {
        Ok(Outcome::Tokens(_)) => KeptUp::Yes,
        Ok(Outcome::Ended) => KeptUp::Ended,
        Ok(Outcome::CannotRefresh | Outcome::Failed) | Err(_) => KeptUp::No,
    }
}

async fn due(exeunt: &Exeunt, session: &LiveSession) -> Option<Seen> {
    session.identity.contact.as_ref()?;
    if let Some(seen) = overdue(exeunt, session) {
        return Some(Seen::Contact(seen));
    }
    match stored::read_tokens(exeunt, &session.head.key).await {
        Ok(tokens) => tokens
            .filter(|tokens| !tokens.are_fresh(exeunt.now()))
            .map(|tokens| Seen::AccessToken(tokens.access_token)),
        Err(error) => {
            tracing::warn!(target: "exeunt::refresh", %error, "the tokens of a session could not be read");
            None
        }
    }
}
