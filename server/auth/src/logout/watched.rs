//! The end of a session whose browser is no longer signed in at the provider as the same person, as a silent check found.
//! [Session Management 1.0, section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe)

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::{
    Ending, Reason,
    body::Scope,
    ending,
    outbox::{self, Progress},
    pending::{self, PendingLogout},
    plan::{self, Others},
    receipt::{Layer, Receipt, Status},
    rp_initiated::LogoutHint,
    token_lines::{self, TokensKnown},
    unfinished::{self, Unfinished},
};
use crate::{
    Exeunt,
    audit::Caller,
    http::cookies::{self, PENDING_LIFETIME, PROMPT_LIFETIME},
    login::{attempt, in_flight},
    random,
    session::{
        LiveSession,
        record::{self, Column, SessionTokens},
    },
    session_management::Finding,
    store::{MarkRule, OutboxId, Selector, SessionKey, SessionRow, StoreError},
};

/// How long the browser waits for the revocation of the tokens.
const REVOCATION_BUDGET: Duration = Duration::from_millis(1500);

/// Ends it, and adds to the answer what the browser is to forget and to remember: the page `/logged-out` tells the rest.
pub(crate) async fn end(
    exeunt: &Exeunt,
    session: &LiveSession,
    found: Finding,
    headers: &HeaderMap,
    caller: &Caller,
    out: &mut HeaderMap,
) {
    let names = exeunt.cookies();
    cookies::append(out, names.remove(&names.session()));
    attempt::forget_all(exeunt, headers, out);
    out.insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    // Proved to be signed out there, the next login meets a provider that asks anyway (invariant I19).
    if found != Finding::Nobody {
        cookies::append(out, names.set(&names.prompt(), "1", Some(PROMPT_LIFETIME)));
    }
    let key = session.head.key;
    let ending = Ending::new(
        Selector::Key(key),
        MarkRule::Sid,
        Reason::SessionManagement,
        caller.clone(),
    );
    if let Err(error) = in_flight::cancel(exeunt, headers, caller).await {
        tracing::error!(target: "exeunt::logout", %error, "the logins in flight could not be cancelled");
    }
    let kept = match ending::carry_out(exeunt, ending).await {
        Ok(ended) => {
            let tokens = if ended.queued {
                revoke(exeunt, &key).await
            } else {
                TokensKnown::NotQueued
            };
            let held = ended.rows.first().and_then(|row| tokens_of(exeunt, row));
            let receipt = receipt(exeunt, session, held.as_ref(), found, tokens).await;
            let outbox = ended.queued.then_some(OutboxId(key.0));
            let hint = held
                .filter(|_| may_leave(exeunt, found))
                .as_ref()
                .map(LogoutHint::of);
            remember(exeunt, receipt, outbox, hint)
                .await
                .map(|cookie| (names.pending(), cookie, Some(PENDING_LIFETIME)))
        }
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "the session could not be ended");
            let unfinished = Unfinished {
                keys: vec![key],
                scope: Scope::App,
            };
            unfinished::seal(exeunt, &unfinished)
                .map(|cookie| (names.unfinished(), cookie, None))
                .map_err(StoreError::backend)
        }
    };
    match kept {
        Ok((name, cookie, lifetime)) => cookies::append(out, names.set(&name, &cookie, lifetime)),
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "what the page tells could not be kept");
        }
    }
}

async fn revoke(exeunt: &Exeunt, key: &SessionKey) -> TokensKnown {
    let progress = outbox::try_at_once(exeunt, OutboxId(key.0), REVOCATION_BUDGET).await;
    TokensKnown::Progress(progress.unwrap_or(Progress::BEGINNING))
}

/// Whether the person may still want to end the provider's session: it is not proved to be over, and the provider has, as far
/// as is known, an endpoint for that. How the browser leaves is found out when it does.
fn may_leave(exeunt: &Exeunt, found: Finding) -> bool {
    found != Finding::Nobody
        && exeunt
            .provider()
            .known_metadata()
            .is_none_or(|metadata| metadata.end_session_endpoint.is_some())
}

async fn remember(
    exeunt: &Exeunt,
    receipt: Receipt,
    outbox: Option<OutboxId>,
    hint: Option<LogoutHint>,
) -> Result<String, StoreError> {
    let state = random::token(exeunt.random()).map_err(StoreError::backend)?;
    let pending = PendingLogout::new(state, None, receipt, None, false)
        .with_hint(hint)
        .with_outbox(outbox);
    pending::remember(exeunt, &pending).await
}

async fn receipt(
    exeunt: &Exeunt,
    session: &LiveSession,
    held: Option<&SessionTokens>,
    found: Finding,
    tokens: TokensKnown,
) -> Receipt {
    let (now, host) = (exeunt.now(), exeunt.provider().host());
    let mut receipt = Receipt::new(now);
    let detail = format!("{host} no longer vouches for you in this browser, so this app signed you out.");
    receipt.note(Layer::AppSession, Status::Ended, detail);
    let others = exeunt
        .store()
        .list(&session.head.iss, &session.head.sub, now)
        .await;
    plan::note_others(
        &mut receipt,
        others.map_or(Others::Unknown, |heads| Others::Kept(heads.len())),
    );
    plan::note_open_tabs(&mut receipt);
    if let Some(held) = held {
        token_lines::note(&mut receipt, tokens, held.refresh_token.is_some(), &host);
    }
    let (status, detail) = provider_session(found, &host);
    receipt.note(Layer::ProviderSession, status, detail);
    plan::note_upstream(
        &mut receipt,
        &host,
        held.and_then(|held| held.upstream_idp.as_deref()),
    );
    receipt
}

fn provider_session(found: Finding, host: &str) -> (Status, String) {
    match found {
        Finding::Nobody => (
            Status::Ended,
            format!("{host} says that nobody is signed in there any more, in this browser."),
        ),
        Finding::AnotherPerson => (
            Status::Unconfirmed,
            format!("Somebody else is signed in at {host} in this browser now."),
        ),
        Finding::SamePerson | Finding::NoProof | Finding::Unknown => (
            Status::Unconfirmed,
            format!("{host} did not confirm that you are still signed in there."),
        ),
    }
}

fn tokens_of(exeunt: &Exeunt, row: &SessionRow) -> Option<SessionTokens> {
    record::open_column(exeunt.keyring(), &row.key, Column::Tokens, &row.tokens).ok()
}
