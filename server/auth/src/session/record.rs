//! What a session holds, sealed column by column.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    clock::Timestamp,
    provider::{
        id_token::VerifiedIdToken,
        refresh::{Original, RefreshedTokens},
        upstream::upstream_idp,
    },
    random::Random,
    seal::{Keyring, Purpose, SealError},
    session_management::Watched,
    store::SessionKey,
};

/// An access token that is good for less is refreshed before it is used.
const MARGIN: Duration = Duration::from_secs(30);

/// What every request needs to know of the person. A few hundred bytes when sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// E-mail address, if the provider told it.
    pub email: Option<String>,
    /// Name, if the provider told it.
    pub name: Option<String>,
    /// Roles, from the claim that the operator named.
    pub roles: Vec<String>,
    /// How the session stands with the provider; `None`: it holds no refresh token, so the provider cannot be asked.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// What pages watch of the provider's session, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
}

/// How a session that holds a refresh token stands with the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The last time the provider gave tokens for it.
    pub at: Timestamp,
    /// What later ID tokens are compared with.
    pub original: Original,
}

impl Contact {
    /// Of a login: only with a refresh token is there one.
    #[must_use]
    pub fn begin(tokens: &SessionTokens, verified: &VerifiedIdToken, now: Timestamp) -> Option<Self> {
        tokens.refresh_token.as_ref().map(|_| Self {
            at: now,
            original: Original::of(verified.claims()),
        })
    }
}

/// The tokens of a session. Read only when used, never sent to the browser, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTokens {
    /// The newest ID token, exactly as received.
    pub id_token: String,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: Option<String>,
    /// When the access token expires.
    pub expires_at: Option<Timestamp>,
    /// How long it lived when it came.
    #[serde(default)]
    pub life: Option<Duration>,
    /// The claim `login_hint`, if the ID token had it: some providers want it back as `logout_hint`.
    pub logout_hint: Option<String>,
    /// The languages that were asked for at login.
    pub ui_locales: Option<String>,
    /// The identity provider behind the provider, if a claim named it.
    #[serde(default)]
    pub upstream_idp: Option<String>,
    /// Whether `offline_access` was among what was granted.
    /// [OpenID Connect Core 1.0, section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess)
    #[serde(default)]
    pub is_for_offline_access: bool,
}

impl std::fmt::Debug for SessionTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionTokens")
    }
}

impl SessionTokens {
    /// Gathers them from a login.
    #[must_use]
    pub fn new(
        tokens: crate::provider::code::Tokens,
        verified: &VerifiedIdToken,
        ui_locales: Option<String>,
    ) -> Self {
        Self {
            id_token: verified.raw().to_owned(),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_at: tokens.expires_at,
            life: tokens.life,
            logout_hint: verified.text("login_hint").map(str::to_owned),
            ui_locales,
            upstream_idp: upstream_idp(verified.claims()),
            is_for_offline_access: tokens.is_for_offline_access,
        }
    }

    /// Of a login that was not seen through, so that they can be revoked and nothing else.
    pub(crate) fn unproved(tokens: crate::provider::code::Tokens) -> Self {
        Self {
            id_token: String::new(),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_at: tokens.expires_at,
            life: tokens.life,
            logout_hint: None,
            ui_locales: None,
            upstream_idp: None,
            is_for_offline_access: tokens.is_for_offline_access,
        }
    }

    /// These after a refresh: what came anew takes the place of what there was. A provider that sends no new refresh token
    /// goes on with the one that was used.
    #[must_use]
    pub fn renewed(&self, tokens: RefreshedTokens, verified: Option<&VerifiedIdToken>) -> Self {
        Self {
            id_token: verified.map_or_else(|| self.id_token.clone(), |verified| verified.raw().to_owned()),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token.or_else(|| self.refresh_token.clone()),
            expires_at: tokens.expires_at,
            life: tokens.life,
            ..self.clone()
        }
    }

    /// Whether the access token is good for long enough to be used: for half a minute, or a quarter of its life if that is
    /// less. One that never lives for half a minute would be refreshed at each use otherwise.
    #[must_use]
    pub fn are_fresh(&self, now: Timestamp) -> bool {
        let margin = self.life.map_or(MARGIN, |life| MARGIN.min(life / 4));
        self.are_good_for(margin, now)
    }

    /// Whether the access token is good for so long from `now` on. One whose end the provider did not tell is, as far as
    /// anybody can know.
    #[must_use]
    pub fn are_good_for(&self, time: Duration, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now + time < end)
    }
}

/// A column of a session's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// [`Identity`].
    Identity,
    /// [`SessionTokens`].
    Tokens,
    /// The app's own data.
    Data,
    /// What a person recognises the browser by ([`super::device`]).
    Device,
}

impl Column {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Identity => b"identity",
            Self::Tokens => b"tokens",
            Self::Data => b"data",
            Self::Device => b"device",
        }
    }

    pub(super) fn place(self, key: &SessionKey) -> Vec<u8> {
        [self.name(), b":", key.0.as_slice()].concat()
    }
}

/// Seals a value for a column of this session's row.
///
/// # Errors
///
/// If there is no randomness, or the value is none that can be stored.
pub fn seal_column(
    keyring: &Keyring,
    key: &SessionKey,
    column: Column,
    value: &impl Serialize,
    random: &dyn Random,
) -> Result<Vec<u8>, SealError> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|_| SealError::Unreadable)?);
    keyring.seal(Purpose::Record, &column.place(key), &plain, random)
}

/// Opens a column of this session's row.
///
/// # Errors
///
/// If it was sealed elsewhere, changed, or sealed with a key that left the ring.
pub fn open_column<T: DeserializeOwned>(
    keyring: &Keyring,
    key: &SessionKey,
    column: Column,
    sealed: &[u8],
) -> Result<T, SealError> {
    let plain = zeroize::Zeroizing::new(keyring.open(Purpose::Record, &column.place(key), sealed)?);
    serde_json::from_slice(&plain).map_err(|_| SealError::Unreadable)
}
