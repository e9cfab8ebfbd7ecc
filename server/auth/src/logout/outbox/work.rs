//! The work on one entry: first the refresh token, so that nothing new comes of it, then the access token.

use std::time::Duration;

use super::{Progress, Step};
use crate::{
    Exeunt,
    logout::Reason,
    provider::{
        dialect::Revocation,
        metadata::Metadata,
        revocation::{self, RevocationError, TokenKind},
    },
    session::record::SessionTokens,
    store::OutboxEntry,
};

/// Does what can be done now. Returns how long the provider asks to be left alone, if it does.
pub(super) async fn revoke(
    exeunt: &Exeunt,
    entry: &OutboxEntry,
    tokens: &SessionTokens,
    progress: &mut Progress,
) -> Option<Duration> {
    if tokens.refresh_token.is_none() {
        progress.refresh_token = Step::Absent;
    } else if keeps_offline_grant(exeunt, entry, tokens) {
        progress.refresh_token = Step::KeptOffline;
    }
    let metadata = match exeunt.provider().metadata().await {
        Ok(metadata) => metadata,
        Err(error) => {
            tracing::debug!(target: "exeunt::outbox", %error, "the provider cannot be asked yet");
            return None;
        }
    };
    match judge_scope(exeunt, entry, &metadata).await {
        Scope::Each => {}
        Scope::Not(step) => {
            *progress = progress.closing(step);
            return None;
        }
        Scope::Unknown => return None,
    }
    let mut asked = None;
    if progress.refresh_token == Step::Todo
        && let Some(token) = &tokens.refresh_token
    {
        progress.refresh_token = one(exeunt, &metadata, TokenKind::Refresh, token, &mut asked).await;
    }
    if progress.access_token == Step::Todo {
        progress.access_token = one(
            exeunt,
            &metadata,
            TokenKind::Access,
            &tokens.access_token,
            &mut asked,
        )
        .await;
    }
    asked
}

/// Whether tokens are revoked one by one here.
enum Scope {
    Each,
    Not(Step),
    Unknown,
}

async fn judge_scope(exeunt: &Exeunt, entry: &OutboxEntry, metadata: &Metadata) -> Scope {
    if metadata.revocation_endpoint.is_none() {
        return Scope::Not(Step::Unsupported);
    }
    let shares_its_grant = Reason::parse(&entry.reason).is_some_and(Reason::leaves_a_successor);
    match metadata.dialect.revocation() {
        Revocation::None => Scope::Not(Step::Unsupported),
        Revocation::Token if !shares_its_grant => Scope::Each,
        // Where one token stands for the whole grant, revoking it would end the sessions that go on. Of a session that
        // another replaced in the same browser that holds at many providers (docs/adr/0014).
        Revocation::Token | Revocation::Grant => {
            match exeunt.store().list(&entry.iss, &entry.sub, exeunt.now()).await {
                Ok(living) if living.is_empty() => Scope::Each,
                Ok(_) => Scope::Not(Step::KeptForOthers),
                Err(_) => Scope::Unknown,
            }
        }
    }
}

/// [Back-Channel Logout 1.0, section 2.7](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions): what was
/// granted for offline access is normally left alone.
fn keeps_offline_grant(exeunt: &Exeunt, entry: &OutboxEntry, tokens: &SessionTokens) -> bool {
    exeunt.settings().logout.keep_offline_access
        && tokens.is_for_offline_access
        && Reason::parse(&entry.reason) == Some(Reason::BackChannel)
}

async fn one(
    exeunt: &Exeunt,
    metadata: &Metadata,
    kind: TokenKind,
    token: &str,
    asked: &mut Option<Duration>,
) -> Step {
    let Some(endpoint) = &metadata.revocation_endpoint else {
        return Step::Unsupported;
    };
    let answer = revocation::revoke_token(
        exeunt.provider().outbound(),
        endpoint,
        &exeunt.settings().provider,
        metadata.secret_in_body,
        kind,
        token,
    )
    .await;
    match answer {
        Ok(()) => Step::Revoked,
        Err(error) => {
            tracing::warn!(target: "exeunt::outbox", ?kind, %error, "a token could not be revoked");
            if let RevocationError::Later { retry_after, .. } = &error {
                *asked = (*asked).max(*retry_after);
            }
            match error {
                error if error.may_pass() => Step::Todo,
                RevocationError::UnsupportedTokenType => Step::Unsupported,
                _ => Step::Refused,
            }
        }
    }
}
