//! What a receipt says of the tokens of the session that ended.

use super::{
    outbox::{Progress, Step},
    receipt::{Layer, Receipt, Status},
};

/// What is known of the revocation of a session's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensKnown {
    /// How far it is.
    Progress(Progress),
    /// The provider is known to have no endpoint for it.
    NotQueued,
}

/// Adds the lines. `has_refresh_token`: whether there was one.
pub(super) fn note(receipt: &mut Receipt, known: TokensKnown, has_refresh_token: bool, host: &str) {
    let progress = match known {
        TokensKnown::Progress(progress) => progress,
        TokensKnown::NotQueued => Progress::both(Step::Unsupported),
    };
    if has_refresh_token {
        line(receipt, Layer::RefreshToken, progress.refresh_token, host);
    }
    line(receipt, Layer::AccessToken, progress.access_token, host);
}

/// Brings the lines of a receipt up to date.
pub(super) fn update(receipt: &mut Receipt, progress: Progress, host: &str) {
    for (layer, step) in [
        (Layer::RefreshToken, progress.refresh_token),
        (Layer::AccessToken, progress.access_token),
    ] {
        if let Some(status) = step.status() {
            receipt.change(layer, status, Some(detail(layer, step, host)));
        }
    }
}

/// Whether any of them may still change.
pub(super) fn are_pending(receipt: &Receipt) -> bool {
    [Layer::RefreshToken, Layer::AccessToken]
        .into_iter()
        .any(|layer| receipt.status(layer) == Some(Status::Pending))
}

fn line(receipt: &mut Receipt, layer: Layer, step: Step, host: &str) {
    if let Some(status) = step.status() {
        receipt.note(layer, status, Some(detail(layer, step, host)));
    }
}

fn detail(layer: Layer, step: Step, host: &str) -> String {
    match step {
        Step::Todo => format!("{host} is asked to revoke it. This app keeps trying for a day."),
        // Whoever trusts its signature alone does not hear of it.
        Step::Revoked if layer == Layer::AccessToken => {
            format!(
                "{host} revoked it. A service that does not ask {host} may accept it until it runs out, soon."
            )
        }
        Step::Revoked | Step::Absent => format!("{host} revoked it."),
        Step::KeptOffline => "It was granted for use while you are away, and stays good.".to_owned(),
        Step::KeptForOthers => {
            format!(
                "{host} revokes more than this one session's, which could end your other sessions here. This app deleted its copy."
            )
        }
        Step::Unsupported => {
            format!(
                "{host} offers no way to revoke it. This app deleted its copy; it stays good until it runs out."
            )
        }
        Step::Refused => {
            format!(
                "{host} refused to revoke it. This app deleted its copy; it stays good until it runs out."
            )
        }
        Step::GivenUp => {
            format!(
                "{host} did not revoke it within a day. This app deleted its copy; it stays good until it runs out."
            )
        }
    }
}
