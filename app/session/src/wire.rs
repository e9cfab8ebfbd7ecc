//! What crosses the wire between the browser and the server. No token, no secret; times are unix seconds.

use serde::{Deserialize, Serialize};

/// The session as the browser may know it: the answer of `GET /api/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The subject at the provider (`sub`).
    pub user_id: String,
    /// E-mail address, if the provider told it.
    pub email: Option<String>,
    /// Name, if the provider told it.
    pub name: Option<String>,
    /// Roles, from the claim that the operator named.
    pub roles: Vec<String>,
    /// Identifies the request in the server's log.
    pub request_id: Option<String>,
    /// False only where a platform switched sign-in off.
    pub auth_enabled: bool,
    /// The earlier of the two limits below. Absent if the session has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_expires_at: Option<i64>,
    /// When the session ends unless it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_expires_at: Option<i64>,
    /// When the session ends whatever happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute_expires_at: Option<i64>,
    /// The server's time of this answer, so that a wrong clock in the browser does no harm.
    pub now: i64,
}

/// How far a sign-out reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This app, in this browser. The session at the provider is kept.
    App,
    /// This app and the provider's session in this browser.
    #[default]
    Browser,
    /// All sessions of this person in this app, and the provider's session in this browser.
    Everywhere,
}

impl Scope {
    /// As it stands in a form field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Browser => "browser",
            Self::Everywhere => "everywhere",
        }
    }
}

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

/// What became of a layer. Nothing is called `ended` that is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerStatus {
    /// We ended it, or a probe proved that it ended.
    Ended,
    /// The browser came back from the provider with our state: the provider reports it.
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

/// One line of a [`Receipt`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLayer {
    /// Which layer.
    pub layer: Layer,
    /// What became of it.
    pub status: LayerStatus,
    /// More, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a sign-out ended, layer by layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// When, by the server's clock.
    pub ended_at: i64,
    /// In the order in which they were dealt with.
    pub layers: Vec<ReceiptLayer>,
}

/// The answer of `POST /api/auth/logout`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutResponse {
    /// The app session is certainly ended.
    pub success: bool,
    /// The same in words.
    pub message: String,
    /// Where to go if there is no `front_channel_logout_url`. Absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Where the browser goes first, so that the provider ends its session too. Absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub front_channel_logout_url: Option<String>,
    /// What was ended.
    pub receipt: Receipt,
}

/// One of a person's living sessions in this app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEntry {
    /// Names it in a request to end it. Random; it opens nothing.
    pub id: String,
    /// It is the one of this browser.
    pub current: bool,
    /// What the person recognises its browser by: "Firefox on Linux".
    pub device: String,
    /// The provider that it was begun with.
    pub issuer: String,
    /// When it was begun.
    pub created_at: i64,
    /// When it was last used, to the minute or so.
    pub last_used_at: i64,
    /// When it ends unless it is used, or whatever happens: the earlier of the two.
    pub expires_at: i64,
}

/// One of a person's sessions in this app that ended a while ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndEntry {
    /// What the person recognises its browser by.
    pub device: String,
    /// When it was begun.
    pub created_at: i64,
    /// When it ended.
    pub ended_at: i64,
    /// Why, in one word: `logout`, `everywhere`, `another_session`, `replaced`, `back_channel`, `back_channel_offline`,
    /// `front_channel`, `session_management`, `refresh_refused`, `refresh_mismatch`, `operator` or `expired`.
    pub why: String,
}

/// A person's sessions in this app: the answer of `GET /api/auth/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionList {
    /// Those that live, the newest first.
    pub sessions: Vec<SessionEntry>,
    /// The last that ended, the newest end first.
    pub recent_ends: Vec<EndEntry>,
    /// The platform that owns the sessions, by its host: then there is no list here, and none of them can be ended here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

/// What the page `/logged-out` knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedOutView {
    /// The app session of this browser is alive: the page must not say "signed out".
    pub signed_in: bool,
    /// An end that the store could not carry out is waiting; the next POST logout finishes it.
    pub unfinished: bool,
    /// The receipt of the last sign-out in this browser (10 minutes).
    pub receipt: Option<Receipt>,
    /// The provider's host name, for the texts.
    pub provider: Option<String>,
    /// How often the provider can still be tried again, by a visit of `/auth/logout/continue`. 0: not offered.
    pub provider_tries_left: u8,
    /// Where the app that asked for the sign-out wants the person to go on to (checked against the allow-list).
    pub continue_to: Option<String>,
    /// The provider can be asked whether its session is really over, by a visit of `/auth/logout/probe`.
    #[serde(default)]
    pub can_probe: bool,
    /// The provider ended the session of this browser a moment ago; a sign-out can still go on to it.
    #[serde(default)]
    pub ended_by_provider: bool,
    /// The session of this browser ran out under ten minutes ago; a sign-out can still go on to the provider.
    #[serde(default)]
    pub ran_out: bool,
}

impl LoggedOutView {
    /// Whether something is still being tried, so that asking again later may tell more.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        let receipt = self.receipt.iter();
        receipt
            .flat_map(|receipt| &receipt.layers)
            .any(|line| line.status == LayerStatus::Pending)
    }
}
