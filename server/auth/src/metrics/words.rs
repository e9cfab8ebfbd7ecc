//! The words that stand in labels.

use crate::{
    login::error::CallbackError,
    logout::outbox::{Progress, Step},
};

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident: $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$what])* $variant,)+
        }

        impl $name {
            pub(super) const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words! {
    /// What came of a wish to sign in.
    LoginStart {
        /// The browser was sent to the provider.
        Begun: "begun",
        /// A browser asked beforehand; nobody pressed anything yet.
        Prefetch: "prefetch",
        /// A link named another provider.
        UnknownIssuer: "unknown_issuer",
        /// The provider is not known, or something of ours failed.
        Failed: "failed",
    }
}

words! {
    /// What came of a back-channel logout request.
    BackChannelAnswer {
        /// 200: sessions ended.
        Ended: "ended",
        /// 200: nobody had such a session any more.
        NoSession: "no_session",
        /// 200: the token had been acted on before.
        Repeated: "repeated",
        /// 400, 413, 415: the request is not one.
        Request: "bad_request",
        /// 400: the logout token is refused.
        Token: "bad_token",
        /// 400: the session is another person's.
        AnotherPerson: "another_person",
        /// 400: the provider's keys are not to be had.
        NoKeys: "no_keys",
        /// 400: the store failed.
        Store: "store_failed",
        /// 400: the work broke off.
        Broken: "broken_off",
    }
}

words! {
    /// What came of a refresh that was asked of the provider.
    RefreshOutcome {
        /// The session has new tokens.
        Refreshed: "refreshed",
        /// The provider refused; the session ended.
        Refused: "refused",
        /// The answer was about somebody or something else; the session ended.
        Mismatch: "mismatch",
        /// The session ended meanwhile; the new tokens are revoked.
        Overtaken: "overtaken",
        /// Nothing came of it.
        Failed: "failed",
    }
}

words! {
    /// What came of an attempt to revoke the tokens of a session.
    AttemptOutcome {
        /// All of them are revoked.
        Revoked: "revoked",
        /// Something was kept on purpose.
        Kept: "kept",
        /// The provider offers no way to.
        Unsupported: "unsupported",
        /// The provider refused for good.
        Refused: "refused",
        /// It was tried for a day.
        GivenUp: "given_up",
        /// To be tried again.
        Again: "again",
    }
}

/// Of two tokens the worse fate counts.
pub(crate) fn outbox_outcome(progress: Progress) -> AttemptOutcome {
    let of = |step| match step {
        Step::Revoked | Step::Absent => AttemptOutcome::Revoked,
        Step::KeptOffline | Step::KeptForOthers => AttemptOutcome::Kept,
        Step::Unsupported => AttemptOutcome::Unsupported,
        Step::Refused => AttemptOutcome::Refused,
        Step::GivenUp => AttemptOutcome::GivenUp,
        Step::Todo => AttemptOutcome::Again,
    };
    let (one, other) = (of(progress.refresh_token), of(progress.access_token));
    if (one as u8) < (other as u8) { other } else { one }
}

/// Every word of [`login_outcome`].
pub(super) const LOGIN_OUTCOMES: [&str; 19] = [
    "signed_in",
    "rechecked",
    "malformed",
    "too_long",
    "no_state",
    "unknown_attempt",
    "expired",
    "other_issuer",
    "no_issuer",
    "provider_error",
    "discovery",
    "too_slow",
    "code",
    "keys",
    "id_token",
    "not_admitted",
    "overtaken",
    "session_over",
    "internal",
];

/// How a sign-in ended, in one word. `is_recheck`: it was a silent check whether a session goes on.
pub(crate) const fn login_outcome(result: Result<(), &CallbackError>, is_recheck: bool) -> &'static str {
    match result {
        Ok(()) if is_recheck => "rechecked",
        Ok(()) => "signed_in",
        Err(CallbackError::Malformed) => "malformed",
        Err(CallbackError::TooLong) => "too_long",
        Err(CallbackError::NoState) => "no_state",
        Err(CallbackError::UnknownAttempt) => "unknown_attempt",
        Err(CallbackError::Expired) => "expired",
        Err(CallbackError::OtherIssuer) => "other_issuer",
        Err(CallbackError::NoIssuer) => "no_issuer",
        Err(CallbackError::Provider(_)) => "provider_error",
        Err(CallbackError::Discovery(_)) => "discovery",
        Err(CallbackError::TooSlow) => "too_slow",
        Err(CallbackError::Code(_)) => "code",
        Err(CallbackError::Keys(_)) => "keys",
        Err(CallbackError::IdToken(_)) => "id_token",
        Err(CallbackError::NotAdmitted(_)) => "not_admitted",
        Err(CallbackError::Overtaken) => "overtaken",
        Err(CallbackError::SessionOver) => "session_over",
        Err(CallbackError::Internal(_)) => "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_tokens_the_worse_fate_counts() {
        let outcome = |refresh_token, access_token| {
            outbox_outcome(Progress {
                refresh_token,
                access_token,
            })
        };
        assert_eq!(outcome(Step::Absent, Step::Revoked), AttemptOutcome::Revoked);
        assert_eq!(outcome(Step::KeptOffline, Step::Revoked), AttemptOutcome::Kept);
        assert_eq!(outcome(Step::Revoked, Step::Todo), AttemptOutcome::Again);
        assert_eq!(outcome(Step::Todo, Step::Refused), AttemptOutcome::Again);
        assert_eq!(outcome(Step::Refused, Step::GivenUp), AttemptOutcome::GivenUp);
    }

    #[test]
    fn every_end_of_a_sign_in_has_a_word_that_is_listed() {
        let source = include_str!("words.rs");
        let words = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Err(CallbackError::"))
            .filter_map(|line| line.split('"').nth(1));
        let words: Vec<_> = ["signed_in", "rechecked"].into_iter().chain(words).collect();
        assert_eq!(words, LOGIN_OUTCOMES);
    }
}
