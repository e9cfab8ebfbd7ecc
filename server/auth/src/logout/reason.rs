//! Why a session ends.

use crate::{clock::Timestamp, store::SessionRow};

/// Why a session ends. The word stands in the audit log and in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Its own browser signed out.
    Logout,
    /// The person signed out everywhere, in another browser.
    Everywhere,
    /// The person ended it from another session.
    AnotherSession,
    /// Another login of the same person began in its browser.
    Replaced,
    /// Another person signed in in its browser.
    AnotherPerson,
    /// The provider said so.
    /// [Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)
    BackChannel,
    /// The provider said so, and that grants for offline access end too.
    BackChannelOffline,
    /// The provider had the browser say so.
    /// [Front-Channel Logout 1.0](https://openid.net/specs/openid-connect-frontchannel-1_0.html)
    FrontChannel,
    /// The browser's session at the provider ended or became another person's.
    /// [Session Management 1.0](https://openid.net/specs/openid-connect-session-1_0.html)
    SessionManagement,
    /// The provider refused to refresh its tokens.
    RefreshRefused,
    /// The provider's answer to a refresh was about somebody or something else.
    RefreshMismatch,
    /// An operator ended it.
    Operator,
    /// It reached its idle or absolute limit.
    Expired,
    /// It never began: its login brought tokens, and no session.
    Unused,
}

impl Reason {
    pub(crate) const ALL: [Self; 14] = [
        Self::Logout,
        Self::Everywhere,
        Self::AnotherSession,
        Self::Replaced,
        Self::AnotherPerson,
        Self::BackChannel,
        Self::BackChannelOffline,
        Self::FrontChannel,
        Self::SessionManagement,
        Self::RefreshRefused,
        Self::RefreshMismatch,
        Self::Operator,
        Self::Expired,
        Self::Unused,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Everywhere => "everywhere",
            Self::AnotherSession => "another_session",
            Self::Replaced => "replaced",
            Self::AnotherPerson => "another_person",
            Self::BackChannel => "back_channel",
            Self::BackChannelOffline => "back_channel_offline",
            Self::FrontChannel => "front_channel",
            Self::SessionManagement => "session_management",
            Self::RefreshRefused => "refresh_refused",
            Self::RefreshMismatch => "refresh_mismatch",
            Self::Operator => "operator",
            Self::Expired => "expired",
            Self::Unused => "unused",
        }
    }

    /// By its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// Why a session ended that something ended at `now` for this reason: one that had run out ended then.
    #[must_use]
    pub(crate) fn at_the_end_of(self, row: &SessionRow, now: Timestamp) -> Self {
        if row.is_living(now) { self } else { Self::Expired }
    }

    /// Whether another session of the same person in the same browser took its place: many providers keep one grant for
    /// both, so that what is revoked of the first is lost to the second. Nothing else leaves anybody who would lose.
    #[must_use]
    pub(crate) const fn leaves_a_successor(self) -> bool {
        matches!(self, Self::Replaced)
    }

    /// Whether the provider's session may have outlived this end, so that the browser may still want to end it there: by
    /// the exception of invariant I3, within ten minutes.
    #[must_use]
    pub(crate) const fn leaves_a_remnant(self) -> bool {
        matches!(self, Self::BackChannel | Self::BackChannelOffline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_from_its_word() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(Reason::parse("whim"), None);
    }
}
