//! How long a session lives.

use std::time::Duration;

/// What is wrong with the limits. The variants say which of the two it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitsError {
    /// The idle limit: shorter than the rhythm in which use is written down.
    #[error("is shorter than two minutes; use is written down once a minute, so set 2m or more")]
    IdleTooShort,
    /// The idle limit: it would never be reached.
    #[error("is longer than the absolute timeout; shorten it or lengthen that one")]
    IdleBeyondAbsolute,
    /// The absolute limit: longer than any session should last.
    #[error("is longer than 400 days; set 400d or less")]
    AbsoluteTooLong,
}

/// Both limits of a session's life: without use, and altogether.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    idle: Duration,
    absolute: Duration,
}

impl Limits {
    /// The shortest idle limit: its extension is written at most once a minute, so at one minute it could never be
    /// extended.
    pub const MIN_IDLE: Duration = Duration::from_secs(120);

    /// The longest absolute limit: browsers keep no cookie longer either.
    pub const MAX_ABSOLUTE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

    /// Both limits, if they fit each other.
    ///
    /// # Errors
    ///
    /// If the idle limit is under two minutes or beyond the absolute one, or the absolute one is over 400 days.
    pub const fn new(idle: Duration, absolute: Duration) -> Result<Self, LimitsError> {
        if idle.as_millis() < Self::MIN_IDLE.as_millis() {
            return Err(LimitsError::IdleTooShort);
        }
        if idle.as_millis() > absolute.as_millis() {
            return Err(LimitsError::IdleBeyondAbsolute);
        }
        if absolute.as_millis() > Self::MAX_ABSOLUTE.as_millis() {
            return Err(LimitsError::AbsoluteTooLong);
        }
        Ok(Self { idle, absolute })
    }

    /// How long a session lives without being used.
    #[must_use]
    pub const fn idle(&self) -> Duration {
        self.idle
    }

    /// How long a session lives altogether, whatever happens.
    #[must_use]
    pub const fn absolute(&self) -> Duration {
        self.absolute
    }
}

impl Default for Limits {
    /// 30 minutes without use, 12 hours altogether.
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i12_limits_that_do_not_fit_are_refused() {
        let seconds = Duration::from_secs;
        assert_eq!(
            Limits::new(seconds(59), seconds(600)),
            Err(LimitsError::IdleTooShort)
        );
        assert_eq!(
            Limits::new(seconds(0), seconds(0)),
            Err(LimitsError::IdleTooShort)
        );
        assert_eq!(
            Limits::new(seconds(601), seconds(600)),
            Err(LimitsError::IdleBeyondAbsolute)
        );
        assert_eq!(
            Limits::new(seconds(120), seconds(u64::MAX)),
            Err(LimitsError::AbsoluteTooLong)
        );
        assert!(Limits::new(seconds(120), seconds(120)).is_ok());
        assert_eq!(
            Limits::new(seconds(119), seconds(600)),
            Err(LimitsError::IdleTooShort)
        );
        let default = Limits::default();
        assert_eq!(Limits::new(default.idle(), default.absolute()), Ok(default));
    }
}
