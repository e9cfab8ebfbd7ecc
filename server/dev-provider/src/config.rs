//! What the provider is told at its start.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::back_channel::BackChannelLogout;
use crate::client::Client;
use crate::random::RandomSourceFailed;

/// Where the time comes from: unix seconds. Tests hand in a clock of their own and move it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The system's clock.
pub(crate) fn system_clock() -> Clock {
    Arc::new(|| {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    })
}

/// The settings of a [`DevProvider`](crate::DevProvider).
#[derive(Clone)]
pub struct DevProviderConfig {
    /// The issuer identifier: `http` on a loopback host, with or without a path and a trailing slash. See
    /// [OpenID Connect Discovery 1.0, section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata).
    pub issuer: String,
    /// The registered relying parties.
    pub clients: Vec<Client>,
    /// The people the picker offers.
    pub users: Vec<User>,
    /// How long what the provider issues is good.
    pub lifetimes: Lifetimes,
    /// When relying parties are told that a session ended.
    pub back_channel_logout: BackChannelLogout,
    /// Where the time comes from.
    pub now: Clock,
}

impl DevProviderConfig {
    /// The settings for `issuer` and `clients`, with [`demo_users`], the default lifetimes and the system's clock.
    #[must_use]
    pub fn new(issuer: impl Into<String>, clients: Vec<Client>) -> Self {
        Self {
            issuer: issuer.into(),
            clients,
            users: demo_users(),
            lifetimes: Lifetimes::default(),
            back_channel_logout: BackChannelLogout::default(),
            now: system_clock(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let mut seen = HashSet::new();
        for client in &self.clients {
            if client.client_id.is_empty() || !seen.insert(&client.client_id) {
                return Err(ConfigError::ClientId {
                    client_id: client.client_id.clone(),
                });
            }
            client.check_addresses()?;
        }
        let mut seen = HashSet::new();
        if let Some(user) = self
            .users
            .iter()
            .find(|user| user.sub.is_empty() || !seen.insert(&user.sub))
        {
            return Err(ConfigError::Sub {
                sub: user.sub.clone(),
            });
        }
        if self.users.is_empty() {
            Err(ConfigError::NoUsers)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for DevProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevProviderConfig")
            .field("issuer", &self.issuer)
            .field("clients", &self.clients)
            .field("users", &self.users)
            .field("lifetimes", &self.lifetimes)
            .field("back_channel_logout", &self.back_channel_logout)
            .finish_non_exhaustive()
    }
}

/// A person the picker offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The subject identifier: never changes, never reused.
    pub sub: String,
    /// The name to show.
    pub name: String,
    /// The e-mail address; said to be verified.
    pub email: String,
    /// What the claim `roles` holds.
    pub roles: Vec<String>,
}

/// Four people with different roles, one of them without any.
#[must_use]
pub fn demo_users() -> Vec<User> {
    let user = |sub: &str, name: &str, email: &str, roles: &[&str]| User {
        sub: sub.to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
    };
    vec![
        user("ada", "Ada Example", "ada@example.com", &["admin", "user"]),
        user("grace", "Grace Sample", "grace@example.com", &["editor", "user"]),
        user("linus", "Linus Muster", "linus@example.org", &["user"]),
        user("zoe", "Zoë O’Specimen", "zoe@example.net", &[]),
    ]
}

/// How long what the provider issues is good, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// An authorization code: a minute.
    pub code: i64,
    /// An ID token: five minutes, so that at logout the hint is usually an expired one, as with several real
    /// providers.
    pub id_token: i64,
    /// An access token: five minutes.
    pub access_token: i64,
    /// A refresh token: twelve hours, counted anew at each rotation.
    pub refresh_token: i64,
    /// The sign-on session of a browser: twelve hours.
    pub session: i64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: 60,
            id_token: 300,
            access_token: 300,
            refresh_token: 12 * 3600,
            session: 12 * 3600,
        }
    }
}

/// Why a provider could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The issuer is not a plain http address on a loopback host.
    #[error(
        "the issuer {issuer:?} must be an http URL on a loopback host, its path of letters, digits and -._~, without query and fragment"
    )]
    Issuer {
        /// The issuer as given.
        issuer: String,
    },
    /// A client identifier is empty or taken.
    #[error("the client_id {client_id:?} is empty or registered twice")]
    ClientId {
        /// The identifier as given.
        client_id: String,
    },
    /// An address of a client cannot be redirected to.
    #[error("client {client_id:?}: {uri:?} must be an absolute URL in printable ASCII without a fragment")]
    RedirectUri {
        /// Whose address it is.
        client_id: String,
        /// The address as given.
        uri: String,
    },
    /// The back-channel address of a client is none.
    #[error(
        "client {client_id:?}: the backchannel_logout_uri {uri:?} must be an absolute http or https URL without a fragment"
    )]
    BackChannelLogoutUri {
        /// Whose address it is.
        client_id: String,
        /// The address as given.
        uri: String,
    },
    /// The front-channel address of a client is none.
    #[error(
        "client {client_id:?}: the frontchannel_logout_uri {uri:?} must be an absolute URL without a fragment, its origin that of a redirect URI"
    )]
    FrontChannelLogoutUri {
        /// Whose address it is.
        client_id: String,
        /// The address as given.
        uri: String,
    },
    /// A subject identifier is empty or taken.
    #[error("the sub {sub:?} is empty or used twice")]
    Sub {
        /// The identifier as given.
        sub: String,
    },
    /// There is nobody to pick.
    #[error("the provider needs at least one user")]
    NoUsers,
    /// The signing keys could not be made.
    #[error("the signing keys could not be generated")]
    Keys(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The system gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
}
