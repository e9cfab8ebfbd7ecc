//! What the store holds of a session that is to be refreshed.

use std::sync::Arc;

use crate::{
    Exeunt,
    seal::SealError,
    session::record::{self, Column, Identity, SessionTokens},
    store::{SessionHead, SessionKey, StoreError},
};

/// A living session with its tokens.
pub(super) struct Stored {
    pub(super) head: SessionHead,
    pub(super) identity: Identity,
    pub(super) tokens: Arc<SessionTokens>,
}

/// Why it could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Reads it; `None` if it is dead.
pub(super) async fn read(exeunt: &Exeunt, key: &SessionKey) -> Result<Option<Stored>, ReadError> {
    let Some(head) = exeunt.store().load(key, exeunt.now()).await? else {
        return Ok(None);
    };
    let Some(tokens) = read_tokens(exeunt, key).await? else {
        return Ok(None);
    };
    let identity = record::open_column(exeunt.keyring(), key, Column::Identity, &head.identity)?;
    Ok(Some(Stored {
        head,
        identity,
        tokens: Arc::new(tokens),
    }))
}

/// Reads the tokens; `None` if the session is dead.
pub(crate) async fn read_tokens(
    exeunt: &Exeunt,
    key: &SessionKey,
) -> Result<Option<SessionTokens>, ReadError> {
    let sealed = exeunt.store().load_tokens(key, exeunt.now()).await?;
    let open = |sealed: Vec<u8>| record::open_column(exeunt.keyring(), key, Column::Tokens, &sealed);
    Ok(sealed.map(open).transpose()?)
}
