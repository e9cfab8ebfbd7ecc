//! A new first key: what earlier keys sealed is sealed anew, so that they can leave the ring and nobody is signed out.

use zeroize::Zeroizing;

use super::{LiveSession, record::Column};
use crate::{
    Exeunt,
    random::Random,
    seal::{Keyring, Purpose, SealError},
    store::{SealedColumns, SessionKey, StoreError},
};

/// How many sessions are read at once.
const PAGE: u32 = 256;

/// How often it goes over all sessions again because some changed under its hands.
const MOST_ROUNDS: u32 = 5;

/// What became of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Sealed anew with the first key.
    Anew,
    /// The first key had sealed all of it.
    Current,
    /// No key of the ring opens it.
    Unreadable,
    /// It was changed or ended meanwhile.
    Changed,
}

/// How many sessions were sealed with which key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sealed anew with the first key.
    pub anew: u64,
    /// The first key had sealed all of them.
    pub current: u64,
    /// No key of the ring opens them: they are over for whoever presents their cookie.
    pub unreadable: u64,
    /// Changed each time they were tried; the next time they are used, or this is called, they are tried again.
    pub changed: u64,
}

impl Tally {
    fn note(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Anew => self.anew += 1,
            Outcome::Current => self.current += 1,
            Outcome::Unreadable => self.unreadable += 1,
            Outcome::Changed => self.changed += 1,
        }
    }
}

/// Goes over all sessions and seals with the first key what another one sealed. Running servers are not in its way, nor it
/// in theirs; sessions that begin meanwhile are sealed with the first key of whoever begins them.
///
/// # Errors
///
/// If the store fails; what was done until then is done.
pub async fn reseal_all(exeunt: &Exeunt) -> Result<Tally, StoreError> {
    let mut anew = 0;
    let mut tally = Tally::default();
    for _ in 0..MOST_ROUNDS {
        tally = once_over(exeunt).await?;
        anew += tally.anew;
        if tally.changed == 0 {
            break;
        }
    }
    Ok(Tally {
        anew,
        // What an earlier round sealed is current in the last one.
        current: (tally.current + tally.anew).saturating_sub(anew),
        ..tally
    })
}

async fn once_over(exeunt: &Exeunt) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let mut from = None;
    loop {
        let walked = exeunt.store().walk(from.as_ref(), PAGE).await?;
        for before in walked.sessions {
            tally.note(reseal(exeunt, &before).await?);
        }
        match walked.next {
            Some(next) => from = Some(next),
            None => return Ok(tally),
        }
    }
}

/// Seals one session anew in the background, if it needs it: it was just used.
pub(crate) fn reseal_in_background(exeunt: &Exeunt, session: &LiveSession) {
    if exeunt.keyring().is_by_first(&session.head.identity) {
        return;
    }
    let (exeunt, session) = (exeunt.clone(), session.clone());
    exeunt.clone().spawn(async move {
        let done = async {
            let key = &session.head.key;
            let now = exeunt.now();
            let tokens = exeunt.store().load_tokens(key, now).await?;
            let data = exeunt.store().load_data(key, now).await?;
            let Some((tokens, data)) = tokens.zip(data) else {
                return Ok(());
            };
            let before = SealedColumns {
                key: *key,
                device: session.head.device.clone(),
                identity: session.head.identity.clone(),
                tokens,
                data,
            };
            reseal(&exeunt, &before).await.map(|_| ())
        };
        if let Err(error) = done.await {
            let error: StoreError = error;
            tracing::warn!(target: "exeunt::session", %error, "a session could not be sealed with the first key");
        }
    });
}

async fn reseal(exeunt: &Exeunt, before: &SealedColumns) -> Result<Outcome, StoreError> {
    match anew(exeunt.keyring(), before, exeunt.random()) {
        Ok(None) => Ok(Outcome::Current),
        Ok(Some(after)) => {
            let done = exeunt.store().reseal(before, &after).await?;
            Ok(if done { Outcome::Anew } else { Outcome::Changed })
        }
        Err(SealError::Unreadable) => Ok(Outcome::Unreadable),
        Err(SealError::Random(error)) => Err(StoreError::backend(error)),
    }
}

/// The same columns sealed with the first key; `None` if it sealed all of them.
fn anew(
    keyring: &Keyring,
    before: &SealedColumns,
    random: &dyn Random,
) -> Result<Option<SealedColumns>, SealError> {
    let key = &before.key;
    let column = |column: Column, sealed: &Vec<u8>| column_anew(keyring, key, column, sealed, random);
    let after = SealedColumns {
        key: *key,
        // Empty: never noted.
        device: match &before.device {
            device if device.is_empty() => Vec::new(),
            device => column(Column::Device, device)?,
        },
        identity: column(Column::Identity, &before.identity)?,
        tokens: column(Column::Tokens, &before.tokens)?,
        data: before
            .data
            .as_ref()
            .map(|data| column(Column::Data, data))
            .transpose()?,
    };
    Ok((after != *before).then_some(after))
}

/// As it is, if the first key sealed it.
fn column_anew(
    keyring: &Keyring,
    key: &SessionKey,
    column: Column,
    sealed: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, SealError> {
    if keyring.is_by_first(sealed) {
        return Ok(sealed.to_vec());
    }
    let place = column.place(key);
    let plain = Zeroizing::new(keyring.open(Purpose::Record, &place, sealed)?);
    keyring.seal(Purpose::Record, &place, &plain, random)
}
