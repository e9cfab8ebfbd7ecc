//! The local part of a sign-out: what the store is asked to end, before anything else happens.

use http::HeaderMap;

use super::{
    body::Scope,
    plan::{LocalEnd, Others},
    unfinished,
};
use crate::{
    Exeunt,
    clock::Timestamp,
    session::{
        SessionToken,
        record::{self, Column, SessionTokens},
    },
    store::{MarkRule, Selector, SessionKey, SessionRow, StoreError},
};

/// What the store did.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) end: LocalEnd,
    pub(super) others: Others,
    /// What the store did not end.
    pub(super) stuck: Vec<SessionKey>,
    /// How far it reaches: as asked, or as an earlier, unfinished one was asked.
    pub(super) scope: Scope,
}

/// Takes the session of this browser, one that an earlier try left unfinished, and, for "everywhere", all of the person's.
pub(super) async fn end_locally(exeunt: &Exeunt, headers: &HeaderMap, scope: Scope, now: Timestamp) -> Local {
    // All that were sent under the name: one that somebody planted may be ended too, and ours must not be left alive.
    let presented: Vec<SessionKey> = exeunt
        .cookies()
        .values(headers, &exeunt.cookies().session())
        .iter()
        .filter_map(|value| Some(SessionToken::parse(value)?.key()))
        .take(MOST_PRESENTED)
        .collect();
    let unfinished = unfinished::find(exeunt, headers).unwrap_or_default();
    let scope = if unfinished.keys.is_empty() {
        scope
    } else {
        scope.max(unfinished.scope)
    };
    let mut keys = presented.clone();
    keys.extend(unfinished.keys.iter().filter(|key| !presented.contains(key)));
    let (taken, stuck) = take_all(exeunt, &keys, now).await;
    let local = |end, others| Local {
        end,
        others,
        stuck: stuck.clone(),
        scope,
    };
    if !stuck.is_empty() {
        return local(LocalEnd::Failed, Others::Unknown);
    }
    // A living one speaks for the person; one that had run out only where there is no other.
    let Some(row) = taken.iter().find(|row| row.is_living(now)).or(taken.first()) else {
        return local(LocalEnd::NoSession, Others::Unknown);
    };
    // Of several, nobody knows which is the person's: then the provider is asked without a hint.
    let tokens = if presented.len() > 1 {
        None
    } else {
        tokens_of(exeunt, row)
    };
    tracing::info!(target: "exeunt::logout", session = %row.public_id.get(..8).unwrap_or_default(), "a session ends");
    if row.is_living(now) {
        return local(
            LocalEnd::Ended(tokens),
            deal_with_others(exeunt, row, scope, now).await,
        );
    }
    // Within ten minutes after its idle limit a cookie still learns where the provider's session is ended, and nothing
    // else (invariant I3). Past the absolute limit it learns nothing.
    if now < row.absolute_expires_at {
        local(LocalEnd::HadExpired(tokens), Others::Unknown)
    } else {
        local(LocalEnd::NoSession, Others::Unknown)
    }
}

/// The most cookies of one name that are looked at.
const MOST_PRESENTED: usize = 4;

async fn take_all(
    exeunt: &Exeunt,
    keys: &[SessionKey],
    now: Timestamp,
) -> (Vec<SessionRow>, Vec<SessionKey>) {
    let (mut taken, mut stuck) = (Vec::new(), Vec::new());
    for key in keys {
        match exeunt
            .store()
            .take(&Selector::Key(*key), MarkRule::Sid, now)
            .await
        {
            Ok(rows) => taken.extend(rows),
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the session could not be ended");
                stuck.push(*key);
            }
        }
    }
    (taken, stuck)
}

fn tokens_of(exeunt: &Exeunt, row: &SessionRow) -> Option<SessionTokens> {
    record::open_column(exeunt.keyring(), &row.key, Column::Tokens, &row.tokens)
        .inspect_err(|error| {
            tracing::warn!(target: "exeunt::logout", %error, "the session's tokens cannot be opened");
        })
        .ok()
}

async fn deal_with_others(exeunt: &Exeunt, row: &SessionRow, scope: Scope, now: Timestamp) -> Others {
    let (iss, sub) = (row.iss.clone(), row.sub.clone());
    let report = |error: StoreError| {
        tracing::error!(target: "exeunt::logout", %error, "the person's other sessions could not be reached");
    };
    if scope == Scope::Everywhere {
        let selector = Selector::Subject { iss, sub };
        return match exeunt.store().take(&selector, MarkRule::Subject, now).await {
            Ok(rows) => Others::Ended(rows.iter().filter(|row| row.is_living(now)).count()),
            Err(error) => {
                report(error);
                Others::Failed
            }
        };
    }
    match exeunt.store().list(&iss, &sub, now).await {
        Ok(heads) => Others::Kept(heads.len()),
        Err(error) => {
            report(error);
            Others::Unknown
        }
    }
}
