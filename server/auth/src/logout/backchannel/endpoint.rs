//! `POST /auth/backchannel-logout`: where the provider sends its logout tokens.
//!
//! The answer is 200 if the sessions are ended, for whatever reason they are, and 400 for everything else (413 and 415 for
//! size and type), so that a provider that tries again does so for good reason.
//! [Back-Channel Logout 1.0, section 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)

use std::{future::Future, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use openidconnect::core::CoreJsonWebKeySet;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::{
    Expected, LogoutTokenError, VerifiedLogoutToken,
    request::{RequestError, read_logout_token},
    verify_logout_token,
};
use crate::{
    Exeunt,
    audit::Caller,
    logout::{
        Reason,
        ending::{self, Ended, Ending},
    },
    metrics::{self, BackChannelAnswer},
    provider::{KeyBudget, id_token::LEEWAY, metadata::Metadata},
    store::{MarkRule, Once, Selector, SidSubject, StoreError},
};

/// Its path, below the base path.
pub const PATH: &str = "/auth/backchannel-logout";

/// How long discovery and keys may take, together. The provider may be waiting for our answer before it gives one: what was
/// fetched earlier serves then, and else it gets its 400 before it loses patience (`oidc-provider`: 2.5 seconds).
const FETCH_BUDGET: Duration = Duration::from_secs(2);

/// Under what the identifiers of tokens that were acted on are remembered.
const PURPOSE: &str = "logout_token";

/// Why nothing was ended. Holds nothing of the token.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Token(#[from] LogoutTokenError),
    /// Nobody knows whom the provider meant: the safe reading is that something is wrong with it.
    #[error("the logout token names a session that is another person's")]
    SubjectMismatch,
    #[error("the provider's metadata or keys cannot be had now")]
    NoKeys,
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    #[error("the work broke off")]
    Broken,
}

impl Refusal {
    const fn word(&self) -> BackChannelAnswer {
        match self {
            Self::Request(_) => BackChannelAnswer::Request,
            Self::Token(_) => BackChannelAnswer::Token,
            Self::SubjectMismatch => BackChannelAnswer::AnotherPerson,
            Self::NoKeys => BackChannelAnswer::NoKeys,
            Self::Store(_) => BackChannelAnswer::Store,
            Self::Broken => BackChannelAnswer::Broken,
        }
    }

    /// [Section 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse): also a logout that failed
    /// is a 400. What it says is the same whoever has sessions here, and whoever has none.
    fn answer(&self) -> Response {
        let (error, description) = match self {
            Self::Request(error) => ("invalid_request", error.to_string()),
            Self::Token(error) => ("invalid_request", error.to_string()),
            Self::SubjectMismatch => ("invalid_request", "the logout token is not acceptable".to_owned()),
            Self::NoKeys | Self::Store(_) | Self::Broken => (
                "logout_failed",
                "the logout failed; the token may be sent again".to_owned(),
            ),
        };
        let status = match self {
            Self::Request(error) => error.status(),
            _ => StatusCode::BAD_REQUEST,
        };
        let body = serde_json::json!({"error": error, "error_description": description});
        (status, [(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
    }
}

/// Ends what the logout token in the request names.
pub async fn post(State(exeunt): State<Exeunt>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let result = match read_logout_token(&parts.headers, body).await {
        Ok(raw) => {
            let caller = Caller::of(&parts.extensions);
            // The provider may hang up at any moment; what it said is seen through to the end.
            let work = exeunt
                .clone()
                .spawn(async move { act(&exeunt, &raw, caller).await });
            work.await.unwrap_or(Err(Refusal::Broken))
        }
        Err(error) => Err(error.into()),
    };
    metrics::back_channel_answered(match &result {
        Ok(Ended { repeated: true, .. }) => BackChannelAnswer::Repeated,
        Ok(Ended { rows, .. }) if rows.is_empty() => BackChannelAnswer::NoSession,
        Ok(_) => BackChannelAnswer::Ended,
        Err(refusal) => refusal.word(),
    });
    match result {
        Ok(Ended { rows, repeated, .. }) => {
            tracing::info!(target: "exeunt::logout", sessions = rows.len(), repeated, "the provider sent a logout token");
            (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response()
        }
        Err(refusal) => {
            tracing::warn!(target: "exeunt::logout", error = %refusal, "a logout token was not acted on");
            refusal.answer()
        }
    }
}

async fn act(exeunt: &Exeunt, raw: &str, caller: Caller) -> Result<Ended, Refusal> {
    let token = verify(exeunt, raw).await?;
    refuse_anothers_session(exeunt, &token).await?;
    let (selector, marks) = selection(&token);
    let reason = if token.revoke_offline_access() {
        Reason::BackChannelOffline
    } else {
        Reason::BackChannel
    };
    let once = Once {
        purpose: PURPOSE,
        id: identity(&token),
        until: token.remember_until(),
    };
    let ending = Ending::new(selector, marks, reason, caller).once(once);
    Ok(ending::carry_out(exeunt, ending).await?)
}

/// Which sessions a token means, and which logins in flight.
/// [Section 2.7](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions)
fn selection(token: &VerifiedLogoutToken) -> (Selector, MarkRule) {
    let iss = token.iss().to_owned();
    // What comes late spares who has signed in again since it was sent, give or take what clocks differ.
    let started_by = Some(token.iat() + LEEWAY);
    match token.sid() {
        Some(sid) => {
            let sid = sid.to_owned();
            // Of a session whose ID token had no `sid`, the `sub` alone tells whose it is.
            let sub = token.sub().map(|sub| SidSubject {
                sub: sub.to_owned(),
                nameless_started_by: started_by,
            });
            (Selector::Sid { iss, sid, sub }, MarkRule::Sid)
        }
        None => {
            // Of a token that names a person alone, `sub` is there: it passed the verifier.
            let sub = token.sub().unwrap_or_default().to_owned();
            (Selector::Subject { iss, sub, started_by }, MarkRule::Subject)
        }
    }
}

/// A token with `sub` and `sid` must fit both. Where nobody has that `sid`, it fits.
async fn refuse_anothers_session(exeunt: &Exeunt, token: &VerifiedLogoutToken) -> Result<(), Refusal> {
    let (Some(sub), Some(sid)) = (token.sub(), token.sid()) else {
        return Ok(());
    };
    let sessions = exeunt.store().list_by_sid(token.iss(), sid, exeunt.now()).await?;
    if sessions.is_empty() || sessions.iter().any(|session| session.sub == sub) {
        Ok(())
    } else {
        Err(Refusal::SubjectMismatch)
    }
}

/// Of two tokens with one `jti` the second acts on nothing, whatever else stands in it. The length keeps apart what the
/// issuer and the `jti` are.
fn identity(token: &VerifiedLogoutToken) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(token.iss().len().to_be_bytes());
    hash.update(token.iss());
    hash.update(token.jti());
    hash.finalize().into()
}

async fn verify(exeunt: &Exeunt, raw: &str) -> Result<VerifiedLogoutToken, Refusal> {
    let deadline = Instant::now() + FETCH_BUDGET;
    let metadata = metadata(exeunt, deadline).await.ok_or(Refusal::NoKeys)?;
    let keys = keys(exeunt, &metadata, deadline).await.ok_or(Refusal::NoKeys)?;
    let settings = exeunt.settings();
    let judge = |keys: &CoreJsonWebKeySet| {
        let expected = Expected {
            issuer: settings.provider.issuer.as_str(),
            client_id: settings.provider.client_id.as_str(),
            alg: &metadata.id_token_alg,
        };
        verify_logout_token(raw, keys, &expected, &settings.logout_tokens, exeunt.now())
    };
    match judge(&keys) {
        Err(error) if error.asks_for_newer_keys() => match newer_keys(exeunt, &metadata, deadline).await {
            Some(newer) if !Arc::ptr_eq(&newer, &keys) => Ok(judge(&newer)?),
            Some(_) => Err(error.into()),
            // Whether the key is one of the provider's nobody can tell now.
            None => Err(Refusal::NoKeys),
        },
        verdict => Ok(verdict?),
    }
}

async fn metadata(exeunt: &Exeunt, deadline: Instant) -> Option<Arc<Metadata>> {
    let known = exeunt.clone();
    let fetched = by(deadline, async move { known.provider().metadata().await.ok() }).await;
    fetched.or_else(|| exeunt.provider().known_metadata())
}

async fn keys(
    exeunt: &Exeunt,
    metadata: &Arc<Metadata>,
    deadline: Instant,
) -> Option<Arc<CoreJsonWebKeySet>> {
    let (known, metadata) = (exeunt.clone(), Arc::clone(metadata));
    let fetched = by(
        deadline,
        async move { known.provider().keys(&metadata).await.ok() },
    )
    .await;
    fetched.or_else(|| exeunt.provider().known_keys())
}

async fn newer_keys(
    exeunt: &Exeunt,
    metadata: &Arc<Metadata>,
    deadline: Instant,
) -> Option<Arc<CoreJsonWebKeySet>> {
    let (known, metadata) = (exeunt.clone(), Arc::clone(metadata));
    let refetch = async move {
        known
            .provider()
            .keys_again(&metadata, KeyBudget::BackChannel)
            .await
            .ok()
    };
    by(deadline, refetch).await
}

/// What `fetch` gives, if it does by then. It goes on in any case: a provider that answers one request at a time answers it
/// once it has our 400, and the next token finds the keys.
async fn by<T: Send + 'static>(
    deadline: Instant,
    fetch: impl Future<Output = Option<T>> + Send + 'static,
) -> Option<T> {
    tokio::time::timeout_at(deadline, tokio::spawn(fetch))
        .await
        .ok()?
        .ok()?
}
