//! Tokens that a login brought and that no session holds: they are revoked, as those of a session that has ended.

use http::HeaderMap;

use crate::{
    Exeunt,
    logout::{Reason, outbox},
    provider::{code, id_token},
    session::{layer::find_session, record::SessionTokens},
    store::again_if_it_fails,
};

/// Queues what came for a code although the login failed afterwards. Whose it is says the ID token, which nobody judged; it
/// only decides what is spared.
pub(super) async fn revoke_unproved(exeunt: &Exeunt, headers: &HeaderMap, iss: &str, tokens: code::Tokens) {
    let claims = tokens.id_token.as_deref().and_then(id_token::payload);
    let sub = claims
        .as_ref()
        .and_then(|claims| claims.get("sub")?.as_str())
        .unwrap_or_default();
    let reason = reason(exeunt, headers, iss, sub).await;
    revoke(exeunt, iss, sub, &SessionTokens::unproved(tokens), reason).await;
}

/// Queues them, where the provider can revoke.
pub(super) async fn revoke(exeunt: &Exeunt, iss: &str, sub: &str, tokens: &SessionTokens, reason: Reason) {
    if exeunt.provider().may_revoke()
        && let Err(error) = again_if_it_fails(|| outbox::queue_tokens(exeunt, iss, sub, tokens, reason)).await
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
