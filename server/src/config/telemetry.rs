//! What is logged and measured.

use clap::Args;

use super::problems::Problems;
use crate::telemetry;

#[derive(Args)]
#[command(next_help_heading = "Telemetry")]
pub(super) struct TelemetryArgs {
    /// What to log, in the syntax of the crate tracing-subscriber.
    ///
    /// Finer levels than info apply to this program alone, never to libraries, which might log what is secret. The audit log
    /// is written whatever this says, unless it names audit. Default: info. Example: info,exeunt=debug
    #[arg(long, env = "RUST_LOG", value_name = "FILTER")]
    pub(super) log: Option<String>,
    /// Not in this build: where metrics are to be had. Leave it unset.
    #[arg(long, env = "EXEUNT_METRICS_ADDR", value_name = "IP:PORT")]
    pub(super) metrics_addr: Option<String>,
}

/// The log filter, checked.
pub(super) fn validate(given: &TelemetryArgs, problems: &mut Problems) -> String {
    if given.metrics_addr.is_some() {
        problems.add(
            "EXEUNT_METRICS_ADDR",
            "is set, but this build has no metrics listener; remove it",
        );
    }
    let filter = given
        .log
        .clone()
        .unwrap_or_else(|| telemetry::DEFAULT_FILTER.to_owned());
    if telemetry::check_filter(&filter).is_err() {
        problems.add(
            "RUST_LOG",
            "is not a log filter; write it like info or info,exeunt=debug",
        );
    }
    filter
}
