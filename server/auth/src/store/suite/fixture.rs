//! Rows and moments for tests of a store.

use std::{sync::Arc, time::Duration};

use crate::{
    clock::Timestamp,
    store::{MarkRule, PendingKey, Person, Selector, SessionKey, SessionRow, Store, Take},
};

/// The present: the first moment of the year 2100.
pub const NOW: Timestamp = Timestamp::from_seconds(4_102_444_800);

/// How long after [`NOW`] the idle limit of [`row`] is.
pub const IDLE: Duration = Duration::from_secs(30 * 60);

/// How long after [`NOW`] the absolute limit of [`row`] is.
pub const ABSOLUTE: Duration = Duration::from_secs(12 * 60 * 60);

/// The smallest step of our clock.
pub const MILLISECOND: Duration = Duration::from_millis(1);

/// The issuer of [`row`].
pub const ISSUER: &str = "https://op.example";

/// A session begun [`NOW`]. Rows of different numbers share nothing but the issuer.
#[must_use]
pub fn row(number: u32) -> SessionRow {
    SessionRow {
        key: SessionKey(key(number)),
        public_id: format!("public-{number}"),
        iss: ISSUER.into(),
        sub: format!("person-{number}"),
        sid: Some(format!("sid-{number}")),
        former_sid: None,
        login_started_at: NOW,
        created_at: NOW,
        last_used_at: NOW,
        idle_expires_at: NOW + IDLE,
        absolute_expires_at: NOW + ABSOLUTE,
        device: format!("device {number}").into(),
        identity: format!("identity {number}").into(),
        tokens: format!("tokens {number}").into(),
        data: None,
    }
}

/// A key of a pending row.
#[must_use]
pub fn pending_key(number: u32) -> PendingKey {
    PendingKey(key(number))
}

/// Spread over all values, as the hashes are that stand here in earnest.
fn key(number: u32) -> [u8; 32] {
    let mut key = [0; 32];
    for (place, byte) in (0_u32..).zip(&mut key) {
        let mixed = number
            .wrapping_add(1)
            .wrapping_mul(0x9E37_79B1)
            .rotate_left(place);
        *byte = mixed.to_be_bytes()[0];
    }
    key[28..].copy_from_slice(&number.to_be_bytes());
    key
}

/// Selects the sessions of the person of `row`.
#[must_use]
pub fn person_of(row: &SessionRow) -> Selector {
    Selector::Subject {
        iss: row.iss.clone(),
        sub: row.sub.clone(),
        started_by: None,
    }
}

/// Selects the sessions of the provider session of `row`; of the sid "" if it has none.
#[must_use]
pub fn sid_of(row: &SessionRow) -> Selector {
    Selector::Sid {
        iss: row.iss.clone(),
        sid: row.sid.clone().unwrap_or_default(),
        sub: None,
    }
}

/// Selects `row` by its public id, on behalf of the person of `owner`.
#[must_use]
pub fn public_id_of(row: &SessionRow, owner: &SessionRow) -> Selector {
    Selector::PublicId {
        public_id: row.public_id.clone(),
        whose: Some(Person {
            iss: owner.iss.clone(),
            sub: owner.sub.clone(),
        }),
    }
}

/// Begins `row`, which nothing stands against, and gives it back.
pub async fn begun(store: &Arc<dyn Store>, row: SessionRow) -> SessionRow {
    let begun = store.begin(row.clone(), NOW).await.unwrap();
    assert_eq!(
        begun,
        crate::store::Begun::Created,
        "no mark stands against this login"
    );
    row
}

/// Takes what `selector` names without a mark, and gives the keys in order.
pub async fn taken(store: &Arc<dyn Store>, selector: &Selector, now: Timestamp) -> Vec<SessionKey> {
    let rows = rows_of(store, selector, MarkRule::None, now).await;
    sorted(rows.iter().map(|row| row.key))
}

/// Takes what `selector` names with these marks, and gives the rows.
pub async fn rows_of(
    store: &Arc<dyn Store>,
    selector: &Selector,
    marks: MarkRule,
    now: Timestamp,
) -> Vec<SessionRow> {
    let take = Take::new(selector.clone(), marks);
    store.take(&take, now).await.unwrap().rows
}

/// The keys in order: a take returns its rows in any.
pub fn sorted(keys: impl IntoIterator<Item = SessionKey>) -> Vec<SessionKey> {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_unstable();
    keys
}
