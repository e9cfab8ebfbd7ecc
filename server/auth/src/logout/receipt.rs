//! The receipt: what became of each layer, and nothing better than it was (invariant I4).

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// What a person signed in through may hold, layer by layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The app's server session in this browser.
    AppSession,
    /// The person's other sessions in this app.
    OtherSessions,
    /// Other tabs that show the app.
    OpenTabs,
    /// The refresh token.
    RefreshToken,
    /// The access token.
    AccessToken,
    /// The provider's single-sign-on session in this browser.
    ProviderSession,
    /// An identity provider behind the provider.
    UpstreamIdp,
    /// A platform around the app.
    Platform,
}

impl Layer {
    pub(crate) const ALL: [Self; 8] = [
        Self::AppSession,
        Self::OtherSessions,
        Self::OpenTabs,
        Self::RefreshToken,
        Self::AccessToken,
        Self::ProviderSession,
        Self::UpstreamIdp,
        Self::Platform,
    ];

    /// Its word, as it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppSession => "app_session",
            Self::OtherSessions => "other_sessions",
            Self::OpenTabs => "open_tabs",
            Self::RefreshToken => "refresh_token",
            Self::AccessToken => "access_token",
            Self::ProviderSession => "provider_session",
            Self::UpstreamIdp => "upstream_idp",
            Self::Platform => "platform",
        }
    }
}

/// What became of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// We ended it, or a probe proved that it ended.
    Ended,
    /// The browser came back from the provider with our state. Some providers send it back also when the person chose to
    /// stay signed in there, so this is never called ended.
    Returned,
    /// It was asked for; nothing confirms it yet.
    Unconfirmed,
    /// It is still being tried.
    Pending,
    /// It was tried and failed.
    Failed,
    /// There is no way to end it from here.
    CannotBeEnded,
    /// It was kept on purpose.
    Kept,
}

impl Status {
    pub(crate) const ALL: [Self; 7] = [
        Self::Ended,
        Self::Returned,
        Self::Unconfirmed,
        Self::Pending,
        Self::Failed,
        Self::CannotBeEnded,
        Self::Kept,
    ];

    /// Its word, as it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Returned => "returned",
            Self::Unconfirmed => "unconfirmed",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::CannotBeEnded => "cannot_be_ended",
            Self::Kept => "kept",
        }
    }
}

/// One line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which layer.
    pub layer: Layer,
    /// What became of it.
    pub status: Status,
    /// More, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a sign-out ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// When, in unix seconds.
    pub ended_at: i64,
    /// In the order in which they were dealt with.
    pub layers: Vec<Line>,
}

impl Receipt {
    /// An empty one.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            ended_at: now.seconds(),
            layers: Vec::new(),
        }
    }

    /// Adds a line.
    pub fn note(&mut self, layer: Layer, status: Status, detail: impl Into<Option<String>>) {
        self.layers.push(Line {
            layer,
            status,
            detail: detail.into(),
        });
    }

    /// What became of a layer.
    #[must_use]
    pub fn status(&self, layer: Layer) -> Option<Status> {
        self.layers
            .iter()
            .find(|line| line.layer == layer)
            .map(|line| line.status)
    }

    /// Changes what became of a layer.
    pub fn change(&mut self, layer: Layer, status: Status, detail: impl Into<Option<String>>) {
        let detail = detail.into();
        for line in &mut self.layers {
            if line.layer == layer {
                line.status = status;
                line.detail.clone_from(&detail);
            }
        }
    }
}

/// The answer of `POST /api/auth/logout`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogoutResponse {
    /// The app session is certainly ended.
    pub success: bool,
    /// The same in words.
    pub message: String,
    /// Where to go if there is no `front_channel_logout_url`. Absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Where the browser goes first. Absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front_channel_logout_url: Option<String>,
    /// What was ended.
    pub receipt: Receipt,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire() {
        for layer in Layer::ALL {
            assert_eq!(serde_json::to_value(layer).unwrap(), layer.as_str());
        }
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
