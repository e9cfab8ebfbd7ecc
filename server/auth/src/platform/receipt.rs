//! What a sign-out says of each layer, and nothing better than it was (invariant I4). Pure.
//!
//! Two lines are the platform's: `platform` is what it holds on its side and ends when it is asked, server to server;
//! `provider_session` is the sign-on of this browser behind its gateway, which ends only where the browser itself goes.

use super::upstream_logout::UpstreamLogoutError;
use crate::{
    clock::Timestamp,
    logout::{
        body::Scope,
        receipt::{Layer, Receipt, Status},
    },
};

/// What the platform was asked, and said.
#[derive(Debug)]
pub enum Asked<'a> {
    /// It was not asked: the sign-out was for this app alone.
    No,
    /// It was not asked: nothing that this browser showed could be a session of it.
    NothingToShow,
    /// It was not asked: it is being asked for too many others.
    Busy,
    /// It confirmed that it ended a session.
    Confirmed,
    /// It confirmed, and knew of no session: not by what this browser showed.
    NothingThere,
    /// It did not.
    Failed(&'a UpstreamLogoutError),
}

impl Asked<'_> {
    /// Whether a sign-out succeeded by this: the platform answered 200, or was left alone on purpose, or there was nobody to sign
    /// out and nothing to ask for.
    #[must_use]
    pub const fn is_success(&self, was_signed_in: bool) -> bool {
        match self {
            Self::No | Self::Confirmed | Self::NothingThere => true,
            Self::NothingToShow => !was_signed_in,
            Self::Busy | Self::Failed(_) => false,
        }
    }
}

/// Computes it. `was_signed_in`: there was a sign-on that this app accepted until now.
#[must_use]
pub fn compute(
    was_signed_in: bool,
    scope: Scope,
    asked: &Asked<'_>,
    leaves: bool,
    host: &str,
    now: Timestamp,
) -> Receipt {
    let mut receipt = Receipt::new(now);
    if was_signed_in {
        let detail = "This app no longer accepts the sign-on of this browser.".to_owned();
        receipt.note(Layer::AppSession, Status::Ended, detail);
    }
    if scope == Scope::Everywhere {
        let detail = format!("Only {host} knows your other browsers. Sign out there to end those too.");
        receipt.note(Layer::OtherSessions, Status::CannotBeEnded, detail);
    }
    let (status, detail) = match asked {
        Asked::No => (
            Status::Kept,
            format!("You stay signed in at {host}, as you wanted."),
        ),
        Asked::Confirmed => (
            Status::Ended,
            format!("{host} answered that it ended your session."),
        ),
        Asked::NothingThere => (
            Status::Unconfirmed,
            format!("{host} answered that it knew of no session of yours that it could end."),
        ),
        Asked::NothingToShow => (
            Status::Unconfirmed,
            format!("This browser showed nothing that {host} could know a session by, so it was not asked."),
        ),
        Asked::Busy => (
            Status::Unconfirmed,
            format!(
                "{host} is being asked for many others just now, so it was not asked. You may still be signed in there."
            ),
        ),
        Asked::Failed(_) => (
            Status::Failed,
            format!("{host} did not confirm that it ended your session. You may still be signed in there."),
        ),
    };
    receipt.note(Layer::Platform, status, detail);
    if !matches!(asked, Asked::No) {
        if leaves {
            receipt.note(Layer::ProviderSession, Status::Unconfirmed, unconfirmed(host));
        } else {
            let detail =
                format!("The way to {host} could not be prepared. You may still be signed in there.");
            receipt.note(Layer::ProviderSession, Status::Failed, detail);
        }
    }
    receipt
}

/// What is said until the browser comes back.
fn unconfirmed(host: &str) -> String {
    format!("Your browser is led to {host} to end your sign-on there. Nothing has confirmed it yet.")
}

/// Notes that the browser came back with our state.
pub fn returned(receipt: &mut Receipt, host: &str) {
    let detail = format!("{host} sent you back as after a sign-out.");
    receipt.change(Layer::ProviderSession, Status::Returned, detail);
}

/// Notes that the browser leaves for the platform, perhaps once more.
pub fn leaves_again(receipt: &mut Receipt, host: &str) {
    receipt.change(Layer::ProviderSession, Status::Unconfirmed, unconfirmed(host));
}

/// Notes that the browser came back, and the gateway says all the same who the person is: it did not sign the browser out. What
/// the platform ended on its side is another matter, and its gateway may not have noticed before the browser was there.
pub fn returned_in_vain(receipt: &mut Receipt, host: &str) {
    if receipt.status(Layer::ProviderSession) == Some(Status::Returned) {
        receipt.change(Layer::ProviderSession, Status::Failed, still_signed_in(host));
    }
}

fn still_signed_in(host: &str) -> String {
    format!("{host} still says that you are signed in there.")
}

/// Notes that the gateway says all the same who the person is: whatever was claimed of the platform does not hold.
pub fn contradicted(receipt: &mut Receipt, host: &str) {
    for layer in [Layer::Platform, Layer::ProviderSession] {
        if matches!(receipt.status(layer), Some(Status::Ended | Status::Returned)) {
            receipt.change(layer, Status::Failed, still_signed_in(host));
        }
    }
}

/// The same in words.
#[must_use]
pub fn message(was_signed_in: bool, asked: &Asked<'_>) -> &'static str {
    match (was_signed_in, asked.is_success(was_signed_in)) {
        (true, true) => "You are signed out of this app.",
        (false, true) => "You were not signed in.",
        (true, false) => {
            "You are signed out of this app, but the platform did not confirm that you are signed out there."
        }
        (false, false) => {
            "You were not signed in to this app, and the platform did not confirm that you are signed out there."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    const HOST: &str = "k.example";
    const NOW: Timestamp = Timestamp::from_seconds(0);

    #[test]
    fn k01_nothing_is_called_ended_that_was_not() {
        let failed = UpstreamLogoutError::Status(StatusCode::BAD_GATEWAY);
        let receipt = compute(true, Scope::Browser, &Asked::Failed(&failed), true, HOST, NOW);
        assert_eq!(receipt.status(Layer::AppSession), Some(Status::Ended));
        assert_eq!(receipt.status(Layer::Platform), Some(Status::Failed));
        assert_eq!(receipt.status(Layer::ProviderSession), Some(Status::Unconfirmed));
        assert!(!message(true, &Asked::Failed(&failed)).contains("session cleared"));

        let receipt = compute(true, Scope::Browser, &Asked::NothingThere, true, HOST, NOW);
        assert_eq!(receipt.status(Layer::Platform), Some(Status::Unconfirmed));
        let receipt = compute(false, Scope::Browser, &Asked::Confirmed, true, HOST, NOW);
        assert_eq!(
            receipt.status(Layer::AppSession),
            None,
            "there was nothing to end"
        );
        let receipt = compute(true, Scope::Browser, &Asked::Confirmed, false, HOST, NOW);
        assert_eq!(receipt.status(Layer::ProviderSession), Some(Status::Failed));
        let receipt = compute(true, Scope::App, &Asked::No, false, HOST, NOW);
        assert_eq!(receipt.status(Layer::Platform), Some(Status::Kept));
        assert_eq!(receipt.status(Layer::ProviderSession), None);
    }

    #[test]
    fn i4_on_the_way_there_the_gateway_contradicts_only_a_return() {
        let mut receipt = compute(true, Scope::Browser, &Asked::Confirmed, true, HOST, NOW);
        returned_in_vain(&mut receipt, HOST);
        assert_eq!(receipt.status(Layer::ProviderSession), Some(Status::Unconfirmed));
        returned(&mut receipt, HOST);
        returned_in_vain(&mut receipt, HOST);
        assert_eq!(receipt.status(Layer::ProviderSession), Some(Status::Failed));
        assert_eq!(receipt.status(Layer::Platform), Some(Status::Ended));
    }

    #[test]
    fn i4_what_the_gateway_contradicts_is_not_claimed() {
        let mut receipt = compute(true, Scope::Browser, &Asked::Confirmed, true, HOST, NOW);
        returned(&mut receipt, HOST);
        contradicted(&mut receipt, HOST);
        assert_eq!(receipt.status(Layer::Platform), Some(Status::Failed));
        assert_eq!(receipt.status(Layer::ProviderSession), Some(Status::Failed));
        assert_eq!(receipt.status(Layer::AppSession), Some(Status::Ended));
    }
}
