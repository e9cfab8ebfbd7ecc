//! The texts of the page with the person's sessions.

use super::Gaps;

#[cfg_attr(test, derive(Debug))]
pub(crate) struct OwnSessions {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    /// Marks the session of this browser.
    pub(crate) here: &'static str,
    /// Before the moment at which one began.
    pub(crate) began: &'static str,
    /// Before the moment of its last use.
    pub(crate) used: &'static str,
    /// Before the moment at which it ends by itself.
    pub(crate) ends: &'static str,
    /// Before the name of the provider.
    pub(crate) through: &'static str,
    pub(crate) end: &'static str,
    /// The question before one is ended.
    pub(crate) end_sure: &'static str,
    pub(crate) end_yes: &'static str,
    pub(crate) others: &'static str,
    pub(crate) others_sure: &'static str,
    pub(crate) others_yes: &'static str,
    pub(crate) everywhere_sure: &'static str,
    pub(crate) everywhere_yes: &'static str,
    pub(crate) done: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) alone: &'static str,
    pub(crate) history: &'static str,
    pub(crate) history_more: &'static str,
    pub(crate) no_history: &'static str,
    pub(crate) device: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) why: &'static str,
    pub(crate) unreadable: &'static str,
    /// Where a platform has them: its host.
    pub(crate) at_platform: Gaps,
}
