//! The sessions and their indexes, changed together and nowhere else.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, hash_map::Entry},
};

use crate::{
    clock::Timestamp,
    store::{Change, RETENTION, Selector, SessionHead, SessionKey, SessionRow, StoreError},
};

/// Issuer, then subject or sid.
type AtIssuer = (String, String);

#[derive(Default)]
pub(super) struct Sessions {
    rows: HashMap<SessionKey, SessionRow>,
    by_public_id: HashMap<String, SessionKey>,
    by_sid: HashMap<AtIssuer, BTreeSet<SessionKey>>,
    by_subject: HashMap<AtIssuer, BTreeSet<SessionKey>>,
    /// By the moment the session is dead from: sweeping costs what it removes, not what it leaves.
    by_end: BTreeSet<(Timestamp, SessionKey)>,
}

impl Sessions {
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn insert(&mut self, row: SessionRow) -> Result<(), StoreError> {
        if self.by_public_id.contains_key(&row.public_id) {
            return Err(StoreError::Duplicate);
        }
        let Entry::Vacant(place) = self.rows.entry(row.key) else {
            return Err(StoreError::Duplicate);
        };
        self.by_public_id.insert(row.public_id.clone(), row.key);
        self.by_subject.entry(subject(&row)).or_default().insert(row.key);
        if let Some(sid) = sid(&row) {
            self.by_sid.entry(sid).or_default().insert(row.key);
        }
        self.by_end.insert((row.ends_at(), row.key));
        place.insert(row);
        Ok(())
    }

    pub(super) fn living(&self, key: &SessionKey, now: Timestamp) -> Option<&SessionRow> {
        self.rows.get(key).filter(|row| row.is_living(now))
    }

    fn living_mut(&mut self, key: &SessionKey, now: Timestamp) -> Option<&mut SessionRow> {
        self.rows.get_mut(key).filter(|row| row.is_living(now))
    }

    /// Neither limit nor last use moves backwards; the trait says why.
    pub(super) fn touch(&mut self, key: &SessionKey, idle_expires_at: Timestamp, now: Timestamp) -> bool {
        let Some(row) = self.living_mut(key, now) else {
            return false;
        };
        let before = row.ends_at();
        row.idle_expires_at = row
            .idle_expires_at
            .max(idle_expires_at)
            .min(row.absolute_expires_at);
        row.last_used_at = row.last_used_at.max(now);
        let after = row.ends_at();
        self.by_end.remove(&(before, *key));
        self.by_end.insert((after, *key));
        true
    }

    pub(super) fn update(&mut self, key: &SessionKey, change: Change, now: Timestamp) -> bool {
        let Some(row) = self.living_mut(key, now) else {
            return false;
        };
        let Change {
            identity,
            tokens,
            data,
        } = change;
        if let Some(identity) = identity {
            row.identity = identity;
        }
        if let Some(tokens) = tokens {
            row.tokens = tokens;
        }
        if data.is_some() {
            row.data = data;
        }
        true
    }

    /// The living sessions of one person, newest first.
    pub(super) fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Vec<SessionHead> {
        let keys = self
            .by_subject
            .get(&(iss.to_owned(), sub.to_owned()))
            .into_iter()
            .flatten();
        let mut heads: Vec<_> = keys
            .filter_map(|key| self.living(key, now))
            .map(SessionRow::head)
            .collect();
        heads.sort_by(|a, b| {
            (Reverse(a.created_at), &a.public_id).cmp(&(Reverse(b.created_at), &b.public_id))
        });
        heads
    }

    /// Removes what `selector` names, dead rows too.
    pub(super) fn remove_selected(&mut self, selector: &Selector) -> Vec<SessionRow> {
        let keys: Vec<SessionKey> = match selector {
            Selector::Key(key) => vec![*key],
            Selector::Sid { iss, sid } => all(self.by_sid.get(&(iss.clone(), sid.clone()))),
            Selector::Subject { iss, sub } => all(self.by_subject.get(&(iss.clone(), sub.clone()))),
            Selector::PublicId { iss, sub, public_id } => {
                let key = self.by_public_id.get(public_id);
                let theirs = |key: &&SessionKey| {
                    self.rows
                        .get(key)
                        .is_some_and(|row| row.iss == *iss && row.sub == *sub)
                };
                key.filter(theirs).copied().into_iter().collect()
            }
        };
        keys.iter().filter_map(|key| self.remove(key)).collect()
    }

    /// Removes the sessions that no take returns any more.
    pub(super) fn sweep(&mut self, now: Timestamp) -> u64 {
        let mut removed = 0;
        while let Some(&(end, key)) = self.by_end.first()
            && end + RETENTION <= now
        {
            self.by_end.pop_first();
            self.remove(&key);
            removed += 1;
        }
        removed
    }

    fn remove(&mut self, key: &SessionKey) -> Option<SessionRow> {
        let row = self.rows.remove(key)?;
        self.by_public_id.remove(&row.public_id);
        self.by_end.remove(&(row.ends_at(), *key));
        forget(&mut self.by_subject, subject(&row), key);
        if let Some(sid) = sid(&row) {
            forget(&mut self.by_sid, sid, key);
        }
        Some(row)
    }
}

fn subject(row: &SessionRow) -> AtIssuer {
    (row.iss.clone(), row.sub.clone())
}

fn sid(row: &SessionRow) -> Option<AtIssuer> {
    row.sid.clone().map(|sid| (row.iss.clone(), sid))
}

fn all(keys: Option<&BTreeSet<SessionKey>>) -> Vec<SessionKey> {
    keys.into_iter().flatten().copied().collect()
}

/// An index entry that names nobody any more goes too: otherwise everyone who ever signed in would stay in memory.
fn forget(index: &mut HashMap<AtIssuer, BTreeSet<SessionKey>>, entry: AtIssuer, key: &SessionKey) {
    if let Entry::Occupied(mut entry) = index.entry(entry) {
        entry.get_mut().remove(key);
        if entry.get().is_empty() {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(number: u8) -> SessionRow {
        let now = Timestamp::from_seconds(1000);
        SessionRow {
            key: SessionKey([number; 32]),
            public_id: format!("public-{number}"),
            iss: "https://op.example".into(),
            sub: format!("sub-{number}"),
            sid: Some(format!("sid-{number}")),
            created_at: now,
            last_used_at: now,
            idle_expires_at: now + Duration::from_secs(60),
            absolute_expires_at: now + Duration::from_secs(600),
            identity: Vec::new(),
            tokens: Vec::new(),
            data: None,
        }
    }

    fn is_empty(sessions: &Sessions) -> bool {
        let Sessions {
            rows,
            by_public_id,
            by_sid,
            by_subject,
            by_end,
        } = sessions;
        rows.is_empty()
            && by_public_id.is_empty()
            && by_sid.is_empty()
            && by_subject.is_empty()
            && by_end.is_empty()
    }

    #[test]
    fn a_removed_session_leaves_nothing_in_any_index() {
        let mut sessions = Sessions::default();
        let now = Timestamp::from_seconds(1010);
        for number in 0..3 {
            sessions.insert(row(number)).unwrap();
            assert!(sessions.touch(&row(number).key, now + Duration::from_secs(90), now));
        }
        sessions.remove_selected(&Selector::Key(SessionKey([0; 32])));
        sessions.remove_selected(&Selector::Sid {
            iss: "https://op.example".into(),
            sid: "sid-1".into(),
        });
        assert_eq!(sessions.sweep(now + Duration::from_secs(90) + RETENTION), 1);
        assert!(is_empty(&sessions));
    }

    #[test]
    fn a_refused_duplicate_changes_no_index() {
        let mut sessions = Sessions::default();
        sessions.insert(row(1)).unwrap();
        let same_public_id = SessionRow {
            public_id: row(1).public_id,
            ..row(2)
        };
        let same_key = SessionRow {
            key: row(1).key,
            ..row(3)
        };
        for duplicate in [same_public_id, same_key] {
            assert!(matches!(sessions.insert(duplicate), Err(StoreError::Duplicate)));
        }
        sessions.remove_selected(&Selector::Key(row(1).key));
        assert!(is_empty(&sessions));
    }
}
