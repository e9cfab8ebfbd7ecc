//! How far the revocation of a session's tokens is.

use serde::{Deserialize, Serialize};

use crate::logout::receipt::Status;

/// What became of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Still to be done.
    Todo,
    /// The provider says that it is revoked.
    Revoked,
    /// There was none.
    Absent,
    /// It was granted for offline access, which outlives this end by setting.
    KeptOffline,
    /// Revoking it could end sessions of the person that go on: the provider revokes whole grants, or a session of the same
    /// browser took this one's place.
    KeptForOthers,
    /// The provider has no endpoint for it, or does not revoke tokens of this kind.
    Unsupported,
    /// The provider refused for good.
    Refused,
    /// It was tried for a day.
    GivenUp,
}

impl Step {
    /// What a receipt says of it.
    #[must_use]
    pub const fn status(self) -> Option<Status> {
        match self {
            Self::Todo => Some(Status::Pending),
            Self::Revoked => Some(Status::Ended),
            Self::Absent => None,
            Self::KeptOffline | Self::KeptForOthers => Some(Status::Kept),
            Self::Unsupported => Some(Status::CannotBeEnded),
            Self::Refused | Self::GivenUp => Some(Status::Failed),
        }
    }
}

/// What became of a session's tokens. In the outbox it stands as text, since it holds no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The refresh token.
    pub refresh_token: Step,
    /// The access token.
    pub access_token: Step,
}

impl Progress {
    /// Nothing is done yet.
    pub const BEGINNING: Self = Self::both(Step::Todo);

    /// The same of both.
    #[must_use]
    pub const fn both(step: Step) -> Self {
        Self {
            refresh_token: step,
            access_token: step,
        }
    }

    /// From an entry's text. What cannot be read is done again.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self::BEGINNING)
    }

    /// An entry's text.
    #[must_use]
    pub fn to_text(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// Whether nothing is left to be done.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.refresh_token != Step::Todo && self.access_token != Step::Todo
    }

    /// What is still to be done is not done any more.
    #[must_use]
    pub fn closing(self, step: Step) -> Self {
        let close = |one| if one == Step::Todo { step } else { one };
        Self {
            refresh_token: close(self.refresh_token),
            access_token: close(self.access_token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_back_and_what_cannot_be_read_is_done_again() {
        let progress = Progress {
            refresh_token: Step::Revoked,
            access_token: Step::Todo,
        };
        assert_eq!(Progress::parse(&progress.to_text()), progress);
        assert_eq!(Progress::parse(""), Progress::BEGINNING);
        assert!(!progress.is_over());
        assert!(progress.closing(Step::GivenUp).is_over());
        assert_eq!(progress.closing(Step::GivenUp).refresh_token, Step::Revoked);
    }

    #[test]
    fn i4_only_what_the_provider_confirmed_is_called_ended() {
        for step in [
            Step::Todo,
            Step::Absent,
            Step::KeptOffline,
            Step::KeptForOthers,
            Step::Unsupported,
            Step::Refused,
            Step::GivenUp,
        ] {
            assert_ne!(step.status(), Some(Status::Ended), "{step:?}");
        }
        assert_eq!(Step::Revoked.status(), Some(Status::Ended));
    }
}
