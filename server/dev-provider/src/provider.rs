//! The provider as a whole: what it is made of, its routes, its serving.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Router, serve};
use tokio::net::TcpListener;

use crate::back_channel::BackChannelLogout;
use crate::client::Client;
use crate::conduct::{Conduct, Conforming};
use crate::config::{Clock, ConfigError, DevProviderConfig, Lifetimes, User};
use crate::endpoints::{DISCOVERY, Endpoints};
use crate::issuer::Issuer;
use crate::keys::Keys;
use crate::records::Records;
use crate::{
    authorize, check_session, discovery, end_session, loopback, pages, revocation, sessions, token, userinfo,
};

/// No request of the protocol is larger; an `id_token_hint` in a form is the largest.
const BODY_LIMIT: usize = 256 * 1024;

/// An OpenID Provider that signs anyone in. For development and tests, on loopback.
///
/// Cloning is cheap; clones are the same provider.
#[derive(Clone, Debug)]
pub struct DevProvider(Arc<Provider>);

impl DevProvider {
    /// Makes a provider with fresh signing keys: RS256 with 2048 bits, and ES256 beside it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the issuer is not on loopback, when a client or user is given twice, when an address
    /// cannot be redirected to, or when the keys cannot be made.
    pub fn new(config: DevProviderConfig) -> Result<Self, ConfigError> {
        // First: the settings are checked at once, the keys take their time.
        Issuer::parse(&config.issuer)?;
        config.check()?;
        let keys = Keys::generate()?;
        Ok(Self(Arc::new(Provider::assemble(
            config,
            Endpoints::default(),
            keys,
            Arc::new(Conforming),
        )?)))
    }

    /// All routes, below the issuer's path, behind the guard that answers 403 to whatever is not a direct request
    /// on loopback.
    pub fn router(&self) -> Router {
        router(&self.0)
    }

    /// Serves until `shutdown` is done, then lets what is under way finish.
    ///
    /// # Errors
    ///
    /// [`ServeError::NotLoopback`] when the listener is reachable from elsewhere; [`ServeError::Io`] when its
    /// address cannot be told.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let address = listener.local_addr().map_err(ServeError::Io)?;
        if !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback { address });
        }
        // Headers and body go out in separate writes; with Nagle's algorithm each answer waits for an ACK.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY could not be set");
            }
        });
        tracing::warn!(issuer = %self.0.issuer.identifier, "development provider: signs anyone in, without a password");
        serve(listener, self.router())
            .with_graceful_shutdown(shutdown)
            .await
            .map_err(ServeError::Io)
    }
}

/// Why the provider could not be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Others could reach it.
    #[error("the development provider listens on loopback only, not on {address}")]
    NotLoopback {
        /// Where the listener is bound.
        address: SocketAddr,
    },
    /// The listener failed.
    #[error("the development provider's listener failed")]
    Io(#[source] std::io::Error),
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) issuer: Issuer,
    pub(crate) endpoints: Endpoints,
    pub(crate) users: Vec<User>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) back_channel_logout: BackChannelLogout,
    pub(crate) conduct: Arc<dyn Conduct>,
    pub(crate) clients: RwLock<Vec<Client>>,
    pub(crate) keys: RwLock<Keys>,
    records: Mutex<Records>,
    clock: ClockSource,
}

struct ClockSource(Clock);

impl std::fmt::Debug for ClockSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl Provider {
    pub(crate) fn assemble(
        config: DevProviderConfig,
        endpoints: Endpoints,
        keys: Keys,
        conduct: Arc<dyn Conduct>,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            issuer: Issuer::parse(&config.issuer)?,
            endpoints,
            users: config.users,
            lifetimes: config.lifetimes,
            back_channel_logout: config.back_channel_logout,
            conduct,
            clients: RwLock::new(config.clients),
            keys: RwLock::new(keys),
            records: Mutex::default(),
            clock: ClockSource(config.now),
        })
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        (self.clock.0)()
    }

    pub(crate) fn client(&self, client_id: &str) -> Option<Client> {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        clients
            .iter()
            .find(|client| client.client_id == client_id)
            .cloned()
    }

    #[cfg(feature = "script")]
    pub(crate) fn any_client(&self, is: impl Fn(&Client) -> bool) -> bool {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        clients.iter().any(is)
    }

    pub(crate) fn user(&self, sub: &str) -> Option<&User> {
        self.users.iter().find(|user| user.sub == sub)
    }

    /// The keys as they are now.
    pub(crate) fn keys(&self) -> Keys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn router(provider: &Arc<Provider>) -> Router {
    let Endpoints {
        authorize: authorization,
        token: tokens,
        userinfo: user,
        revocation: revoke,
        jwks,
        end_session: logout,
        legacy_logout,
        check_session,
    } = provider.endpoints;
    let at = |path: &str| provider.issuer.path(path);
    let mut router = Router::new()
        .route(&at("/"), get(pages::status))
        .route(&at(sessions::SESSIONS), get(sessions::list))
        .route(&at(sessions::END), post(sessions::end))
        .route(&at(DISCOVERY), get(discovery::metadata))
        .route(&at(jwks), get(discovery::jwks))
        .route(
            &at(authorization),
            get(authorize::authorize).post(authorize::authorize),
        )
        .route(&at(&format!("{authorization}/choice")), post(authorize::choice))
        .route(&at(tokens), post(token::token))
        .route(&at(user), get(userinfo::userinfo).post(userinfo::userinfo));
    if let Some(revoke) = revoke {
        router = router.route(&at(revoke), post(revocation::revoke));
    }
    if let Some(legacy) = legacy_logout {
        router = router.route(&at(legacy), get(end_session::end_session));
    }
    if let Some(logout) = logout {
        router = router
            .route(
                &at(logout),
                get(end_session::end_session).post(end_session::end_session),
            )
            .route(&at(&format!("{logout}/continue")), get(end_session::resume))
            .route(&at(&format!("{logout}/choice")), post(end_session::choice))
            .route(&at(&format!("{logout}/return")), get(end_session::hop_return));
    }
    if let Some(check_session) = check_session {
        router = router.route(&at(check_session), get(check_session::check_session));
    }
    router
        .with_state(Arc::clone(provider))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(loopback::guard))
}
