//! The access token for the app's own server code: fresh, or a clear refusal.

use std::{fmt, time::Duration};

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};

use super::{
    Carried, CurrentSession, SessionRejection,
    record::SessionTokens,
    refresh::{self, Outcome, Seen, stored},
    refusal,
};
use crate::{audit::Caller, clock::Timestamp};

/// An access token of the session at hand, for calls that the app's own server code makes. It is good for 30 seconds at
/// least, or for a quarter of its life if that is less, unless the provider cannot be reached or gives none that is good for so long; then it is the one that there is,
/// as long as it is good at all. Where the provider did not tell its end, it is taken to be good.
///
/// If it must be refreshed, one refresh serves all requests that need it at that moment, on all instances. The token must
/// not be sent to the browser.
///
/// Needs the layer of [`protect`](crate::http::router::protect).
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use exeunt::session::FreshAccessToken;
///
/// /// Asks another service on the person's behalf.
/// async fn orders(token: FreshAccessToken) -> String {
///     let authorization = format!("Bearer {}", token.secret());
///     # let ask = |_: String| String::new();
///     ask(authorization)
/// }
///
/// let routes: Router = Router::new().route("/api/orders", get(orders));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FreshAccessToken {
    token: String,
    expires_at: Option<Timestamp>,
}

impl FreshAccessToken {
    /// The token. Do not log it, and do not send it to the browser.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.token
    }

    /// When it expires, if the provider said so.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    fn of(tokens: &SessionTokens) -> Self {
        Self {
            token: tokens.access_token.clone(),
            expires_at: tokens.expires_at,
        }
    }
}

impl fmt::Debug for FreshAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FreshAccessToken")
    }
}

/// Why there is no access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessTokenRejection {
    /// Nobody is signed in, or the provider ended the session: 401. The cookie is removed.
    SignedOut,
    /// It has run out, and the provider gave nothing to refresh it with: 401. A new sign-in brings a new one.
    RanOut,
    /// The store did not answer: 503.
    Unknown,
    /// It has run out, and could not be refreshed just now: 503.
    Unavailable,
}

impl From<SessionRejection> for AccessTokenRejection {
    fn from(rejection: SessionRejection) -> Self {
        match rejection {
            SessionRejection::SignedOut => Self::SignedOut,
            SessionRejection::Unknown => Self::Unknown,
        }
    }
}

impl IntoResponse for AccessTokenRejection {
    fn into_response(self) -> Response {
        match self {
            Self::SignedOut => SessionRejection::SignedOut.into_response(),
            Self::Unknown => SessionRejection::Unknown.into_response(),
            Self::RanOut => refusal(
                StatusCode::UNAUTHORIZED,
                "access_token_expired",
                "What the provider allowed has run out. Please log in again.",
            ),
            Self::Unavailable => refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "access_token_unavailable",
                "The provider could not be reached just now. Please try again.",
            ),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FreshAccessToken {
    type Rejection = AccessTokenRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let session = match CurrentSession::of(&parts.extensions) {
            CurrentSession::Live(session) => session,
            CurrentSession::None => return Err(AccessTokenRejection::SignedOut),
            CurrentSession::Unknown => return Err(AccessTokenRejection::Unknown),
        };
        let Some(carried) = parts.extensions.get::<Carried>().cloned() else {
            return Err(AccessTokenRejection::SignedOut);
        };
        let caller = Caller::of(&parts.extensions);
        let fresh = fresh(&carried, &session.head.key, caller).await;
        if fresh == Err(AccessTokenRejection::SignedOut) {
            carried.note_dead();
        }
        fresh
    }
}

async fn fresh(
    carried: &Carried,
    key: &crate::store::SessionKey,
    caller: Caller,
) -> Result<FreshAccessToken, AccessTokenRejection> {
    let exeunt = &carried.exeunt;
    let tokens = match stored::read_tokens(exeunt, key).await {
        Ok(Some(tokens)) => tokens,
        Ok(None) => return Err(AccessTokenRejection::SignedOut),
        Err(error) => {
            tracing::error!(target: "exeunt::refresh", %error, "the tokens of a session could not be read");
            return Err(AccessTokenRejection::Unknown);
        }
    };
    if tokens.are_fresh(exeunt.now()) {
        return Ok(FreshAccessToken::of(&tokens));
    }
    let still_good = |tokens: &SessionTokens| tokens.are_good_for(Duration::ZERO, exeunt.now());
    let outcome = match tokens.refresh_token {
        Some(_) => {
            refresh::refresh(
                exeunt,
                *key,
                Seen::AccessToken(tokens.access_token.clone()),
                caller,
            )
            .await
        }
        None => Outcome::CannotRefresh,
    };
    match outcome {
        Outcome::Tokens(renewed) if still_good(&renewed) => Ok(FreshAccessToken::of(&renewed)),
        Outcome::Ended => Err(AccessTokenRejection::SignedOut),
        _ if still_good(&tokens) => Ok(FreshAccessToken::of(&tokens)),
        Outcome::CannotRefresh => Err(AccessTokenRejection::RanOut),
        Outcome::Tokens(_) | Outcome::Failed => Err(AccessTokenRejection::Unavailable),
    }
}
