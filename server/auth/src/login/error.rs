//! Why a sign-in failed, and the page that says so. Every page has a way on; none repeats what came from outside.

use http::StatusCode;

use crate::{
    Exeunt,
    http::page::Page,
    provider::{code::CodeError, id_token::IdTokenError, keys::KeysError, metadata::DiscoveryError},
};

/// Why a callback gave no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// Parameters are doubled, or neither code nor error is there.
    #[error("the callback's parameters are malformed")]
    Malformed,
    /// Parameters are too long or too many.
    #[error("the callback's parameters are too long")]
    TooLong,
    /// There is no `state`.
    #[error("the callback has no state")]
    NoState,
    /// This browser has no attempt of this `state`: another browser's, used already, or the cookie expired.
    #[error("the state belongs to no attempt of this browser")]
    UnknownAttempt,
    /// The attempt took longer than ten minutes.
    #[error("the attempt has expired")]
    Expired,
    /// `iss` is another issuer's.
    #[error("the answer comes from another issuer")]
    OtherIssuer,
    /// The provider promises `iss` and sent none.
    #[error("the answer lacks the issuer that the provider promises")]
    NoIssuer,
    /// The provider answered with an error.
    #[error("the provider answered {0}")]
    Provider(String),
    /// Discovery failed.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The provider took too long.
    #[error("the provider took too long")]
    TooSlow,
    /// The code gave no tokens.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The keys are not to be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The ID token is refused.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The person does not meet `EXEUNT_REQUIRE_CLAIM`.
    #[error("the person does not meet EXEUNT_REQUIRE_CLAIM: {0}")]
    NotAdmitted(String),
    /// A sign-out came after this attempt began.
    #[error("a sign-out overtook this attempt")]
    Overtaken,
    /// The ID token's `session_expiry` has passed.
    #[error(
        "the provider allows no session any more: session_expiry has passed; check the clocks of this server and of the provider"
    )]
    SessionOver,
    /// Store, keys or randomness failed.
    #[error("the session could not be begun: {0}")]
    Internal(String),
}

impl PartialEq for CallbackError {
    /// By kind: enough for tests, and sources have no equality.
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl From<crate::seal::SealError> for CallbackError {
    fn from(error: crate::seal::SealError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<crate::random::RandomError> for CallbackError {
    fn from(error: crate::random::RandomError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<crate::store::StoreError> for CallbackError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl CallbackError {
    /// The status of its page.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed
            | Self::NoState
            | Self::UnknownAttempt
            | Self::Expired
            | Self::OtherIssuer
            | Self::NoIssuer
            | Self::Overtaken => StatusCode::BAD_REQUEST,
            Self::TooLong => StatusCode::URI_TOO_LONG,
            Self::Provider(error)
                if matches!(
                    &**error,
                    "access_denied"
                        | "login_required"
                        | "interaction_required"
                        | "consent_required"
                        | "account_selection_required"
                ) =>
            {
                StatusCode::FORBIDDEN
            }
            Self::NotAdmitted(_) | Self::SessionOver => StatusCode::FORBIDDEN,
            Self::TooSlow => StatusCode::GATEWAY_TIMEOUT,
            Self::Provider(_) | Self::Discovery(_) | Self::Code(_) | Self::Keys(_) | Self::IdToken(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::Internal(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its page: what happened and what to do.
    #[must_use]
    pub fn page(&self, exeunt: &Exeunt) -> Page {
        let (title, text) = match self {
            Self::UnknownAttempt | Self::Expired | Self::NoState => (
                "This sign-in is over",
                "It took longer than ten minutes, was finished already, or began in another browser. Please start again.",
            ),
            Self::Malformed | Self::TooLong | Self::OtherIssuer | Self::NoIssuer => (
                "That was not a proper answer",
                "What came back does not fit the sign-in that was begun here. Nothing was changed. Please start again.",
            ),
            Self::Provider(error) if error == "access_denied" => (
                "Sign-in was declined",
                "The provider says that access was denied. You are not signed in.",
            ),
            Self::Provider(error)
                if matches!(
                    &**error,
                    "login_required"
                        | "interaction_required"
                        | "consent_required"
                        | "account_selection_required"
                ) =>
            {
                (
                    "You are not signed in at the provider",
                    "It wants to ask you something first. Please sign in.",
                )
            }
            Self::Provider(_) => (
                "The provider could not sign you in",
                "It reported an error. Please try again in a moment.",
            ),
            Self::NotAdmitted(_) => (
                "This account may not sign in here",
                "You signed in at the provider, but this app admits only certain accounts. Use another one, or ask whoever runs the app.",
            ),
            Self::IdToken(
                IdTokenError::Expired | IdTokenError::IssuedInFuture | IdTokenError::IssuedTooEarly,
            ) => (
                "The clocks do not agree",
                "The provider's clock and this server's differ too much. Whoever runs the app should check the clocks. You are not signed in.",
            ),
            Self::Discovery(_) | Self::TooSlow | Self::Code(CodeError::Outbound(_)) | Self::Keys(_) => (
                "The provider cannot be reached",
                "It did not answer as it should. You are not signed in. Please try again in a moment.",
            ),
            Self::Code(_) | Self::IdToken(_) => (
                "The provider's answer cannot be trusted",
                "It did not pass the checks of this app. You are not signed in.",
            ),
            Self::Overtaken => (
                "You signed out meanwhile",
                "This sign-in began before you signed out, so it was not finished. Sign in again if you want to.",
            ),
            Self::SessionOver => (
                "Your session at the provider is over",
                "The provider says that it allows no session here any more. You are not signed in. Please sign in again.",
            ),
            Self::Internal(_) => (
                "Signing in does not work just now",
                "This server has a problem of its own. You are not signed in. Please try again in a moment.",
            ),
        };
        let url = exeunt.public_url();
        let page = Page::problem(self.status(), title, text);
        let page = if matches!(self, Self::NotAdmitted(_)) {
            page.with_link(
                "Use another account",
                url.rooted("/auth/login?prompt=select_account"),
            )
        } else {
            page.with_link("Sign in", url.rooted("/auth/login"))
        };
        page.with_link("To the first page", url.rooted("/"))
    }
}
