//! A person's own sessions in this app: those that live, and the last that ended.

use serde::Serialize;

use super::{
    LiveSession, device,
    record::{self, Column},
};
use crate::{
    Exeunt,
    store::{SessionHead, SessionKey, StoreError},
};

/// The most ends that a person is shown.
const MOST_ENDS: u32 = 20;

/// One that lives. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionEntry {
    /// Names it in a request to end it. Random; it opens nothing.
    pub id: String,
    /// It is the one that asks.
    pub current: bool,
    /// What the person recognises its browser by.
    pub device: String,
    /// The provider that it was begun with.
    pub issuer: String,
    /// When it was begun.
    pub created_at: i64,
    /// When it was last used, to the minute or so.
    pub last_used_at: i64,
    /// The earlier of its two limits.
    pub expires_at: i64,
}

/// One that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndEntry {
    /// What the person recognises its browser by.
    pub device: String,
    /// When it was begun.
    pub created_at: i64,
    /// When it ended.
    pub ended_at: i64,
    /// Why: the word of a [`Reason`](crate::logout::Reason).
    pub why: String,
}

/// The answer of `GET /api/auth/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SessionList {
    /// Those that live, the newest first.
    pub sessions: Vec<SessionEntry>,
    /// The last that ended, the newest end first.
    pub recent_ends: Vec<EndEntry>,
    /// The platform that owns the sessions, by its host: then there is no list here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

/// The sessions of whoever `asking` belongs to. Extends none.
///
/// # Errors
///
/// If the store does not answer.
pub async fn own_sessions(exeunt: &Exeunt, asking: &LiveSession) -> Result<SessionList, StoreError> {
    let (iss, sub) = (&asking.head.iss, &asking.head.sub);
    let now = exeunt.now();
    let heads = exeunt.store().list(iss, sub, now).await?;
    let ends = exeunt.store().list_ends(iss, sub, MOST_ENDS, now).await?;
    Ok(SessionList {
        sessions: heads.iter().map(|head| entry(exeunt, head, asking)).collect(),
        recent_ends: ends
            .into_iter()
            .map(|end| EndEntry {
                device: device_of(exeunt, &end.key, &end.device),
                created_at: end.created_at.seconds(),
                ended_at: end.ended_at.seconds(),
                why: end.reason,
            })
            .collect(),
        platform: None,
    })
}

/// Nothing depends on it, so one that cannot be opened (its key left the ring) is only unknown.
fn device_of(exeunt: &Exeunt, key: &SessionKey, sealed: &[u8]) -> String {
    record::open_column(exeunt.keyring(), key, Column::Device, sealed)
        .unwrap_or_else(|_| device::UNKNOWN.to_owned())
}

fn entry(exeunt: &Exeunt, head: &SessionHead, asking: &LiveSession) -> SessionEntry {
    SessionEntry {
        id: head.public_id.clone(),
        current: head.key == asking.head.key,
        device: device_of(exeunt, &head.key, &head.device),
        issuer: head.iss.clone(),
        created_at: head.created_at.seconds(),
        last_used_at: head.last_used_at.seconds(),
        expires_at: head.idle_expires_at.min(head.absolute_expires_at).seconds(),
    }
}
