//! One thing that was looked at.

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, but something is worth knowing, or could not be told.
    Warning,
    /// Somebody will stand before an error.
    Wrong,
}

impl Verdict {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

/// What was looked at, what was seen, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, as one word.
    pub check: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen. Holds no secret and nothing that a provider wrote in free text.
    pub seen: String,
    /// What to do about it; none if all is well.
    pub mend: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, seen: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Ok,
            seen: seen.into(),
            mend: None,
        }
    }

    pub(super) fn warning(check: &'static str, seen: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Warning,
            seen: seen.into(),
            mend: Some(mend.into()),
        }
    }

    pub(super) fn wrong(check: &'static str, seen: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Wrong,
            seen: seen.into(),
            mend: Some(mend.into()),
        }
    }
}
