//! By what a sign-out knows its sign-on again: what was shown when it was made, and what was shown beside that since.

use super::sign_on::{Credential, SignOn};

/// The most that is remembered of one sign-out.
pub(super) const MOST: usize = 64;

/// Credentials, none twice, each list in the order of its last use.
#[derive(Debug, Default)]
pub(super) struct KnownBy {
    signed_out: Vec<Credential>,
    learned: Vec<Credential>,
}

impl KnownBy {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Credential> {
        self.learned.iter().chain(&self.signed_out)
    }

    /// It is one with another.
    pub(super) fn merge(&mut self, other: Self) {
        for credential in other.learned {
            self.learn(credential);
        }
        for credential in other.signed_out {
            self.sign_out(credential);
        }
    }

    /// This was shown when the sign-out was made.
    pub(super) fn sign_out(&mut self, credential: Credential) {
        self.learned.retain(|known| *known != credential);
        use_last(&mut self.signed_out, credential);
    }

    /// This was shown beside what is known, or is known and was used again.
    pub(super) fn learn(&mut self, credential: Credential) {
        let list = if self.signed_out.contains(&credential) {
            &mut self.signed_out
        } else {
            &mut self.learned
        };
        use_last(list, credential);
    }

    /// Forgets what was not used for longest and is not shown now, so that a chain of renewals never breaks; and what the sign-out
    /// was made with last of all, so that whoever shows a lot beside one thing has the others forgotten by nobody. Gives what is
    /// forgotten.
    pub(super) fn make_room(&mut self, shown: &SignOn) -> Vec<Credential> {
        let mut forgotten = Vec::new();
        while self.learned.len() + self.signed_out.len() > MOST {
            let odd =
                remove_first(&mut self.learned, shown).or_else(|| remove_first(&mut self.signed_out, shown));
            let Some(odd) = odd else { break };
            forgotten.push(odd);
        }
        forgotten
    }
}

fn use_last(list: &mut Vec<Credential>, credential: Credential) {
    list.retain(|known| *known != credential);
    list.push(credential);
}

fn remove_first(list: &mut Vec<Credential>, shown: &SignOn) -> Option<Credential> {
    let is_shown = |known: &Credential| shown.credentials().any(|shown| shown == known);
    let odd = list.iter().position(|known| !is_shown(known))?;
    Some(list.remove(odd))
}

#[cfg(test)]
mod tests {
    use super::{super::sign_on::tests::sign_on, *};

    fn one(token: &str) -> Credential {
        let shown = sign_on(&format!("access_token={token}"), "ada");
        *shown.credentials().next().unwrap()
    }

    fn full() -> KnownBy {
        let mut known = KnownBy::default();
        known.sign_out(one("first"));
        for index in 1..MOST {
            known.learn(one(&format!("t{index}")));
        }
        assert_eq!(known.iter().count(), MOST);
        known
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let mut known = full();
        known.learn(one("t1"));
        known.learn(one("new"));
        let shown = sign_on("access_token=t2; access_token=new", "ada");
        // The oldest is shown, the second one was used again.
        assert_eq!(known.make_room(&shown), [one("t3")]);
        assert!(known.make_room(&shown).is_empty());
        assert!(known.iter().all(|known| *known != one("t3")));
    }

    #[test]
    fn i3_what_it_was_made_with_is_forgotten_last() {
        let mut known = full();
        for index in 0..MOST {
            known.learn(one(&format!("junk{index}")));
            known.make_room(&sign_on("access_token=other", "ada"));
        }
        assert!(known.iter().any(|known| *known == one("first")));
        let mut made = full();
        made.merge(known);
        made.make_room(&sign_on("access_token=other", "ada"));
        assert_eq!(made.iter().count(), MOST);
        assert!(made.iter().any(|known| *known == one("first")));
    }
}
