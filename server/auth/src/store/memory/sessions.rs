//! The sessions and their indexes, changed together and nowhere else.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, hash_map::Entry},
};

use crate::{
    clock::Timestamp,
    store::{
        Change, FormerSid, RETENTION, SealedColumns, Selector, SessionHead, SessionKey, SessionRow,
        SidSubject, StoreError,
    },
};

/// Issuer, then subject or sid.
type AtIssuer = (String, String);

#[derive(Default)]
pub(super) struct Sessions {
    rows: HashMap<SessionKey, SessionRow>,
    by_public_id: HashMap<String, SessionKey>,
    by_sid: HashMap<AtIssuer, BTreeSet<SessionKey>>,
    /// Those too whose time is over: whoever looks one up compares it.
    by_former_sid: HashMap<AtIssuer, BTreeSet<SessionKey>>,
    by_subject: HashMap<AtIssuer, BTreeSet<SessionKey>>,
    /// By the moment the session is dead from: what expired is found without looking at what did not.
    by_end: BTreeSet<(Timestamp, SessionKey)>,
}

impl Sessions {
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// How many are living. Looks only at those that are not.
    pub(super) fn count_living(&self, now: Timestamp) -> usize {
        let dead = self.by_end.iter().take_while(|(end, _)| *end <= now);
        self.by_end.len() - dead.count()
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
        if let Some(former) = former_sid(&row) {
            self.by_former_sid.entry(former).or_default().insert(row.key);
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
        self.move_end(key, before, after);
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
            sid,
            absolute_at_most,
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
        if let Some(limit) = absolute_at_most {
            let before = row.ends_at();
            row.absolute_expires_at = row.absolute_expires_at.min(limit);
            row.idle_expires_at = row.idle_expires_at.min(limit);
            let after = row.ends_at();
            self.move_end(key, before, after);
        }
        if let Some(new) = sid {
            self.replace_sid(key, new.sid, new.former_until);
        }
        true
    }

    pub(super) fn sealed(&self) -> Vec<SealedColumns> {
        self.rows.values().map(sealed).collect()
    }

    pub(super) fn reseal(&mut self, before: &SealedColumns, after: &SealedColumns) -> bool {
        let Some(row) = self
            .rows
            .get_mut(&before.key)
            .filter(|row| sealed(row) == *before)
        else {
            return false;
        };
        row.device.clone_from(&after.device);
        row.identity.clone_from(&after.identity);
        row.tokens.clone_from(&after.tokens);
        row.data.clone_from(&after.data);
        true
    }

    fn move_end(&mut self, key: &SessionKey, before: Timestamp, after: Timestamp) {
        self.by_end.remove(&(before, *key));
        self.by_end.insert((after, *key));
    }

    /// The sid that it has already changes nothing: else the former one would be forgotten before its time.
    fn replace_sid(&mut self, key: &SessionKey, new: String, former_until: Timestamp) {
        let Some(row) = self.rows.get_mut(key) else {
            return;
        };
        if row.sid.as_deref() == Some(&new) {
            return;
        }
        if let Some(former) = former_sid(row) {
            forget(&mut self.by_former_sid, former, key);
        }
        if let Some(sid) = sid(row) {
            forget(&mut self.by_sid, sid, key);
        }
        row.former_sid = row.sid.replace(new).map(|sid| FormerSid {
            sid,
            until: former_until,
        });
        if let Some(sid) = sid(row) {
            self.by_sid.entry(sid).or_default().insert(*key);
        }
        if let Some(former) = former_sid(row) {
            self.by_former_sid.entry(former).or_default().insert(*key);
        }
    }

    /// The living sessions of one person, newest first.
    pub(super) fn list(&self, iss: &str, sub: &str, now: Timestamp) -> Vec<SessionHead> {
        self.heads(all(self.by_subject.get(&(iss.to_owned(), sub.to_owned()))), now)
    }

    /// The living sessions of one provider session, newest first.
    pub(super) fn list_by_sid(&self, iss: &str, sid: &str, now: Timestamp) -> Vec<SessionHead> {
        self.heads(self.of_sid(iss, sid, now), now)
    }

    fn heads(&self, keys: Vec<SessionKey>, now: Timestamp) -> Vec<SessionHead> {
        let mut heads: Vec<_> = keys
            .iter()
            .filter_map(|key| self.living(key, now))
            .map(SessionRow::head)
            .collect();
        heads.sort_by(|a, b| {
            (Reverse(a.created_at), &a.public_id).cmp(&(Reverse(b.created_at), &b.public_id))
        });
        heads
    }

    /// Those that have the sid, and those that had it until a moment ago.
    fn of_sid(&self, iss: &str, sid: &str, now: Timestamp) -> Vec<SessionKey> {
        let at_issuer = (iss.to_owned(), sid.to_owned());
        let had_it = |key: &SessionKey| {
            let former = self.rows.get(key).and_then(|row| row.former_sid.as_ref());
            former.is_some_and(|former| now < former.until)
        };
        let mut keys = all(self.by_former_sid.get(&at_issuer));
        keys.retain(had_it);
        keys.extend(self.by_sid.get(&at_issuer).into_iter().flatten());
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Those of a person that never had a sid and whose login began by then.
    fn nameless(&self, iss: &str, sub: &str, started_by: Timestamp) -> Vec<SessionKey> {
        let mut keys = all(self.by_subject.get(&(iss.to_owned(), sub.to_owned())));
        let is_meant = |row: &SessionRow| row.sid.is_none() && row.login_started_at <= started_by;
        keys.retain(|key| self.rows.get(key).is_some_and(is_meant));
        keys
    }

    /// Removes what `selector` names of what a take at `now` returns.
    pub(super) fn remove_selected(&mut self, selector: &Selector, now: Timestamp) -> Vec<SessionRow> {
        let keys = match selector {
            Selector::Key(key) => vec![*key],
            Selector::Sid { iss, sid, sub } => {
                let mut keys = self.of_sid(iss, sid, now);
                if let Some(SidSubject {
                    sub,
                    nameless_started_by: Some(by),
                }) = sub
                {
                    keys.extend(self.nameless(iss, sub, *by));
                }
                keys
            }
            Selector::Subject { iss, sub, .. } => all(self.by_subject.get(&(iss.clone(), sub.clone()))),
            Selector::PublicId { public_id, .. } => {
                self.by_public_id.get(public_id).copied().into_iter().collect()
            }
            Selector::Expired { limit } => self.expired(*limit, now),
        };
        let mut removed = Vec::new();
        for key in keys {
            if self.rows.get(&key).is_some_and(|row| admits(selector, row, now)) {
                removed.extend(self.remove(&key));
            }
        }
        removed
    }

    /// What no other take returns any more, the longest dead first.
    fn expired(&self, limit: u32, now: Timestamp) -> Vec<SessionKey> {
        self.by_end
            .iter()
            .take_while(|(end, _)| *end + RETENTION <= now)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(_, key)| *key)
            .collect()
    }

    fn remove(&mut self, key: &SessionKey) -> Option<SessionRow> {
        let row = self.rows.remove(key)?;
        self.by_public_id.remove(&row.public_id);
        self.by_end.remove(&(row.ends_at(), *key));
        forget(&mut self.by_subject, subject(&row), key);
        if let Some(sid) = sid(&row) {
            forget(&mut self.by_sid, sid, key);
        }
        if let Some(former) = former_sid(&row) {
            forget(&mut self.by_former_sid, former, key);
        }
        Some(row)
    }
}

/// Whether a row that the index gave is one that the take may have.
fn admits(selector: &Selector, row: &SessionRow, now: Timestamp) -> bool {
    let asked_for = match selector {
        Selector::Expired { .. } => return !row.is_takeable(now),
        Selector::Key(_) => true,
        Selector::Sid { sub, .. } => sub.as_ref().is_none_or(|named| row.sub == named.sub),
        Selector::Subject { started_by, .. } => started_by.is_none_or(|by| row.login_started_at <= by),
        Selector::PublicId { whose, .. } => whose
            .as_ref()
            .is_none_or(|person| row.iss == person.iss && row.sub == person.sub),
    };
    asked_for && row.is_takeable(now)
}

fn sealed(row: &SessionRow) -> SealedColumns {
    SealedColumns {
        key: row.key,
        device: row.device.clone(),
        identity: row.identity.clone(),
        tokens: row.tokens.clone(),
        data: row.data.clone(),
    }
}

fn subject(row: &SessionRow) -> AtIssuer {
    (row.iss.clone(), row.sub.clone())
}

fn sid(row: &SessionRow) -> Option<AtIssuer> {
    row.sid.clone().map(|sid| (row.iss.clone(), sid))
}

fn former_sid(row: &SessionRow) -> Option<AtIssuer> {
    let former = row.former_sid.as_ref()?;
    Some((row.iss.clone(), former.sid.clone()))
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
    use crate::store::NewSid;

    fn row(number: u8) -> SessionRow {
        let now = Timestamp::from_seconds(1000);
        SessionRow {
            key: SessionKey([number; 32]),
            public_id: format!("public-{number}"),
            iss: "https://op.example".into(),
            sub: format!("sub-{number}"),
            sid: Some(format!("sid-{number}")),
            former_sid: None,
            login_started_at: now,
            created_at: now,
            last_used_at: now,
            idle_expires_at: now + Duration::from_secs(60),
            absolute_expires_at: now + Duration::from_secs(600),
            device: Vec::new(),
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
            by_former_sid,
            by_subject,
            by_end,
        } = sessions;
        rows.is_empty()
            && by_public_id.is_empty()
            && by_sid.is_empty()
            && by_former_sid.is_empty()
            && by_subject.is_empty()
            && by_end.is_empty()
    }

    #[test]
    fn a_removed_session_leaves_nothing_in_any_index() {
        let mut sessions = Sessions::default();
        let now = Timestamp::from_seconds(1010);
        let sid = |number: u8| Change {
            sid: Some(NewSid {
                sid: format!("newer-{number}"),
                former_until: now + Duration::from_secs(60),
                asked_at: now,
            }),
            absolute_at_most: Some(now + Duration::from_secs(80)),
            ..Change::default()
        };
        for number in 0..4 {
            sessions.insert(row(number)).unwrap();
            assert!(sessions.touch(&row(number).key, now + Duration::from_secs(90), now));
            for turn in [number, number + 10, number + 10] {
                assert!(sessions.update(&row(number).key, sid(turn), now));
            }
        }
        let by_sid = |sid: &str| Selector::Sid {
            iss: "https://op.example".into(),
            sid: sid.into(),
            sub: None,
        };
        for selector in [
            Selector::Key(SessionKey([0; 32])),
            by_sid("newer-11"),
            by_sid("newer-2"),
        ] {
            assert_eq!(sessions.remove_selected(&selector, now).len(), 1, "{selector:?}");
        }
        let end = now + Duration::from_secs(80) + RETENTION;
        let expired = Selector::Expired { limit: 9 };
        assert_eq!(sessions.remove_selected(&expired, end).len(), 1);
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
        sessions.remove_selected(&Selector::Key(row(1).key), Timestamp::from_seconds(1010));
        assert!(is_empty(&sessions));
    }
}
