//! The refresh itself, done by whoever holds the lease: ask the provider, judge its answer, write it down.
//!
//! Everything here ends within the lease: at most 15 s until the provider can be asked, 20 s for its answer, 10 s for keys
//! that are new, and a few seconds for the store.

use std::{sync::Arc, time::Duration};

use super::{
    Outcome, Seen,
    stored::{self, Stored},
};
use crate::{
    Exeunt,
    audit::Caller,
    clock::Timestamp,
    logout::{Ending, Reason, ending, outbox},
    metrics::{self, RefreshOutcome},
    provider::{
        KeyBudget,
        id_token::{IdTokenError, VerifiedIdToken},
        keys::KeysError,
        metadata::{DiscoveryError, Metadata},
        refresh::{self, ExpectedRefreshed, Original, RefreshError, RefreshedIdTokenError, RefreshedTokens},
        session_expiry::session_expiry,
    },
    seal::SealError,
    session::record::{self, Column, Contact, Identity, SessionTokens},
    store::{Change, MarkRule, NewSid, OutboxId, Selector, SessionKey, again_if_it_fails},
};

/// How long discovery and keys may take.
const PREPARATION: Duration = Duration::from_secs(15);
/// How long the token endpoint may take.
const CALL: Duration = Duration::from_secs(20);
/// How long keys may take when the ID token names one that is not known.
const NEWER_KEYS: Duration = Duration::from_secs(10);
/// How long a provider's session id that was replaced still ends the session: a logout token that names it may be under
/// way.
const FORMER_SID: Duration = Duration::from_secs(5 * 60);
/// Why there are no new tokens in the session, though there may be some in our hands.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Refresh(#[from] RefreshError),
    #[error("the provider took too long")]
    TooSlow,
    #[error("{error}")]
    Mismatch {
        error: RefreshedIdTokenError,
        tokens: RefreshedTokens,
    },
}

/// Refreshes the tokens of a session, unless what was seen of it is outdated.
pub(super) async fn refresh(exeunt: &Exeunt, key: &SessionKey, seen: &Seen, caller: &Caller) -> Outcome {
    let stored = match stored::read(exeunt, key).await {
        Ok(Some(stored)) => stored,
        Ok(None) => return Outcome::Ended,
        Err(error) => {
            tracing::warn!(target: "exeunt::refresh", %error, "the tokens of a session could not be read");
            return Outcome::Failed;
        }
    };
    if seen.is_outdated_by(&stored) {
        return Outcome::Tokens(stored.tokens);
    }
    let Some(refresh_token) = &stored.tokens.refresh_token else {
        return Outcome::CannotRefresh;
    };
    let original = match &stored.identity.contact {
        Some(contact) => contact.original.clone(),
        None => Original::of_stored(&stored.tokens.id_token),
    };
    let asked_at = exeunt.now();
    match ask(exeunt, &stored, refresh_token, &original).await {
        Ok((tokens, verified)) => {
            let brought = Brought {
                asked_at,
                original,
                tokens,
                verified,
            };
            let outcome = keep(exeunt, stored, brought, caller).await;
            metrics::refresh_ended(match &outcome {
                Outcome::Tokens(_) => RefreshOutcome::Refreshed,
                Outcome::Ended => RefreshOutcome::Overtaken,
                Outcome::CannotRefresh | Outcome::Failed => RefreshOutcome::Failed,
            });
            outcome
        }
        Err(Trouble::Refresh(RefreshError::InvalidGrant)) => {
            metrics::refresh_ended(RefreshOutcome::Refused);
            end(exeunt, key, Reason::RefreshRefused, caller).await
        }
        Err(Trouble::Mismatch { error, tokens }) => {
            metrics::refresh_ended(RefreshOutcome::Mismatch);
            tracing::warn!(target: "exeunt::refresh", session = %stored.head.public_id, %error, "a refresh answered with another's ID token");
            let outcome = end(exeunt, key, Reason::RefreshMismatch, caller).await;
            let late = stored.tokens.renewed(tokens, None);
            revoke(exeunt, &stored, &late, Reason::RefreshMismatch).await;
            outcome
        }
        Err(error) => {
            metrics::refresh_ended(RefreshOutcome::Failed);
            tracing::warn!(target: "exeunt::refresh", session = %stored.head.public_id, %error, "the tokens of a session could not be refreshed");
            Outcome::Failed
        }
    }
}

/// Asks the provider and judges its answer.
async fn ask(
    exeunt: &Exeunt,
    stored: &Stored,
    refresh_token: &str,
    original: &Original,
) -> Result<(RefreshedTokens, Option<VerifiedIdToken>), Trouble> {
    let provider = exeunt.provider();
    // The keys before the refresh: a refresh whose answer cannot be judged would be wasted.
    let prepared = async {
        let metadata = provider.metadata().await?;
        let keys = provider.keys(&metadata).await?;
        Ok::<_, Trouble>((metadata, keys))
    };
    let (metadata, keys) = tokio::time::timeout(PREPARATION, prepared)
        .await
        .map_err(|_| Trouble::TooSlow)??;
    let settings = &exeunt.settings().provider;
    let call = refresh::refresh_tokens(
        provider.outbound(),
        &metadata,
        settings,
        refresh_token,
        exeunt.now(),
    );
    let tokens = tokio::time::timeout(CALL, call)
        .await
        .map_err(|_| Trouble::TooSlow)??;
    let Some(raw) = &tokens.id_token else {
        return Ok((tokens, None));
    };
    let expected = ExpectedRefreshed {
        issuer: &stored.head.iss,
        sub: &stored.head.sub,
        client_id: settings.client_id.as_str(),
        trusted_audiences: &settings.trusted_audiences,
        alg: &metadata.id_token_alg,
        original,
        access_token: &tokens.access_token,
    };
    let now = exeunt.now();
    let judged = match refresh::validate_refreshed_id_token(raw, &keys, &expected, now) {
        // Signed with a key that we do not know: the provider may have rotated its keys.
        // [OpenID Connect Core 1.0, section 10.1.1](https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys)
        Err(RefreshedIdTokenError::IdToken(IdTokenError::UnknownKey)) => {
            match newer_keys(exeunt, &metadata).await {
                Some(keys) => refresh::validate_refreshed_id_token(raw, &keys, &expected, now),
                // Nothing is known against the tokens, as where no ID token comes with them; this one is not used.
                None => return Ok((tokens, None)),
            }
        }
        judged => judged,
    };
    match judged {
        Ok(verified) => Ok((tokens, Some(verified))),
        Err(error) => Err(Trouble::Mismatch { error, tokens }),
    }
}

async fn newer_keys(
    exeunt: &Exeunt,
    metadata: &Metadata,
) -> Option<Arc<openidconnect::core::CoreJsonWebKeySet>> {
    let fetched = tokio::time::timeout(
        NEWER_KEYS,
        exeunt.provider().keys_again(metadata, KeyBudget::Login),
    )
    .await;
    if !matches!(fetched, Ok(Ok(_))) {
        tracing::warn!(target: "exeunt::refresh", "a refreshed ID token is signed with an unknown key, and newer keys could not be fetched; it is not used");
    }
    fetched.ok()?.ok()
}

/// What a refresh brought.
struct Brought {
    asked_at: Timestamp,
    original: Original,
    tokens: RefreshedTokens,
    verified: Option<VerifiedIdToken>,
}

/// Writes the new tokens down, if the session still lives; else they are revoked. It lives no more if the provider ended it under the
/// sid that the refresh brings, while that was under way.
async fn keep(exeunt: &Exeunt, stored: Stored, brought: Brought, caller: &Caller) -> Outcome {
    let Brought {
        asked_at,
        original,
        tokens,
        verified,
    } = brought;
    let renewed = Arc::new(stored.tokens.renewed(tokens, verified.as_ref()));
    let ceiling = verified
        .as_ref()
        .and_then(|verified| session_expiry(verified.claims()));
    let sid = verified
        .as_ref()
        .and_then(|verified| verified.text("sid"))
        .filter(|sid| stored.head.sid.as_deref() != Some(sid))
        .map(|sid| NewSid {
            sid: sid.to_owned(),
            former_until: exeunt.now() + FORMER_SID,
            asked_at,
        });
    let identity = Identity {
        contact: Some(Contact {
            at: exeunt.now(),
            original,
        }),
        ..stored.identity.clone()
    };
    let sealed = seal(exeunt, &stored.head.key, &identity, &renewed);
    let (identity, sealed_tokens) = match sealed {
        Ok(sealed) => sealed,
        Err(error) => {
            tracing::error!(target: "exeunt::refresh", %error, "new tokens could not be sealed");
            return Outcome::Failed;
        }
    };
    let change = Change {
        identity: Some(identity),
        tokens: Some(sealed_tokens),
        data: None,
        sid,
        absolute_at_most: ceiling,
    };
    let key = stored.head.key;
    let written = again_if_it_fails(|| exeunt.store().update(&key, change.clone(), exeunt.now())).await;
    if matches!(written, Ok(true)) {
        exeunt.hub().look(&key);
    }
    match written {
        // The ceiling may have passed.
        Ok(true) if ceiling.is_some_and(|ceiling| ceiling <= exeunt.now()) => Outcome::Ended,
        Ok(true) => Outcome::Tokens(renewed),
        Ok(false) => {
            let outcome = if change.sid.is_some() {
                end(exeunt, &key, Reason::BackChannel, caller).await
            } else {
                Outcome::Ended
            };
            let reason = why_it_ended(exeunt, &key).await;
            revoke(exeunt, &stored, &renewed, reason).await;
            outcome
        }
        Err(error) => {
            // The old refresh token may be spent: then the provider refuses the next refresh, and the session ends.
            tracing::error!(target: "exeunt::refresh", %error, "new tokens could not be stored");
            Outcome::Failed
        }
    }
}

/// As its entry in the outbox says: what a back-channel end leaves alone, it leaves alone here too. Where that is not queued yet, or not
/// any more, as its end record says.
async fn why_it_ended(exeunt: &Exeunt, key: &SessionKey) -> Reason {
    let entry = exeunt.store().load_outbox(&OutboxId(key.0)).await;
    let mut word = entry.ok().flatten().map(|entry| entry.reason);
    if word.is_none() {
        let end = exeunt.store().load_end(key, exeunt.now()).await;
        word = end.ok().flatten().map(|end| end.reason);
    }
    word.and_then(|word| Reason::parse(&word))
        .unwrap_or(Reason::Logout)
}

fn seal(
    exeunt: &Exeunt,
    key: &SessionKey,
    identity: &Identity,
    tokens: &SessionTokens,
) -> Result<(Vec<u8>, Vec<u8>), SealError> {
    let (keyring, random) = (exeunt.keyring(), exeunt.random());
    Ok((
        record::seal_column(keyring, key, Column::Identity, identity, random)?,
        record::seal_column(keyring, key, Column::Tokens, tokens, random)?,
    ))
}

/// Ends the session. A login of the same provider session that is under way is not let in either.
async fn end(exeunt: &Exeunt, key: &SessionKey, reason: Reason, caller: &Caller) -> Outcome {
    let ending = Ending::new(Selector::Key(*key), MarkRule::Sid, reason, caller.clone());
    match again_if_it_fails(|| ending::carry_out(exeunt, ending.clone())).await {
        Ok(_) => Outcome::Ended,
        Err(error) => {
            tracing::error!(target: "exeunt::refresh", %error, "a session that the provider ended could not be ended here; the next refresh tries again");
            Outcome::Failed
        }
    }
}

/// Queues tokens that no session holds for revocation (invariant I13).
async fn revoke(exeunt: &Exeunt, stored: &Stored, tokens: &SessionTokens, reason: Reason) {
    if !exeunt.provider().may_revoke() {
        return;
    }
    let (iss, sub) = (&stored.head.iss, &stored.head.sub);
    let queued = again_if_it_fails(|| outbox::queue_tokens(exeunt, iss, sub, tokens, reason)).await;
    if let Err(error) = queued {
        tracing::error!(target: "exeunt::refresh", %error, "tokens that no session holds are not revoked");
    }
}
