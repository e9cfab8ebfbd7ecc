//! What the provider remembers, bounded in time and in number.

use std::collections::HashMap;

/// Values by key, each until its time, never more than a limit: the one that would go first makes room.
#[derive(Debug)]
pub(crate) struct Expiring<T> {
    entries: HashMap<String, Entry<T>>,
    limit: usize,
}

#[derive(Debug)]
struct Entry<T> {
    expires_at: i64,
    value: T,
}

impl<T> Expiring<T> {
    pub(crate) fn with_limit(limit: usize) -> Self {
        Self {
            entries: HashMap::new(),
            limit,
        }
    }

    pub(crate) fn insert(&mut self, key: String, value: T, expires_at: i64, now: i64) {
        if self.entries.len() >= self.limit {
            self.entries.retain(|_, entry| entry.expires_at > now);
        }
        if self.entries.len() >= self.limit
            && let Some(first) = self
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.expires_at)
                .map(|(key, _)| key.clone())
        {
            self.entries.remove(&first);
        }
        self.entries.insert(key, Entry { expires_at, value });
    }

    pub(crate) fn get(&self, key: &str, now: i64) -> Option<&T> {
        self.entries
            .get(key)
            .filter(|entry| entry.expires_at > now)
            .map(|entry| &entry.value)
    }

    pub(crate) fn get_mut(&mut self, key: &str, now: i64) -> Option<&mut T> {
        self.entries
            .get_mut(key)
            .filter(|entry| entry.expires_at > now)
            .map(|entry| &mut entry.value)
    }

    pub(crate) fn take(&mut self, key: &str, now: i64) -> Option<T> {
        self.entries
            .remove(key)
            .filter(|entry| entry.expires_at > now)
            .map(|entry| entry.value)
    }

    /// The keys of live values.
    pub(crate) fn keys(&self, now: i64, is: impl Fn(&T) -> bool) -> Vec<String> {
        let live = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.expires_at > now && is(&entry.value));
        live.map(|(key, _)| key.clone()).collect()
    }

    pub(crate) fn values(&self, now: i64) -> impl Iterator<Item = &T> {
        self.entries
            .values()
            .filter(move |entry| entry.expires_at > now)
            .map(|entry| &entry.value)
    }

    pub(crate) fn find_mut(&mut self, now: i64, is: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.entries
            .values_mut()
            .find(|entry| entry.expires_at > now && is(&entry.value))
            .map(|entry| &mut entry.value)
    }

    pub(crate) fn any(&self, now: i64, is: impl Fn(&T) -> bool) -> bool {
        self.entries
            .values()
            .any(|entry| entry.expires_at > now && is(&entry.value))
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.entries.retain(|_, entry| keep(&entry.value));
    }
}

#[cfg(test)]
mod tests {
    use super::Expiring;

    #[test]
    fn a_value_is_gone_when_its_time_has_come() {
        let mut entries = Expiring::with_limit(2);
        entries.insert("a".to_owned(), 1, 10, 0);
        assert_eq!(entries.get("a", 9), Some(&1));
        assert_eq!(entries.get("a", 10), None);
        assert_eq!(entries.take("a", 10), None);
    }

    #[test]
    fn the_one_that_expires_first_makes_room() {
        let mut entries = Expiring::with_limit(2);
        entries.insert("a".to_owned(), 1, 10, 0);
        entries.insert("b".to_owned(), 2, 20, 0);
        entries.insert("c".to_owned(), 3, 30, 0);
        assert_eq!(
            (entries.get("a", 1), entries.get("b", 1), entries.get("c", 1)),
            (None, Some(&2), Some(&3))
        );
    }
}
