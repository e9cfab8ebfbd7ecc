//! Tokens that a login brought and that no session holds: they are revoked, as those of a session that has ended.

use http::HeaderMap;

use crate::{
    Exeunt,
    logout::{Reason, outbox},
    session::{layer::find_session, record::SessionTokens},
};

/// Queues them, where the provider can revoke.
pub(super) async fn revoke(exeunt: &Exeunt, iss: &str, sub: &str, tokens: &SessionTokens, reason: Reason) {
    if exeunt.provider().may_revoke()
        && let Err(error) = outbox::queue_tokens(exeunt, iss, sub, tokens, reason).await
    {
        tracing::warn!(target: "exeunt::login", %error, "the tokens of a login that gave no session are not revoked");
    }
}

/// As what they are revoked: where this browser has a session of the same person that goes on, one grant may stand behind
/// both, as with a session that another replaced. Elsewhere nobody loses by it.
pub(super) async fn reason(exeunt: &Exeunt, headers: &HeaderMap, iss: &str, sub: &str) -> Reason {
    match find_session(exeunt, headers).await {
        Ok(Some(live)) if live.head.iss == iss && live.head.sub == sub => Reason::Replaced,
        Ok(_) => Reason::Unused,
        // Whoever works on it asks the store again.
        Err(_) => Reason::Replaced,
    }
}
