//! What is measured, for whoever runs the app: through the facade of the crate `metrics`.
//!
//! As long as the program installs no recorder of that crate nothing is kept, and little is done. [`catalogue`] says what there
//! is; a program that installs a recorder calls [`introduce`], so that what has not happened yet reads 0 instead of missing.
//!
//! Each value of a label is a word of ours, of a set that is known beforehand: never an issuer, a subject, a session, an
//! address, nor anything that came from outside. So nothing can be learned here about a person (invariant I16), and nobody can
//! make the numbers more than they are. The one exception is the route of a request: it is the route as the app declared it.

use std::time::Duration;

use ::http::StatusCode;
use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::logout::{
    Reason,
    receipt::{Layer, Status},
};

pub mod catalogue;
mod provider;
mod store;
mod words;

use catalogue::Kind;
pub(crate) use provider::{Fault, ProviderRequest};
#[cfg(test)]
pub(crate) use store::OPERATIONS;
pub(crate) use store::StoreOperation;
pub(crate) use words::{AttemptOutcome, BackChannelAnswer, LoginStart, RefreshOutcome};
pub(crate) use words::{login_outcome, outbox_outcome};

/// Describes everything to the recorder that is installed, and begins each counter at 0: a counter that appears only when the
/// first thing goes wrong shows no increase.
pub fn introduce() {
    for metric in catalogue::ALL {
        match metric.kind {
            Kind::Counter => {
                describe_counter!(metric.name, metric.help);
                for labels in metric.combinations() {
                    counter!(metric.name, &labels).increment(0);
                }
            }
            Kind::Gauge => describe_gauge!(metric.name, metric.help),
            Kind::Histogram => describe_histogram!(metric.name, metric.help),
        }
    }
    gauge!(catalogue::EVENT_STREAMS.name).increment(0.0);
}

/// Says which version of which program this is.
pub fn build_info(version: &'static str) {
    gauge!(catalogue::BUILD_INFO.name, "version" => version).set(1.0);
}

/// A request was answered. `route`: as the app declared it, never the path that was asked for; `method`: a word of
/// [`method_name`](crate::http::measuring::method_name).
pub(crate) fn request_answered(route: String, method: &'static str, status: StatusCode, after: Duration) {
    let class = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    histogram!(
        catalogue::HTTP_REQUESTS.name,
        "route" => route,
        "method" => method,
        "status" => class
    )
    .record(after);
}

pub(crate) fn session_began() {
    counter!(catalogue::SESSIONS_BEGUN.name).increment(1);
}

pub(crate) fn session_ended(cause: Reason) {
    counter!(catalogue::SESSIONS_ENDED.name, "cause" => cause.as_str()).increment(1);
}

/// A person was told what became of a layer.
pub(crate) fn layer_told(layer: Layer, status: Status) {
    counter!(
        catalogue::LOGOUT_LAYERS.name,
        "layer" => layer.as_str(),
        "status" => status.as_str()
    )
    .increment(1);
}

pub(crate) fn login_began(how: LoginStart) {
    counter!(catalogue::LOGIN_ATTEMPTS.name, "outcome" => how.as_str()).increment(1);
}

/// `outcome`: a word of [`login_outcome`].
pub(crate) fn login_ended(outcome: &'static str) {
    counter!(catalogue::LOGINS.name, "outcome" => outcome).increment(1);
}

pub(crate) fn back_channel_answered(answer: BackChannelAnswer) {
    counter!(catalogue::BACK_CHANNEL_REQUESTS.name, "answer" => answer.as_str()).increment(1);
}

pub(crate) fn refresh_ended(outcome: RefreshOutcome) {
    counter!(catalogue::REFRESHES.name, "outcome" => outcome.as_str()).increment(1);
}

pub(crate) fn outbox_attempted(outcome: AttemptOutcome) {
    counter!(catalogue::OUTBOX_ATTEMPTS.name, "outcome" => outcome.as_str()).increment(1);
}

pub(crate) fn stream_opened() {
    gauge!(catalogue::EVENT_STREAMS.name).increment(1.0);
}

pub(crate) fn stream_closed() {
    gauge!(catalogue::EVENT_STREAMS.name).decrement(1.0);
}
