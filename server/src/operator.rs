//! `server end`: an operator ends a session, or all of a person's.
//!
//! It works on the store itself, so it reaches every running instance: whoever presents a cookie of an ended session is
//! signed out at once. The tokens are revoked here if the provider answers, else by a running server.

use std::time::{Duration, Instant};

use exeunt::{
    Exeunt,
    audit::Caller,
    logout::{
        Ending, Reason, ending,
        outbox::{self, Progress, Step},
    },
    store::{MarkRule, OutboxId, Selector, StoreError},
};

use tokio::task::JoinSet;

use crate::{config::ServerConfig, store};

/// Whose session ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// All sessions of the person with this subject.
    User(String),
    /// The session with this public id, as the audit log names it.
    Session(String),
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorError {
    /// There is no store that could be worked on.
    #[error(transparent)]
    Existing(#[from] store::ExistingError),
    /// The settings cannot be used.
    #[error(transparent)]
    Setup(#[from] exeunt::SetupError),
    /// It failed.
    #[error("the sessions could not be ended")]
    Store(#[from] StoreError),
    /// The runtime did not start.
    #[error("the runtime could not be started")]
    Runtime(#[source] std::io::Error),
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// So many sessions were ended.
    pub sessions: usize,
    /// What became of their tokens.
    pub tokens: Fates,
}

/// Of how many sessions some token had this fate. One session counts for each fate that a token of its had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fates {
    /// The provider confirmed that it is revoked.
    pub revoked: usize,
    /// Kept: the provider would have ended others of the person's sessions with it.
    pub kept_for_others: usize,
    /// Kept: it was granted for use while the person is away.
    pub kept_offline: usize,
    /// Not yet revoked; a running server goes on trying.
    pub open: usize,
    /// It cannot be revoked: the provider offers no way to, or refused.
    pub impossible: usize,
}

impl Fates {
    fn note(&mut self, progress: Progress) {
        let steps = [progress.refresh_token, progress.access_token];
        let any = |fates: &[Step]| usize::from(steps.iter().any(|step| fates.contains(step)));
        self.revoked += any(&[Step::Revoked]);
        self.kept_for_others += any(&[Step::KeptForOthers]);
        self.kept_offline += any(&[Step::KeptOffline]);
        self.open += any(&[Step::Todo]);
        self.impossible += any(&[Step::Unsupported, Step::Refused, Step::GivenUp]);
    }
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.sessions {
            0 => return write!(f, "No such session is alive."),
            1 => write!(f, "One session ended.")?,
            many => write!(f, "{many} sessions ended.")?,
        }
        let rest = [
            (
                self.tokens.kept_for_others,
                "were kept at the provider, which revokes more than one session's and could end others of this person",
            ),
            (
                self.tokens.kept_offline,
                "were kept at the provider, since they were granted for use while the person is away",
            ),
            (
                self.tokens.open,
                "are not revoked yet; a running server goes on trying for a day",
            ),
            (
                self.tokens.impossible,
                "could not be revoked, since the provider offers no way to or refused; they stay good until they run out",
            ),
        ];
        if rest.iter().all(|(count, _)| *count == 0) {
            return write!(f, " Their tokens are revoked.");
        }
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, " Tokens of {count} {what}.")?;
        }
        if self.tokens.revoked > 0 {
            write!(f, " Tokens of {} are revoked.", self.tokens.revoked)?;
        }
        Ok(())
    }
}

/// How long the command tries to revoke tokens itself.
const REVOCATION_BUDGET: Duration = Duration::from_secs(15);
/// So many tokens are revoked at the same time: neither store nor provider is asked for all of somebody's thousands at once.
const AT_ONCE: usize = 64;

/// Ends what `target` names.
///
/// # Errors
///
/// [`OperatorError`]; then nothing was ended, as far as the store can tell.
pub fn run(config: &ServerConfig, target: &Target) -> Result<Done, OperatorError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(OperatorError::Runtime)?
        .block_on(async {
            let store = store::open_existing(&config.store).await?;
            let exeunt = Exeunt::builder(config.settings.clone(), store).build()?;
            end(&exeunt, target).await
        })
}

/// Ends what `target` names.
///
/// # Errors
///
/// If the store fails.
pub async fn end(exeunt: &Exeunt, target: &Target) -> Result<Done, OperatorError> {
    let (selector, marks) = match target {
        Target::User(sub) => {
            let selector = Selector::Subject {
                iss: exeunt.settings().provider.issuer.as_str().to_owned(),
                sub: sub.clone(),
                started_by: None,
            };
            (selector, MarkRule::Subject)
        }
        Target::Session(public_id) => {
            let selector = Selector::PublicId {
                public_id: public_id.clone(),
                whose: None,
            };
            (selector, MarkRule::Sid)
        }
    };
    let ending = Ending::new(selector, marks, Reason::Operator, Caller::none());
    let ended = ending::carry_out(exeunt, ending).await?;
    let now = exeunt.now();
    let sessions = ended.rows.iter().filter(|row| row.is_living(now)).count();
    let tokens = if ended.queued {
        revoke(exeunt, ended.rows.iter().map(|row| OutboxId(row.key.0))).await
    } else {
        // The provider is known to have no endpoint for it.
        Fates {
            impossible: ended.rows.len(),
            ..Fates::default()
        }
    };
    Ok(Done { sessions, tokens })
}

/// Tries these and no others: what else is queued belongs to the running servers, and so does what the budget is not enough for.
async fn revoke(exeunt: &Exeunt, mut entries: impl ExactSizeIterator<Item = OutboxId>) -> Fates {
    let until = Instant::now() + REVOCATION_BUDGET;
    if entries.len() > AT_ONCE {
        // Of very many a store may queue some later, and by the next sweep at the latest.
        let swept = tokio::time::timeout(REVOCATION_BUDGET, exeunt.store().sweep(exeunt.now()));
        if let Ok(Err(error)) = swept.await {
            tracing::warn!(%error, "the store could not be swept");
        }
    }
    let mut tokens = Fates::default();
    let mut works = JoinSet::new();
    loop {
        while works.len() < AT_ONCE
            && let Some(id) = entries.next()
        {
            let (exeunt, left) = (exeunt.clone(), until.saturating_duration_since(Instant::now()));
            works.spawn(async move {
                if left.is_zero() {
                    return None;
                }
                outbox::try_at_once(&exeunt, id, left).await
            });
        }
        let Some(progress) = works.join_next().await else {
            return tokens;
        };
        tokens.note(progress.ok().flatten().unwrap_or(Progress::BEGINNING));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(refresh_token: Step, access_token: Step) -> String {
        let mut tokens = Fates::default();
        tokens.note(Progress {
            refresh_token,
            access_token,
        });
        Done { sessions: 1, tokens }.to_string()
    }

    #[test]
    fn i4_the_operator_reads_that_tokens_are_revoked_only_where_they_are() {
        assert_eq!(
            told(Step::Revoked, Step::Revoked),
            "One session ended. Their tokens are revoked."
        );
        assert_eq!(
            told(Step::Absent, Step::Revoked),
            "One session ended. Their tokens are revoked."
        );
        for (step, why) in [
            (Step::KeptForOthers, "could end others of this person"),
            (Step::KeptOffline, "while the person is away"),
            (Step::Todo, "not revoked yet"),
            (Step::Unsupported, "could not be revoked"),
            (Step::Refused, "could not be revoked"),
            (Step::GivenUp, "could not be revoked"),
        ] {
            let text = told(step, step);
            assert!(text.contains(why), "{step:?}: {text}");
            assert!(!text.contains("are revoked"), "{step:?}: {text}");
            let text = told(step, Step::Revoked);
            assert!(text.contains(why), "{step:?}: {text}");
            assert!(text.ends_with(" Tokens of 1 are revoked."), "{step:?}: {text}");
        }
    }
}
