//! How the session of a page ended.

/// How the session of a page ended, as far as it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionEnd {
    /// The server's word why; empty: nobody said.
    pub(crate) why: String,
    /// In unix seconds.
    pub(crate) at: Option<i64>,
    /// Something that the person was writing is kept in this tab.
    pub(crate) is_draft_kept: bool,
}

impl SessionEnd {
    /// As the server's event, or another tab, tells it.
    pub(crate) fn told(why: &str, at: i64) -> Self {
        Self {
            why: why.into(),
            at: (at > 0).then_some(at),
            is_draft_kept: false,
        }
    }

    /// Its time was up, by the count of this page.
    pub(crate) fn out_of_time(limit: Option<i64>) -> Self {
        Self {
            why: "expired".into(),
            at: limit,
            is_draft_kept: false,
        }
    }
}
