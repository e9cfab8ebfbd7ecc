//! Metrics for Prometheus, on a listener of their own: what [`exeunt::metrics`] names, in its text format.
//!
//! Nothing here asks who asks. What is told is of no person (invariant I16), but it is nobody else's business either: the
//! address is the operator's choice, and stands in no public URL.

use exeunt::metrics::catalogue::{self, Kind, Metric};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

mod census;
mod listener;

pub use census::{ASKED_AT_MOST_EVERY, CensusTaker, PATIENCE};
pub use listener::{CONTENT_TYPE, PATH, routes, serve, upkeep};

/// Why there are no metrics.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricsError {
    /// The recorder does not accept how it is set up.
    #[error("the recorder of metrics cannot be set up; unset EXEUNT_METRICS_ADDR and report this")]
    Recorder(#[from] BuildError),
    /// Something else in this process records already.
    #[error("metrics are recorded already by another part of this process; unset EXEUNT_METRICS_ADDR")]
    Taken,
}

/// Seconds, for what happens in a process or on its disk.
const STORE_BUCKETS: [f64; 14] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
/// For what a person waits for.
const HTTP_BUCKETS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];
/// For what goes over the network, up to the time limit of a call.
const PROVIDER_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What was recorded, as text.
#[derive(Clone, Debug)]
pub struct Exporter(PrometheusHandle);

impl Exporter {
    /// Everything that the recorder keeps, in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Takes in what was recorded since. What is recorded takes room until this or [`Self::render`] is called.
    pub fn take_in(&self) {
        self.0.run_upkeep();
    }
}

/// A recorder, and what makes text of it. Nothing is recorded before it is installed.
///
/// # Errors
///
/// [`MetricsError::Recorder`].
pub fn recorder() -> Result<(PrometheusRecorder, Exporter), MetricsError> {
    let mut builder = PrometheusBuilder::new();
    for (metric, buckets) in [
        (catalogue::STORE_OPERATIONS, &STORE_BUCKETS[..]),
        (catalogue::HTTP_REQUESTS, &HTTP_BUCKETS),
        (catalogue::PROVIDER_REQUESTS, &PROVIDER_BUCKETS),
    ] {
        builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)?;
    }
    let recorder = builder.build_recorder();
    let exporter = Exporter(recorder.handle());
    Ok((recorder, exporter))
}

/// Begins to record everything in this process. Once, at the start of the program.
///
/// # Errors
///
/// [`MetricsError`].
pub fn install() -> Result<Exporter, MetricsError> {
    let (recorder, exporter) = recorder()?;
    ::metrics::set_global_recorder(recorder).map_err(|_taken| MetricsError::Taken)?;
    introduce();
    Ok(exporter)
}

/// Describes everything to the recorder that is installed, with the version of this program.
pub fn introduce() {
    exeunt::metrics::introduce();
    exeunt::metrics::build_info(env!("CARGO_PKG_VERSION"));
}

/// A gauge without labels, as text: one that is left out when it is not known. The recorder would repeat its last value.
fn gauge(metric: &Metric, value: f64) -> String {
    debug_assert!(metric.kind == Kind::Gauge && metric.labels.is_empty());
    let Metric { name, help, .. } = metric;
    format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_histogram_has_buckets_of_its_own() {
        let (recorder, exporter) = recorder().unwrap();
        ::metrics::with_local_recorder(&recorder, || {
            for metric in catalogue::ALL
                .iter()
                .filter(|metric| metric.kind == Kind::Histogram)
            {
                ::metrics::histogram!(metric.name).record(0.2);
            }
        });
        let text = exporter.render();
        for metric in catalogue::ALL
            .iter()
            .filter(|metric| metric.kind == Kind::Histogram)
        {
            let name = metric.name;
            assert!(text.contains(&format!("# TYPE {name} histogram\n")), "{text}");
            assert!(
                text.contains(&format!("{name}_bucket{{le=\"0.25\"}} 1\n")),
                "{text}"
            );
            assert!(
                text.contains(&format!("{name}_bucket{{le=\"0.1\"}} 0\n")),
                "{text}"
            );
        }
    }

    #[test]
    fn what_has_not_happened_yet_reads_0() {
        let (recorder, exporter) = recorder().unwrap();
        ::metrics::with_local_recorder(&recorder, introduce);
        let text = exporter.render();
        for line in [
            "exeunt_sessions_ended_total{cause=\"back_channel\"} 0",
            "exeunt_provider_faults_total{endpoint=\"revocation\",kind=\"timeout\"} 0",
            "exeunt_event_streams 0",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} in {text}");
        }
        for metric in catalogue::ALL
            .iter()
            .filter(|metric| metric.kind == Kind::Counter)
        {
            let help = format!("# HELP {} {}\n", metric.name, metric.help);
            assert!(text.contains(&help), "{help} in {text}");
        }
    }
}
