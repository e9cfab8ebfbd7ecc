//! The audit log: one event for each sign-in and each end of a session, with the `tracing` target `audit`.
//!
//! Who (issuer and subject), which session (its public id), why, and from where. No name, no e-mail address, and nothing
//! that opens anything (invariant I16).

use std::net::IpAddr;

use http::Extensions;

use crate::{
    http::{RequestId, client_address::ClientAddress},
    logout::Reason,
    store::SessionRow,
};

/// The target of the events.
pub const TARGET: &str = "audit";

/// On whose behalf something happens, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The address of the browser, or of the provider that calls.
    pub address: Option<IpAddr>,
    /// The request, as the log names it.
    pub request: Option<String>,
}

impl Caller {
    /// Nobody from outside: this program itself.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            address: None,
            request: None,
        }
    }

    /// From a request's extensions.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        Self {
            address: extensions
                .get::<ClientAddress>()
                .map(|ClientAddress(address)| *address),
            request: extensions.get::<RequestId>().map(|RequestId(id)| id.clone()),
        }
    }

    fn address(&self) -> String {
        self.address
            .map_or_else(|| "unknown".to_owned(), |address| address.to_string())
    }

    fn request(&self) -> &str {
        self.request.as_deref().unwrap_or_default()
    }
}

pub(crate) fn sign_in(row: &SessionRow, caller: &Caller) {
    tracing::info!(
        target: "audit",
        event = "sign_in",
        iss = %row.iss,
        sub = %row.sub,
        session = %row.public_id,
        from = %caller.address(),
        request = caller.request(),
        "a session begins"
    );
}

pub(crate) fn end(row: &SessionRow, why: Reason, caller: &Caller) {
    tracing::info!(
        target: "audit",
        event = "end",
        iss = %row.iss,
        sub = %row.sub,
        session = %row.public_id,
        why = why.as_str(),
        from = %caller.address(),
        request = caller.request(),
        "a session ends"
    );
}

/// Tokens that could not be revoked at the provider and are not tried again.
pub(crate) fn revocation_given_up(iss: &str, sub: &str, why: &str) {
    tracing::warn!(
        target: "audit",
        event = "revocation_given_up",
        iss = %iss,
        sub = %sub,
        why,
        "tokens were not revoked"
    );
}
