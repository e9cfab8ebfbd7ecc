//! What is left of a session that the provider ended by the back channel: for ten minutes, by POST logout with its cookie,
//! its browser may still learn where the provider's session is ended (the exception of invariant I3). It opens nothing.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use super::rp_initiated::LogoutHint;
use crate::{
    Exeunt,
    clock::Timestamp,
    seal::Purpose,
    session::record::{self, Column, SessionTokens},
    store::{PendingKey, RETENTION, SessionKey, SessionRow, StoreError},
};

/// What a sign-out needs to know of a session that is gone: whom to ask the provider about, and what the receipt tells.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remnant {
    /// What the provider is asked with.
    pub hint: LogoutHint,
    /// The identity provider behind the provider, if a claim named it.
    pub upstream_idp: Option<String>,
    /// Whether it held a refresh token.
    pub had_refresh_token: bool,
    /// Whether its tokens were queued for revocation.
    pub queued: bool,
}

impl Remnant {
    /// Of a session that held these tokens. `queued`: they are queued for revocation.
    #[must_use]
    pub fn of(tokens: &SessionTokens, queued: bool) -> Self {
        Self {
            hint: LogoutHint::of(tokens),
            upstream_idp: tokens.upstream_idp.clone(),
            had_refresh_token: tokens.refresh_token.is_some(),
            queued,
        }
    }
}

impl std::fmt::Debug for Remnant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Remnant")
    }
}

/// The most sessions of one end that leave one: nobody signs out of more browsers within ten minutes.
const MOST: usize = 64;

fn place(key: &SessionKey) -> PendingKey {
    PendingKey(
        Sha256::new()
            .chain_update(b"remnant")
            .chain_update(key.0)
            .finalize()
            .into(),
    )
}

/// Leaves one for each row that was living. Nothing depends on it, so a fault is only noted.
pub(super) async fn leave(exeunt: &Exeunt, rows: &[SessionRow], queued: bool, now: Timestamp) {
    // All at once: the provider is waiting for an answer, and a store may write them together.
    let mut writes = JoinSet::new();
    for row in rows.iter().filter(|row| row.is_living(now)).take(MOST) {
        let (exeunt, row) = (exeunt.clone(), row.clone());
        writes.spawn(async move { leave_one(&exeunt, &row, queued, now).await });
    }
    while let Some(written) = writes.join_next().await {
        if let Ok(Err(error)) = written {
            tracing::warn!(target: "exeunt::logout", %error, "what is left of a session could not be kept");
        }
    }
}

async fn leave_one(
    exeunt: &Exeunt,
    row: &SessionRow,
    queued: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tokens: SessionTokens = record::open_column(exeunt.keyring(), &row.key, Column::Tokens, &row.tokens)
        .map_err(StoreError::backend)?;
    let place = place(&row.key);
    let left = serde_json::to_vec(&Remnant::of(&tokens, queued)).map_err(StoreError::backend)?;
    let plain = zeroize::Zeroizing::new(left);
    let sealed = exeunt
        .keyring()
        .seal(Purpose::Pending, &place.0, &plain, exeunt.random())
        .map_err(StoreError::backend)?;
    exeunt.store().put_pending(&place, sealed, now + RETENTION).await
}

/// Whether there is one, without using it.
pub(super) async fn is_there(exeunt: &Exeunt, key: &SessionKey) -> Result<bool, StoreError> {
    let sealed = exeunt.store().load_pending(&place(key), exeunt.now()).await?;
    Ok(sealed.is_some_and(|sealed| !sealed.is_empty()))
}

/// Uses it up: of several that ask, one gets it.
///
/// # Errors
///
/// If the store does not answer.
pub(super) async fn take(exeunt: &Exeunt, key: &SessionKey) -> Result<Option<Remnant>, StoreError> {
    let (place, now) = (place(key), exeunt.now());
    let Some(sealed) = exeunt.store().load_pending(&place, now).await? else {
        return Ok(None);
    };
    if sealed.is_empty()
        || !exeunt
            .store()
            .swap_pending(&place, &sealed, Vec::new(), now)
            .await?
    {
        return Ok(None);
    }
    let plain = exeunt.keyring().open(Purpose::Pending, &place.0, &sealed);
    Ok(plain
        .ok()
        .map(zeroize::Zeroizing::new)
        .and_then(|plain| serde_json::from_slice(&plain).ok()))
}
