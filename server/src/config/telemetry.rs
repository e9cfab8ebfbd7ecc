//! What is logged and measured.

use std::net::SocketAddr;

use clap::Args;

use super::{development::DevelopmentProvider, problems::Problems};
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
    /// Where metrics for Prometheus are to be had, as GET /metrics: an IP address and a port of their own.
    ///
    /// Whoever reaches it may read them: they tell how many people sign in and out, and nothing of any of them. Default: none.
    /// Example: 127.0.0.1:9464
    #[arg(long, env = "EXEUNT_METRICS_ADDR", value_name = "IP:PORT")]
    pub(super) metrics_addr: Option<String>,
}

/// What is logged and measured, checked.
pub(super) struct Telemetry {
    pub(super) log_filter: String,
    pub(super) metrics: Option<SocketAddr>,
}

pub(super) fn validate(given: &TelemetryArgs, problems: &mut Problems) -> Telemetry {
    let metrics = given.metrics_addr.as_deref().and_then(|text| {
        let refuse = |_| {
            problems.add(
                "EXEUNT_METRICS_ADDR",
                "is not an IP address with a port; write it like 127.0.0.1:9464",
            );
        };
        text.parse().map_err(refuse).ok()
    });
    let log_filter = given
        .log
        .clone()
        .unwrap_or_else(|| telemetry::DEFAULT_FILTER.to_owned());
    if telemetry::check_filter(&log_filter).is_err() {
        problems.add(
            "RUST_LOG",
            "is not a log filter; write it like info or info,exeunt=debug",
        );
    }
    Telemetry { log_filter, metrics }
}

/// Metrics need a listener of their own: on that of the app everybody could read them.
pub(super) fn refuse_taken_addresses(
    telemetry: &Telemetry,
    listen: SocketAddr,
    development: Option<&DevelopmentProvider>,
    problems: &mut Problems,
) {
    let Some(metrics) = telemetry.metrics else {
        return;
    };
    if collide(metrics, listen) {
        problems.add(
            "EXEUNT_METRICS_ADDR",
            format_args!(
                "is where the app listens, LEPTOS_SITE_ADDR={listen}; give it a port of its own, like {}",
                SocketAddr::new(metrics.ip(), 9464)
            ),
        );
    }
    if let Some(development) = development
        && collide(metrics, development.listen)
    {
        let taken = development.listen;
        problems.add(
            "EXEUNT_METRICS_ADDR",
            format_args!("is where the development provider listens, {taken}; give it another port"),
        );
    }
}

/// Whether a connection to the one could be meant for the other. Port 0 is any that is free.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let (here, there) = (one.ip().to_canonical(), other.ip().to_canonical());
    one.port() != 0
        && one.port() == other.port()
        && (here == there || here.is_unspecified() || there.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_port_of_two_addresses_is_taken_only_where_they_meet() {
        for (one, other, expected) in [
            ("127.0.0.1:3000", "127.0.0.1:3000", true),
            ("[::ffff:127.0.0.1]:3000", "127.0.0.1:3000", true),
            ("0.0.0.0:3000", "127.0.0.1:3000", true),
            ("127.0.0.1:3000", "[::]:3000", true),
            ("127.0.0.1:3000", "127.0.0.1:3001", false),
            ("10.0.0.1:3000", "127.0.0.1:3000", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
        ] {
            let found = collide(one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(found, expected, "{one} {other}");
        }
    }
}
