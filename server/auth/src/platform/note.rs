//! What a browser keeps of its sign-out: a cookie that names the sign-on, for other instances and after a restart, and proves that
//! it was this browser. Only so can it be taken back: the name of a sign-on alone, whoever shows it, proves nothing.
//!
//! Once it was taken back the proof alone is left, and tells every instance so.

use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::{
    Platform,
    sign_on::{self, Credential, SignOn},
    signed_out::LIFETIME,
};
use crate::random::{self, Random};

/// What only the browser knows that signed out. Never logged.
#[derive(Clone)]
pub struct Proof(String);

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(…)")
    }
}

/// The longest that is taken for a proof; ours have 43 characters.
const LONGEST: usize = 64;

/// By what a proof is known again.
#[derive(Clone, Copy, Debug)]
pub struct ProofDigest([u8; 32]);

impl PartialEq for ProofDigest {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        bool::from(self.0.ct_eq(&other.0))
    }
}

impl Proof {
    /// A new one. `None` without randomness: then nobody can take the sign-out back.
    pub(super) fn fresh(random: &dyn Random) -> Option<Self> {
        let token = random::token(random);
        token
            .inspect_err(|error| tracing::error!(target: "exeunt::platform", %error, "a sign-out cannot be taken back"))
            .ok()
            .map(Self)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (!text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_ours))
            .then(|| Self(text.to_owned()))
    }

    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> ProofDigest {
        let mut digest = Sha256::new();
        digest.update(b"exeunt platform proof v1");
        digest.update(self.0.as_bytes());
        ProofDigest(digest.finalize().into())
    }
}

/// What the cookie says.
#[derive(Clone, Debug)]
pub struct Note {
    proof: Option<Proof>,
    names: Vec<Credential>,
}

impl Note {
    fn read(value: &str) -> Self {
        let mut parts = value.split('.');
        Self {
            proof: parts.next().and_then(Proof::read),
            names: parts.take(sign_on::MOST).filter_map(Credential::read).collect(),
        }
    }

    /// Whether it says that this one was signed out.
    #[must_use]
    pub fn names(&self, sign_on: &SignOn) -> bool {
        sign_on.credentials().any(|shown| self.names.contains(shown))
    }

    /// The proof.
    #[must_use]
    pub const fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }

    /// The proof of a browser that took its sign-out back.
    fn taken_back(&self) -> Option<&Proof> {
        self.proof.as_ref().filter(|_| self.names.is_empty())
    }
}

/// What this browser says. More than one: somebody planted one.
#[must_use]
pub fn of(platform: &Platform, headers: &HeaderMap) -> Vec<Note> {
    let names = platform.site().cookies();
    let values = names.values(headers, &names.signed_out());
    values.iter().map(|value| Note::read(value)).collect()
}

/// Whether this sign-on counts for nothing here: this process knows it, or the browser says it. Carries out what the browser took
/// back, here or at another instance.
pub(super) fn is_signed_out(platform: &Platform, headers: &HeaderMap, sign_on: &SignOn) -> bool {
    let (notes, known, now) = (of(platform, headers), platform.signed_out(), platform.now());
    if let Some(note) = notes.iter().find(|note| note.names(sign_on)) {
        if !known.contains(sign_on, now) {
            // After a restart, or at another instance: from now on for whoever has no such cookie too.
            known.remember(sign_on, note.proof(), false, now);
        }
        return true;
    }
    if !known.contains(sign_on, now) {
        return false;
    }
    let mut proofs = notes.iter().filter_map(Note::taken_back);
    let is_taken_back = proofs.any(|proof| known.forget(sign_on, proof));
    !is_taken_back || known.contains(sign_on, now)
}

/// The `Set-Cookie` value that says that this sign-on was signed out in this browser.
pub(super) fn signed_out(
    platform: &Platform,
    sign_on: &SignOn,
    proof: Option<&Proof>,
) -> Option<HeaderValue> {
    let mut value = proof.map_or_else(String::new, |Proof(token)| token.clone());
    for credential in sign_on.credentials() {
        value.push('.');
        value.push_str(&credential.write());
    }
    let names = platform.site().cookies();
    names.set(&names.signed_out(), &value, Some(LIFETIME))
}

/// What becomes of the browser's cookie when it takes its sign-out back.
#[derive(Debug)]
pub(super) enum TakingBack {
    /// There is none.
    Nothing,
    /// It is taken back. The proof is left, if there is one, which tells every instance so.
    Done(Option<HeaderValue>),
    /// This process does not know the proof. It is left, for whichever does.
    NotHere(Option<HeaderValue>),
    /// Which of several cookies is the browser's own cannot be told: it goes, and nothing is taken back.
    Planted(Option<HeaderValue>),
}

/// How this browser takes the sign-out of this sign-on back. `None`: its sign-on counts, or there is none.
pub(super) fn take_back(platform: &Platform, headers: &HeaderMap, sign_on: Option<&SignOn>) -> TakingBack {
    let notes = of(platform, headers);
    let names = platform.site().cookies();
    let left = |note: &Note| match &note.proof {
        Some(Proof(token)) => names.set(&names.signed_out(), token, Some(LIFETIME)),
        None => names.remove(&names.signed_out()),
    };
    // Any sibling on this origin can plant one. But only this browser holds a proof that counts, and only who has the platform's
    // cookies can name the sign-on.
    let mut naming = notes
        .iter()
        .filter(|note| sign_on.is_some_and(|one| note.names(one)));
    let naming = (naming.next(), naming.next());
    match (&notes[..], sign_on) {
        ([], _) => return TakingBack::Nothing,
        (_, Some(sign_on)) if sign_on.is_of_this_browser() => {
            let counts = |note: &&Note| {
                note.proof()
                    .is_some_and(|proof| platform.signed_out().is_proof(sign_on, proof))
            };
            if let Some(own) = notes.iter().find(counts) {
                return TakingBack::Done(left(own));
            }
        }
        // Nothing but the note says that the person is signed out.
        (_, Some(_)) => {
            if let (Some(own), None) = naming {
                return TakingBack::Done(left(own));
            }
        }
        ([only], None) => return TakingBack::NotHere(left(only)),
        (_, None) => {}
    }
    match (&notes[..], naming) {
        (_, (Some(own), None)) if own.proof.is_some() => TakingBack::NotHere(left(own)),
        ([only], _) if only.proof.is_some() => TakingBack::NotHere(left(only)),
        _ => TakingBack::Planted(names.remove(&names.signed_out())),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sign_on::tests::sign_on, *};

    #[test]
    fn what_was_planted_or_broken_says_nothing() {
        let one = sign_on("access_token=a", "ada");
        let name = one.credentials().next().unwrap().write();
        assert!(Note::read(&format!("proof.{name}")).names(&one));
        assert!(Note::read(&format!("proof.x.{name}")).names(&one));
        for other in [
            "",
            ".",
            "proof",
            "proof.",
            "proof.x",
            &name,
            &format!("proof.{name}A"),
        ] {
            assert!(!Note::read(other).names(&one), "{other}");
        }
        assert!(Note::read("").proof().is_none() && Note::read(".x").proof().is_none());
        assert!(Note::read("proof").taken_back().is_some());
        assert!(Note::read(&format!("proof.{name}")).taken_back().is_none());
    }

    #[test]
    fn i16_a_proof_shows_nowhere() {
        let note = Note::read("s3cr3t.x");
        let digest = note.proof().unwrap().digest();
        assert!(!format!("{note:?} {digest:?}").contains("s3cr3t"));
    }
}
