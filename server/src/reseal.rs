//! `server reseal`: seals what earlier keys sealed anew with the first of `EXEUNT_KEYS`.

use exeunt::{
    Exeunt,
    session::resealing::{self, Tally},
    store::StoreError,
};

use crate::{config::ServerConfig, store};

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResealError {
    /// There is no store that could be worked on.
    #[error(transparent)]
    Existing(#[from] store::ExistingError),
    /// The settings cannot be used.
    #[error(transparent)]
    Setup(#[from] exeunt::SetupError),
    /// It failed in the middle.
    #[error("not all sessions could be sealed anew; what was done is done, run it again")]
    Store(#[from] StoreError),
    /// The runtime did not start.
    #[error("the runtime could not be started")]
    Runtime(#[source] std::io::Error),
}

/// Seals all sessions of the store with the first key.
///
/// # Errors
///
/// [`ResealError`]; what was sealed anew by then stays so.
pub fn run(config: &ServerConfig) -> Result<Tally, ResealError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ResealError::Runtime)?
        .block_on(async {
            let store = store::open_existing(&config.store).await?;
            let exeunt = Exeunt::builder(config.settings.clone(), store).build()?;
            Ok(resealing::reseal_all(&exeunt).await?)
        })
}

/// What was done, in words.
#[must_use]
pub fn told(tally: &Tally) -> String {
    let Tally {
        anew,
        current,
        unreadable,
        changed,
    } = tally;
    let mut text = format!("Sealed anew with the first key: {anew}. Sealed with it already: {current}.");
    if *changed > 0 {
        text.push_str(&format!(
            " In use each time they were tried: {changed}; run this again before you remove a key."
        ));
    }
    if *unreadable > 0 {
        text.push_str(&format!(
            " Opened by none of these keys: {unreadable}; if their key was taken out by mistake, put it back."
        ));
    }
    if *changed == 0 {
        text.push_str(" What sign-outs left to be done at the provider may need the other keys for a day; remove them then.");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_all_was_sealed_anew_may_a_key_be_removed() {
        let done = Tally {
            anew: 3,
            current: 4,
            ..Tally::default()
        };
        assert!(told(&done).contains("remove them then"));
        let busy = Tally { changed: 1, ..done };
        assert!(!told(&busy).contains("remove them then"));
        assert!(told(&busy).contains("run this again"));
        let lost = Tally {
            unreadable: 2,
            ..done
        };
        assert!(told(&lost).contains("put it back"));
    }
}
