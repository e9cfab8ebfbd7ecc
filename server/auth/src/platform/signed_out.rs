//! Which sign-ons of the platform this app no longer accepts.
//!
//! The session is the platform's, and its gateway goes on to say who somebody is for as long as the platform lets it. What this
//! app can do by itself, at once and for certain, is to stop listening: after a sign-out the *sign-on that was used* counts for
//! nothing here, by whichever of the things that were shown for it ([`sign_on`](super::sign_on)). A new sign-on is another one; and
//! the browser that signed out, and no other, can take it back: it holds a proof in a cookie ([`note`](super::note)).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{
    known_by::KnownBy,
    note::{Proof, ProofDigest},
    sign_on::{Credential, SignOn},
};
use crate::clock::Timestamp;

/// How long this process remembers it, and the browser too.
pub const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The most credentials that this process remembers, some 15 MB; the browsers remember the rest.
const MOST: usize = 100_000;

/// The most browsers, or presses at one moment in one, that can take a sign-out back.
const MOST_PROOFS: usize = 8;

/// How long after a sign-out another press can still be of the same moment: in a second tab, or twice in one. Whoever withheld a
/// request until after it gets no proof.
const SAME_MOMENT: Duration = Duration::from_secs(2);

/// What came of remembering a sign-out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// All by which the sign-on is known now, what other sign-outs knew of it included; nothing where the person is all.
    pub known_by: Vec<Credential>,
    /// The proof is none: another browser, or an earlier press of this one, holds the one that counts.
    pub is_refused: bool,
}

/// What this process remembers, so that a sign-on is dead before the platform is asked, and for whoever replays it without
/// the browser's cookie too.
#[derive(Debug)]
pub struct SignedOut {
    known: Mutex<Known>,
    most: usize,
}

#[derive(Debug, Default)]
struct Known {
    /// By age: whatever happened to one last makes it the youngest.
    sign_outs: BTreeMap<u64, SignOut>,
    of: HashMap<Credential, u64>,
    next: u64,
    was_full: bool,
}

#[derive(Debug)]
struct SignOut {
    /// When it was made first.
    since: Timestamp,
    until: Timestamp,
    known_by: KnownBy,
    proofs: Vec<ProofDigest>,
}

impl Default for SignedOut {
    fn default() -> Self {
        Self::with_room(MOST)
    }
}

impl SignedOut {
    fn with_room(most: usize) -> Self {
        Self {
            known: Mutex::default(),
            most,
        }
    }

    /// From now on it counts for nothing. Whoever ends it can take that back with the proof. Where it ended before, nobody gets
    /// another one, whatever the request showed when it began: only presses of the same moment do, that showed it while it still
    /// counted (`counted`), and a proof that is known already stays one.
    pub fn remember(
        &self,
        sign_on: &SignOn,
        proof: Option<&Proof>,
        counted: bool,
        now: Timestamp,
    ) -> Remembered {
        // By the person alone it would be that of other browsers too.
        if !sign_on.is_of_this_browser() {
            return Remembered::default();
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sign_out = SignOut {
            since: now,
            until: now + LIFETIME,
            known_by: KnownBy::default(),
            proofs: Vec::new(),
        };
        let mut first: Option<Timestamp> = None;
        for id in known.ids(sign_on) {
            let Some(earlier) = known.remove(id) else { continue };
            sign_out.known_by.merge(earlier.known_by);
            if earlier.until > now {
                first = Some(first.map_or(earlier.since, |first| first.min(earlier.since)));
                sign_out.proofs.extend(earlier.proofs);
            }
        }
        let is_new = first.is_none();
        sign_out.since = first.unwrap_or(now);
        for credential in sign_on.credentials().copied() {
            if is_new {
                sign_out.known_by.sign_out(credential);
            } else {
                sign_out.known_by.learn(credential);
            }
        }
        sign_out.known_by.make_room(sign_on);
        let is_accepted = is_new || (counted && now.is_within(SAME_MOMENT, sign_out.since));
        let proof = proof.map(Proof::digest);
        let is_known = proof.is_some_and(|proof| sign_out.proofs.contains(&proof));
        if is_accepted && !is_known {
            sign_out.proofs.extend(proof);
        }
        // The newest is that of the press at hand, whose browser is about to keep it.
        let too_many = sign_out.proofs.len().saturating_sub(MOST_PROOFS);
        sign_out.proofs.drain(..too_many);
        let remembered = Remembered {
            known_by: sign_out.known_by.iter().copied().collect(),
            is_refused: !is_accepted && !is_known,
        };
        known.insert(sign_out);
        known.make_room(self.most);
        remembered
    }

    /// Whether it counts for nothing. What is shown beside what is known is known from now on: a platform that renews one token
    /// after the other does not lead out of a sign-out step by step.
    #[must_use]
    pub fn contains(&self, sign_on: &SignOn, now: Timestamp) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = known.ids(sign_on);
        let living = |id: &u64| known.sign_outs.get(id).is_some_and(|one| one.until > now);
        let Some(id) = ids.into_iter().rev().find(living) else {
            return false;
        };
        known.learn(id, sign_on);
        known.make_room(self.most);
        true
    }

    /// Whether the proof is that of a browser that signed it out.
    #[must_use]
    pub fn is_proof(&self, sign_on: &SignOn, proof: &Proof) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        !known.proven(sign_on, proof.digest()).is_empty()
    }

    /// It counts again, if the proof is that of a browser that signed it out. Tells whether that is so.
    pub fn forget(&self, sign_on: &SignOn, proof: &Proof) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let proven = known.proven(sign_on, proof.digest());
        for id in &proven {
            known.remove(*id);
        }
        !proven.is_empty()
    }
}

impl Known {
    /// The sign-outs that know anything of it, the oldest first.
    fn ids(&self, sign_on: &SignOn) -> BTreeSet<u64> {
        let known = sign_on
            .credentials()
            .filter_map(|credential| self.of.get(credential));
        known.copied().collect()
    }

    /// Those that this is a proof of.
    fn proven(&self, sign_on: &SignOn, proof: ProofDigest) -> Vec<u64> {
        let is_proven = |id: &u64| {
            self.sign_outs
                .get(id)
                .is_some_and(|one| one.proofs.contains(&proof))
        };
        self.ids(sign_on).into_iter().filter(is_proven).collect()
    }

    fn insert(&mut self, sign_out: SignOut) {
        let id = self.next;
        self.next += 1;
        for credential in sign_out.known_by.iter() {
            self.of.insert(*credential, id);
        }
        self.sign_outs.insert(id, sign_out);
    }

    fn remove(&mut self, id: u64) -> Option<SignOut> {
        let sign_out = self.sign_outs.remove(&id)?;
        for credential in sign_out.known_by.iter() {
            if self.of.get(credential) == Some(&id) {
                self.of.remove(credential);
            }
        }
        Some(sign_out)
    }

    fn learn(&mut self, id: u64, sign_on: &SignOn) {
        let Some(sign_out) = self.sign_outs.get_mut(&id) else {
            return;
        };
        for credential in sign_on.credentials() {
            if self.of.get(credential) == Some(&id) {
                sign_out.known_by.learn(*credential);
            }
        }
        for credential in sign_on.lasting() {
            if !self.of.contains_key(credential) {
                sign_out.known_by.learn(*credential);
                self.of.insert(*credential, id);
            }
        }
        for forgotten in sign_out.known_by.make_room(sign_on) {
            self.of.remove(&forgotten);
        }
    }

    /// The oldest make room: the youngest are those that somebody may still mean to use.
    fn make_room(&mut self, most: usize) {
        while self.of.len() > most {
            let Some(oldest) = self.sign_outs.keys().next().copied() else {
                return;
            };
            self.remove(oldest);
            if !self.was_full {
                self.was_full = true;
                tracing::warn!(
                    target: "exeunt::platform",
                    most,
                    "more sign-outs are remembered than there is room for: the oldest are forgotten here, and remembered by the \
                     browsers alone"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{known_by, sign_on::tests::sign_on},
        *,
    };

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn proof(text: &str) -> Proof {
        Proof::read(text).unwrap()
    }

    #[test]
    fn i3_what_was_signed_out_stays_so_for_thirty_days() {
        let known = SignedOut::default();
        let one = sign_on("access_token=a", "ada");
        known.remember(&one, None, true, NOW);
        assert!(known.contains(&one, NOW + LIFETIME - Duration::from_secs(1)));
        assert!(!known.contains(&one, NOW + LIFETIME));
        assert!(!known.contains(&sign_on("access_token=b", "ada"), NOW));
    }

    #[test]
    fn i3_tokens_that_are_renewed_one_after_the_other_lead_nowhere() {
        let known = SignedOut::default();
        known.remember(&sign_on("access_token=a; id_token=i", "ada"), None, true, NOW);
        for step in [
            "access_token=b; id_token=i",
            "access_token=b; id_token=j",
            "access_token=c; id_token=j",
            "access_token=c",
        ] {
            assert!(known.contains(&sign_on(step, "ada"), NOW), "{step}");
        }
        assert!(!known.contains(&sign_on("access_token=d; id_token=k", "ada"), NOW));
    }

    #[test]
    fn i3_however_many_tokens_are_renewed_nothing_leads_out() {
        let known = SignedOut::default();
        known.remember(&sign_on("access_token=t0; id_token=i", "ada"), None, true, NOW);
        let last = 3 * known_by::MOST;
        for step in 0..last {
            let cookie = format!("access_token=t{step}; refresh_token=t{}", step + 1);
            assert!(known.contains(&sign_on(&cookie, "ada"), NOW), "{cookie}");
            assert!(known.known.lock().unwrap().of.len() <= known_by::MOST);
        }
        // Neither is what it was made with forgotten, nor what came last; nor by another press.
        known.remember(&sign_on("access_token=t0", "ada"), None, false, NOW);
        for cookie in ["id_token=i".to_owned(), format!("access_token=t{last}")] {
            assert!(known.contains(&sign_on(&cookie, "ada"), NOW), "{cookie}");
        }
    }

    #[test]
    fn only_a_proof_of_the_browser_takes_it_back_and_all_of_it() {
        let known = SignedOut::default();
        let one = sign_on("access_token=a; id_token=i", "ada");
        known.remember(&one, Some(&proof("hers")), true, NOW);
        assert!(!known.forget(&one, &proof("his")));
        // Whoever shows it when it counts for nothing gets no proof by signing it out once more.
        known.remember(&one, Some(&proof("his")), false, NOW);
        assert!(!known.forget(&one, &proof("his")) && known.contains(&one, NOW));
        assert!(known.contains(&sign_on("access_token=b; id_token=i", "ada"), NOW));
        assert!(known.forget(&one, &proof("hers")));
        for cookie in ["access_token=a", "id_token=i", "access_token=b"] {
            assert!(!known.contains(&sign_on(cookie, "ada"), NOW), "{cookie}");
        }
    }

    #[test]
    fn of_two_presses_at_one_moment_either_can_be_taken_back() {
        let known = SignedOut::default();
        let one = sign_on("access_token=a", "ada");
        known.remember(&one, Some(&proof("first")), true, NOW);
        known.remember(&one, Some(&proof("second")), true, NOW);
        assert!(known.forget(&one, &proof("first")));
        assert!(!known.contains(&one, NOW));
    }

    #[test]
    fn i3_a_request_that_was_withheld_while_it_ended_gets_no_proof() {
        let ended = || {
            let known = SignedOut::default();
            known.remember(
                &sign_on("access_token=a; id_token=i", "ada"),
                Some(&proof("hers")),
                true,
                NOW,
            );
            known
        };
        let one = sign_on("access_token=a; id_token=j", "ada");
        for (counted, after, is_refused) in [
            (true, SAME_MOMENT - Duration::from_millis(1), false),
            (true, SAME_MOMENT, true),
            (true, LIFETIME - Duration::from_secs(1), true),
            (false, Duration::ZERO, true),
        ] {
            let known = ended();
            let remembered = known.remember(&one, Some(&proof("his")), counted, NOW + after);
            assert_eq!(remembered.is_refused, is_refused, "{counted} {after:?}");
            assert_eq!(remembered.known_by.len(), 3);
            assert_eq!(known.forget(&one, &proof("his")), !is_refused, "{after:?}");
        }
        // The moment is that of the first, however often it is said again; and a clock that was set back makes it no longer.
        let known = ended();
        for step in 1..=4 {
            known.remember(
                &one,
                Some(&proof("hers")),
                false,
                NOW + step * Duration::from_secs(1),
            );
        }
        for at in [NOW + Duration::from_secs(4), NOW - Duration::from_secs(1)] {
            assert!(known.remember(&one, Some(&proof("his")), true, at).is_refused);
        }
        // A proof that is known stays one.
        let again = known.remember(&one, Some(&proof("hers")), false, NOW + LIFETIME / 2);
        assert!(!again.is_refused);
        assert!(known.forget(&one, &proof("hers")));
        // After thirty days it is a sign-out like any other.
        assert!(
            !ended()
                .remember(&one, Some(&proof("his")), true, NOW + LIFETIME)
                .is_refused
        );
    }

    #[test]
    fn of_more_presses_than_there_is_room_for_the_last_can_be_taken_back() {
        let known = SignedOut::default();
        let one = sign_on("access_token=a", "ada");
        for press in 0..=MOST_PROOFS {
            known.remember(&one, Some(&proof(&format!("press-{press}"))), true, NOW);
        }
        assert!(!known.forget(&one, &proof("press-0")), "the oldest made room");
        assert!(known.forget(&one, &proof(&format!("press-{MOST_PROOFS}"))));
    }

    #[test]
    fn other_browsers_of_the_person_are_not_touched() {
        let known = SignedOut::default();
        let one = sign_on("theme=dark", "ada");
        known.remember(&one, None, true, NOW);
        assert!(!known.contains(&one, NOW));
    }

    #[test]
    fn where_there_is_no_room_the_oldest_make_it() {
        let known = SignedOut::with_room(2);
        for cookie in ["access_token=a", "access_token=b"] {
            known.remember(&sign_on(cookie, "ada"), None, true, NOW);
        }
        // The first was pressed once more, and is the youngest.
        known.remember(&sign_on("access_token=a", "ada"), None, false, NOW);
        known.remember(&sign_on("access_token=c", "ada"), None, true, NOW);
        for (cookie, expected) in [
            ("access_token=a", true),
            ("access_token=b", false),
            ("access_token=c", true),
        ] {
            assert_eq!(known.contains(&sign_on(cookie, "ada"), NOW), expected, "{cookie}");
        }
        assert_eq!(known.known.lock().unwrap().of.len(), 2);
    }
}
