//! Requests to the provider.

use std::time::Duration;

use ::http::StatusCode;
use ::metrics::{counter, histogram};
use tokio::time::Instant;

use super::catalogue;
use crate::provider::outbound::Endpoint;

/// Why a request to the provider gave nothing usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No answer within the time for a call.
    Timeout,
    /// No connection.
    NoConnection,
    /// The answer broke off, or the exchange failed in another way.
    BrokenOff,
    /// The answer was too long.
    TooLong,
    /// Whoever asked did not wait any longer.
    GivenUp,
    /// A redirect, which is not followed.
    Redirect,
    /// 429.
    TooManyRequests,
    /// Any other 4xx. An endpoint for tokens answers so when it refuses one.
    ClientError,
    /// 5xx.
    ServerError,
}

impl Fault {
    pub(super) const ALL: [Self; 9] = [
        Self::Timeout,
        Self::NoConnection,
        Self::BrokenOff,
        Self::TooLong,
        Self::GivenUp,
        Self::Redirect,
        Self::TooManyRequests,
        Self::ClientError,
        Self::ServerError,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::NoConnection => "no_connection",
            Self::BrokenOff => "broken_off",
            Self::TooLong => "too_long",
            Self::GivenUp => "given_up",
            Self::Redirect => "redirect",
            Self::TooManyRequests => "too_many_requests",
            Self::ClientError => "client_error",
            Self::ServerError => "server_error",
        }
    }

    fn of(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Some(Self::TooManyRequests),
            status if status.is_server_error() => Some(Self::ServerError),
            status if status.is_client_error() => Some(Self::ClientError),
            status if status.is_redirection() => Some(Self::Redirect),
            _ => None,
        }
    }
}

/// A request under way. Dropped, it counts as given up: whoever asked lost patience, and of that the operator is to know.
#[derive(Debug)]
pub(crate) struct ProviderRequest {
    endpoint: Endpoint,
    began: Instant,
    is_over: bool,
}

impl ProviderRequest {
    pub(crate) fn begin(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            began: Instant::now(),
            is_over: false,
        }
    }

    pub(crate) fn answered(mut self, status: StatusCode) {
        self.end(Fault::of(status));
    }

    pub(crate) fn failed(mut self, fault: Fault) {
        self.end(Some(fault));
    }

    fn end(&mut self, fault: Option<Fault>) {
        self.is_over = true;
        record(self.endpoint, fault, self.began.elapsed());
    }
}

impl Drop for ProviderRequest {
    fn drop(&mut self) {
        if !self.is_over {
            self.end(Some(Fault::GivenUp));
        }
    }
}

fn record(endpoint: Endpoint, fault: Option<Fault>, after: Duration) {
    let endpoint = endpoint.as_str();
    histogram!(catalogue::PROVIDER_REQUESTS.name, "endpoint" => endpoint).record(after);
    if let Some(fault) = fault {
        counter!(catalogue::PROVIDER_FAULTS.name, "endpoint" => endpoint, "kind" => fault.as_str())
            .increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::PrometheusBuilder;

    #[tokio::test(start_paused = true)]
    async fn what_is_given_up_counts_with_the_time_until_then() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _recording = ::metrics::set_default_local_recorder(&recorder);
        let request = ProviderRequest::begin(Endpoint::Discovery);
        let patience = tokio::time::timeout(Duration::from_secs(2), async move {
            let _request = request;
            std::future::pending::<()>().await;
        });
        assert!(patience.await.is_err());
        ProviderRequest::begin(Endpoint::Jwks).answered(StatusCode::OK);
        ProviderRequest::begin(Endpoint::Token).answered(StatusCode::BAD_REQUEST);
        ProviderRequest::begin(Endpoint::Token).failed(Fault::Timeout);
        let text = recorder.handle().render();
        let told: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("exeunt_provider_faults_total{"))
            .collect();
        for line in [
            "exeunt_provider_faults_total{endpoint=\"discovery\",kind=\"given_up\"} 1",
            "exeunt_provider_faults_total{endpoint=\"token\",kind=\"client_error\"} 1",
            "exeunt_provider_faults_total{endpoint=\"token\",kind=\"timeout\"} 1",
        ] {
            assert!(told.contains(&line), "{line} in {text}");
        }
        assert_eq!(told.len(), 3, "{text}");
        let sum = "exeunt_provider_request_duration_seconds_sum{endpoint=\"discovery\"} 2";
        assert!(text.lines().any(|line| line == sum), "{text}");
    }

    #[test]
    fn what_an_answer_of_a_status_is() {
        for (status, expected) in [
            (200, None),
            (302, Some(Fault::Redirect)),
            (401, Some(Fault::ClientError)),
            (429, Some(Fault::TooManyRequests)),
            (503, Some(Fault::ServerError)),
        ] {
            assert_eq!(
                Fault::of(StatusCode::from_u16(status).unwrap()),
                expected,
                "{status}"
            );
        }
    }
}
