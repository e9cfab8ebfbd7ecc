//! The audit log of platform mode: one event for each sign-out, and for each that is taken back. As in
//! [`audit`](crate::audit): who, which sign-on by a name that opens nothing, why, from where; and what became of each layer.

use std::fmt::Write as _;

use super::{Platform, identity::Identity, sign_on::SignOn};
use crate::{
    audit::Caller,
    logout::{Reason, body::Scope, receipt::LogoutResponse},
};

/// A sign-out, with its outcome.
pub(super) fn end(
    platform: &Platform,
    (identity, sign_on): (&Identity, &SignOn),
    scope: Scope,
    response: &LogoutResponse,
    caller: &Caller,
) {
    let mut layers = String::new();
    for line in &response.receipt.layers {
        let space = if layers.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(layers, "{space}{}={}", line.layer.as_str(), line.status.as_str());
    }
    tracing::info!(
        target: "audit",
        event = "end",
        iss = %platform.settings().public_api_url,
        sub = %identity.person.user_id,
        session = %sign_on.name(),
        why = Reason::Logout.as_str(),
        scope = match scope {
            Scope::App => "app",
            Scope::Browser => "browser",
            Scope::Everywhere => "everywhere",
        },
        success = response.success,
        layers = %layers,
        from = %from(caller),
        request = caller.request.as_deref().unwrap_or_default(),
        "a sign-on is signed out of this app"
    );
}

/// The browser that signed out takes it back.
pub(super) fn taken_back(platform: &Platform, identity: &Identity, sign_on: &SignOn, caller: &Caller) {
    tracing::info!(
        target: "audit",
        event = "taken_back",
        iss = %platform.settings().public_api_url,
        sub = %identity.person.user_id,
        session = %sign_on.name(),
        from = %from(caller),
        request = caller.request.as_deref().unwrap_or_default(),
        "a sign-out is taken back: whoever signed out signs in again"
    );
}

fn from(caller: &Caller) -> String {
    caller
        .address
        .map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}
