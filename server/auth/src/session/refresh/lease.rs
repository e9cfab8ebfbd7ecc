//! One refresh of a session at a time over all instances: whoever holds the lease in the store asks the provider.

use std::time::Duration;

use tokio::time::Instant;

use super::{Outcome, PATIENCE, Seen, stored, work};
use crate::{Exeunt, audit::Caller, store::SessionKey};

/// What the claim in the store is for.
const PURPOSE: &str = "refresh";

/// How long the lease is: longer than everything that is done under it, see [`work`]. After a crash nobody refreshes this
/// session for so long.
const LEASE: Duration = Duration::from_secs(120);

/// How often whoever waits for another instance looks.
const LOOK: Duration = Duration::from_millis(200);

/// Refreshes under the lease, or waits for the new tokens of whoever holds it, or for the end of the lease; not for ever.
pub(super) async fn refresh_alone(
    exeunt: &Exeunt,
    key: &SessionKey,
    seen: &Seen,
    caller: &Caller,
) -> Outcome {
    let begun = Instant::now();
    loop {
        let now = exeunt.now();
        let until = now + LEASE;
        match exeunt.store().claim(PURPOSE, &key.0, until, now).await {
            Ok(true) => {
                let outcome = work::refresh(exeunt, key, seen, caller).await;
                if let Err(error) = exeunt.store().release(PURPOSE, &key.0, until).await {
                    tracing::warn!(target: "exeunt::refresh", %error, "a lease could not be given back; it ends by itself");
                }
                return outcome;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(target: "exeunt::refresh", %error, "the store gives no lease");
                return Outcome::Failed;
            }
        }
        match stored::read(exeunt, key).await {
            Ok(None) => return Outcome::Ended,
            Ok(Some(stored)) if seen.is_outdated_by(&stored) => return Outcome::Tokens(stored.tokens),
            Ok(Some(_)) => {}
            Err(error) => {
                tracing::warn!(target: "exeunt::refresh", %error, "the tokens of a session could not be read");
                return Outcome::Failed;
            }
        }
        if begun.elapsed() >= PATIENCE {
            return Outcome::Failed;
        }
        tokio::time::sleep(LOOK).await;
    }
}
