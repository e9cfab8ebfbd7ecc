//! The plan of a sign-out: which layers there are and what will be done with each. Computed without any I/O, after the
//! local session is dead.

use super::{
    Remnant,
    body::Scope,
    receipt::{Layer, Receipt, Status},
    rp_initiated::{Departure, LogoutHint, LogoutRequest},
    token_lines::{self, TokensKnown},
};
use crate::{
    clock::Timestamp,
    provider::{dialect::Habits, metadata::Metadata},
    session::record::SessionTokens,
};

/// What the store gave when it was asked to end the session of this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalEnd {
    /// There was a living session; it is dead now.
    Ended(Option<SessionTokens>),
    /// It had run out less than ten minutes ago: nothing is left to end here, but the hint is known.
    HadExpired(Option<SessionTokens>),
    /// The provider ended it less than ten minutes ago, by the back channel; this is left of it.
    EndedElsewhere(Remnant),
    /// There was none.
    NoSession,
    /// The store did not carry it out.
    Failed,
}

/// What became of the person's other sessions in this app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// So many were ended.
    Ended(usize),
    /// So many were left alone.
    Kept(usize),
    /// The store did not carry it out.
    Failed,
    /// They are not known.
    Unknown,
}

/// What is known of the provider.
#[derive(Clone, Copy, Debug)]
pub enum ProviderKnown<'a> {
    /// Its metadata.
    Yes(&'a Metadata),
    /// Discovery never worked.
    No,
}

/// The facts that a plan is made of.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What the store gave.
    pub local: &'a LocalEnd,
    /// The other sessions.
    pub others: Others,
    /// What became of its tokens.
    pub tokens: TokensKnown,
    /// How far it should reach.
    pub scope: Scope,
    /// The provider.
    pub provider: ProviderKnown<'a>,
    /// Its host, for the texts.
    pub host: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// Where it sends the browser back to.
    pub post_logout_redirect_uri: &'a str,
    /// A fresh state.
    pub state: &'a str,
    /// Our time.
    pub now: Timestamp,
}

/// What will be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutPlan {
    /// How the browser leaves for the provider, if it does.
    pub departure: Option<Departure>,
    /// What the provider could be asked with later, where it is not known yet how.
    pub hint: Option<LogoutHint>,
    /// What is true now, before it leaves.
    pub receipt: Receipt,
    /// Whether the next login must ask the provider to prompt, until the provider part is confirmed.
    pub prompt_next_login: bool,
}

impl LogoutPlan {
    /// Computes the plan.
    #[must_use]
    pub fn compute(facts: &Facts<'_>) -> Self {
        let mut receipt = Receipt::new(facts.now);
        note_app_session(&mut receipt, facts.local);
        note_others(&mut receipt, facts.others);
        let queued = facts.tokens != TokensKnown::NotQueued;
        let left = match facts.local {
            LocalEnd::Ended(tokens) | LocalEnd::HadExpired(tokens) => {
                tokens.as_ref().map(|tokens| Remnant::of(tokens, queued))
            }
            LocalEnd::EndedElsewhere(left) => Some(left.clone()),
            LocalEnd::NoSession | LocalEnd::Failed => None,
        };
        if matches!(facts.local, LocalEnd::Ended(_)) {
            note_open_tabs(&mut receipt);
        }
        if let Some(left) = &left {
            token_lines::note(&mut receipt, facts.tokens, left.had_refresh_token, facts.host);
        }
        let departure = plan_provider(&mut receipt, facts, left.as_ref().map(|left| &left.hint));
        if facts.scope != Scope::App {
            let name = left.as_ref().and_then(|left| left.upstream_idp.as_deref());
            note_upstream(&mut receipt, facts.host, name);
        }
        let is_open = matches!(facts.provider, ProviderKnown::No) && facts.scope != Scope::App;
        Self {
            departure,
            hint: left.filter(|_| is_open).map(|left| left.hint),
            receipt,
            prompt_next_login: facts.scope != Scope::App,
        }
    }
}

fn note_app_session(receipt: &mut Receipt, local: &LocalEnd) {
    match local {
        LocalEnd::Ended(_) => receipt.note(Layer::AppSession, Status::Ended, None),
        LocalEnd::HadExpired(_) => receipt.note(Layer::AppSession, Status::Ended, "It had run out already.".to_owned()),
        LocalEnd::EndedElsewhere(_) => receipt.note(
            Layer::AppSession,
            Status::Ended,
            "The provider had ended it already.".to_owned(),
        ),
        LocalEnd::NoSession => receipt.note(Layer::AppSession, Status::Ended, "There was none in this browser.".to_owned()),
        LocalEnd::Failed => receipt.note(
            Layer::AppSession,
            Status::Failed,
            "This app could not reach its own memory. This browser no longer holds the session, but it is not ended yet.".to_owned(),
        ),
    }
}

pub(super) fn note_open_tabs(receipt: &mut Receipt) {
    receipt.note(
        Layer::OpenTabs,
        Status::Unconfirmed,
        "Tabs that listen to this app are told at once; the others notice when they next ask it for something."
            .to_owned(),
    );
}

pub(super) fn note_others(receipt: &mut Receipt, others: Others) {
    let sessions = |count: usize| {
        if count == 1 {
            "one session".to_owned()
        } else {
            format!("{count} sessions")
        }
    };
    match others {
        Others::Ended(0) => receipt.note(Layer::OtherSessions, Status::Ended, "There were none.".to_owned()),
        Others::Ended(count) => receipt.note(
            Layer::OtherSessions,
            Status::Ended,
            format!(
                "{} in other browsers. Those browsers stay signed in at the provider.",
                capitalize(&sessions(count))
            ),
        ),
        Others::Kept(0) | Others::Unknown => {}
        Others::Kept(count) => receipt.note(
            Layer::OtherSessions,
            Status::Kept,
            format!(
                "You are still signed in to this app in {} elsewhere.",
                sessions(count)
            ),
        ),
        Others::Failed => receipt.note(
            Layer::OtherSessions,
            Status::Failed,
            "They could not be ended just now.".to_owned(),
        ),
    }
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Whoever signed in through somebody else stays signed in there; a receipt that did not say so would say too much.
pub(super) fn note_upstream(receipt: &mut Receipt, host: &str, name: Option<&str>) {
    let Some(name) = name else {
        return;
    };
    receipt.note(
        Layer::UpstreamIdp,
        Status::CannotBeEnded,
        format!(
            "You signed in to {host} by way of {name}. Whether you stay signed in there is its own affair."
        ),
    );
}

/// In words: the provider has no endpoint to sign out at.
pub(super) fn cannot_be_ended(host: &str) -> String {
    format!(
        "{host} offers no way to sign out from here. You are still signed in there; sign out at its own site."
    )
}

/// In words: the browser is sent to the provider.
pub(super) fn unconfirmed(host: &str, dialect: &Habits) -> String {
    if dialect.returns_state() {
        format!("{host} was asked to sign you out and has not confirmed it.")
    } else {
        format!("{host} was asked to sign you out. It never tells whether it did.")
    }
}

/// In words: the provider insists on an ID token, and there is none.
pub(super) fn cannot_be_asked(host: &str) -> String {
    format!(
        "{host} can be asked only with the proof of your sign-in, which this app does not have. You may still be signed in there."
    )
}

fn plan_provider(receipt: &mut Receipt, facts: &Facts<'_>, hint: Option<&LogoutHint>) -> Option<Departure> {
    let host = facts.host;
    if facts.scope == Scope::App {
        receipt.note(
            Layer::ProviderSession,
            Status::Kept,
            format!("You stay signed in at {host}, as you asked."),
        );
        return None;
    }
    match facts.local {
        LocalEnd::Failed => {
            receipt.note(
                Layer::ProviderSession,
                Status::Failed,
                format!("{host} was not asked, since the session is not ended here."),
            );
            return None;
        }
        LocalEnd::NoSession => {
            receipt.note(
                Layer::ProviderSession,
                Status::Unconfirmed,
                format!("This app does not know whether you are signed in at {host}."),
            );
            return None;
        }
        LocalEnd::Ended(_) | LocalEnd::HadExpired(_) | LocalEnd::EndedElsewhere(_) => {}
    }
    let ProviderKnown::Yes(metadata) = facts.provider else {
        receipt.note(
            Layer::ProviderSession,
            Status::Failed,
            format!("{host} could not be reached. You may still be signed in there."),
        );
        return None;
    };
    let Some(endpoint) = &metadata.end_session_endpoint else {
        receipt.note(
            Layer::ProviderSession,
            Status::CannotBeEnded,
            cannot_be_ended(host),
        );
        return None;
    };
    let departure = Departure::new(
        endpoint,
        &LogoutRequest {
            client_id: facts.client_id,
            post_logout_redirect_uri: facts.post_logout_redirect_uri,
            state: facts.state,
            hint,
            dialect: metadata.dialect,
            now: facts.now,
        },
    );
    if departure.is_some() {
        receipt.note(
            Layer::ProviderSession,
            Status::Unconfirmed,
            unconfirmed(host, metadata.dialect),
        );
    } else {
        receipt.note(Layer::ProviderSession, Status::Failed, cannot_be_asked(host));
    }
    departure
}
