//! `server end`: an operator ends a session, or all of a person's.
//!
//! It works on the store itself, so it reaches every running instance: whoever presents a cookie of an ended session is
//! signed out at once. The tokens are revoked here if the provider answers, else by a running server.

use std::time::Duration;

use exeunt::{
    Exeunt,
    audit::Caller,
    config::StoreChoice,
    logout::{
        Ending, Reason, ending,
        outbox::{self, Progress, Step},
    },
    store::{MarkRule, OutboxId, Selector, StoreError},
};

use tokio::task::JoinSet;

use crate::{config::ServerConfig, serve};

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
    /// The sessions are in the memory of another process.
    #[error("EXEUNT_STORE is memory: its sessions can be ended only by stopping the server that holds them")]
    Memory,
    /// There is no store at that place.
    #[error("there is no store at {0}; give the EXEUNT_STORE of the running server")]
    NoStore(std::path::PathBuf),
    /// It cannot be used.
    #[error(transparent)]
    Serve(#[from] serve::ServeError),
    /// It failed.
    #[error("the sessions could not be ended")]
    Store(#[from] StoreError),
    /// The runtime did not start.
    #[error("the runtime could not be started")]
    Runtime(#[source] std::io::Error),
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// So many sessions were ended.
    pub sessions: usize,
    /// The tokens of all of them are revoked, or kept on purpose; otherwise a running server goes on trying.
    pub tokens_settled: bool,
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.sessions {
            0 => return write!(f, "No such session is alive."),
            1 => write!(f, "One session ended.")?,
            many => write!(f, "{many} sessions ended.")?,
        }
        if self.tokens_settled {
            write!(f, " Their tokens are revoked.")
        } else {
            write!(
                f,
                " Not all of their tokens are revoked; a running server goes on with those that can be."
            )
        }
    }
}

/// How long the command tries to revoke tokens itself.
const REVOCATION_BUDGET: Duration = Duration::from_secs(15);

/// Ends what `target` names.
///
/// # Errors
///
/// [`OperatorError`]; then nothing was ended, as far as the store can tell.
pub fn run(config: &ServerConfig, target: &Target) -> Result<Done, OperatorError> {
    match &config.store {
        StoreChoice::Memory => return Err(OperatorError::Memory),
        StoreChoice::Sqlite(path) if !path.exists() => return Err(OperatorError::NoStore(path.clone())),
        StoreChoice::Sqlite(_) => {}
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(OperatorError::Runtime)?
        .block_on(async {
            let store = serve::open_store(&config.store)?;
            let exeunt = Exeunt::builder(config.settings.clone(), store)
                .build()
                .map_err(serve::ServeError::from)?;
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
    // Only these: what else is queued belongs to the running servers.
    let mut works = JoinSet::new();
    for row in ended.rows.iter().filter(|_| ended.queued) {
        let (exeunt, id) = (exeunt.clone(), OutboxId(row.key.0));
        works.spawn(async move { outbox::try_at_once(&exeunt, id, REVOCATION_BUDGET).await });
    }
    let mut tokens_settled = ended.queued || ended.rows.is_empty();
    while let Some(progress) = works.join_next().await {
        tokens_settled &= matches!(progress, Ok(Some(progress)) if is_settled(progress));
    }
    Ok(Done {
        sessions,
        tokens_settled,
    })
}

fn is_settled(progress: Progress) -> bool {
    [progress.refresh_token, progress.access_token]
        .into_iter()
        .all(|step| {
            matches!(
                step,
                Step::Revoked | Step::Absent | Step::KeptOffline | Step::KeptForOthers
            )
        })
}
