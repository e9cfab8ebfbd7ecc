//! The stand-in as a whole: what it is made of, its routes, its serving.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, delete, get, post};
use axum::serve::ListenerExt as _;
use axum::{Router, serve};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::access_token::AccessTokens;
use super::config::{Extension, Place, PlatformConfig, PlatformConfigError};
use super::destination::Destinations;
use super::fault::{Fault, Faulty};
use super::forwarding::Forwarding;
use super::recorded::{LIMIT, RecordedRequest};
use super::sessions::Sessions;
use super::signature::Signature;
use super::{administration, control, gateway, guard, login, logout, pages, validate};
use crate::config::{Clock, User};
use crate::provider::ServeError;

/// No request of the platform itself is larger.
const BODY_LIMIT: usize = 64 * 1024;

/// Where the platform is on its origin: what extensions call its API.
pub(super) const API: &str = "/api";

/// A platform that signs anyone in. For development and tests, on loopback.
///
/// Cloning is cheap; clones are the same platform.
#[derive(Clone, Debug)]
pub struct PlatformStandIn(Arc<Platform>);

/// What the handlers share.
#[derive(Debug)]
pub(super) struct Platform {
    pub(super) destinations: Destinations,
    pub(super) extensions: Vec<Extension>,
    pub(super) users: Vec<User>,
    pub(super) session_lifetime: i64,
    pub(super) signature: Option<Signature>,
    pub(super) access_tokens: AccessTokens,
    pub(super) forwarding: Forwarding,
    sessions: Mutex<Sessions>,
    faults: Mutex<HashMap<Faulty, Fault>>,
    /// Counts how often the faults were taken back: whoever hangs waits for the next.
    released: watch::Sender<u64>,
    recorded: Mutex<VecDeque<RecordedRequest>>,
    clock: ClockSource,
}

struct ClockSource(Clock);

impl std::fmt::Debug for ClockSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl Platform {
    /// Unix seconds.
    pub(super) fn now(&self) -> i64 {
        (self.clock.0)()
    }

    pub(super) fn user(&self, sub: &str) -> Option<&User> {
        self.users.iter().find(|user| user.sub == sub)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault of an endpoint, if it has one.
    pub(super) fn fault(&self, endpoint: Faulty) -> Option<Fault> {
        self.faults().get(&endpoint).copied()
    }

    /// Waits as long as a fault wants, and gives the answer in place of the right one.
    pub(super) async fn misbehave(&self, fault: Option<Fault>) -> Option<Response> {
        match fault? {
            Fault::Hanging => {
                // An error would mean that the platform is gone.
                let _ = self.released.subscribe().changed().await;
                None
            }
            Fault::Slow(after) => {
                tokio::time::sleep(after).await;
                None
            }
            other => other.answer(),
        }
    }

    fn faults(&self) -> MutexGuard<'_, HashMap<Faulty, Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recorded(&self) -> MutexGuard<'_, VecDeque<RecordedRequest>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PlatformStandIn {
    /// Makes a platform on which nobody is signed in.
    ///
    /// # Errors
    ///
    /// [`PlatformConfigError`] when an address is not on loopback, or an extension cannot be where it is to be.
    pub fn new(config: PlatformConfig) -> Result<Self, PlatformConfigError> {
        let origin = config.check()?;
        let ports = config
            .extensions
            .iter()
            .filter_map(|extension| match extension.place {
                Place::Port(port) => Some(port),
                Place::Path(_) => None,
            });
        Ok(Self(Arc::new(Platform {
            destinations: Destinations::new(origin, ports),
            extensions: config.extensions,
            users: config.users,
            session_lifetime: config.session_lifetime,
            signature: config.signature,
            access_tokens: AccessTokens::new()?,
            forwarding: Forwarding::new()?,
            sessions: Mutex::default(),
            faults: Mutex::default(),
            released: watch::Sender::new(0),
            recorded: Mutex::default(),
            clock: ClockSource(config.now),
        })))
    }

    /// Makes an endpoint misbehave from now on.
    pub fn misbehave(&self, endpoint: Faulty, fault: Fault) {
        self.0.faults().insert(endpoint, fault);
    }

    /// Takes all faults back; what hangs goes on.
    pub fn behave(&self) {
        self.0.faults().clear();
        self.0.released.send_modify(|count| *count += 1);
    }

    /// The requests to the platform itself, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.recorded().iter().cloned().collect()
    }

    /// Which sessions there are, by names that are no secrets.
    pub(super) fn told_sessions(&self) -> serde_json::Value {
        let now = self.0.now();
        let sessions = self.0.sessions();
        let gateway: Vec<_> = sessions
            .gateway_sessions(now)
            .map(|session| serde_json::json!({ "id": session.id, "sub": session.sub }))
            .collect();
        let single_sign_on: Vec<_> = sessions.single_sign_on_sessions(now).collect();
        serde_json::json!({ "gateway": gateway, "single_sign_on": single_sign_on })
    }

    /// The platform's own origin: its routes, and the extensions that are mounted by path.
    pub fn router(&self) -> Router {
        let auth = |path: &str| format!("{API}/auth{path}");
        let own = Router::new()
            .route("/", get(pages::home))
            .route("/login", get(pages::login))
            .route(&auth("/login"), get(login::login))
            .route(&auth("/login/choice"), post(login::choice))
            .route(&auth("/logout"), post(logout::logout))
            .route(&auth("/logout/front-channel"), get(logout::front_channel))
            .route(&auth("/validate"), any(validate::validate))
            .route(&auth("/sessions/purge"), post(administration::purge))
            .route(&auth("/sessions/{id}"), delete(administration::end))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .route_layer(from_fn_with_state(Arc::clone(&self.0), record));
        own.fallback(gateway::by_path)
            .with_state(Arc::clone(&self.0))
            .layer(from_fn(guard::guard))
    }

    /// The origin of the extension at this port; whatever is asked for is 404 if there is none.
    pub fn router_of_port(&self, port: u16) -> Router {
        Router::new()
            .fallback(
                move |State(platform): State<Arc<Platform>>, request: Request| async move {
                    gateway::by_port(&platform, port, request).await
                },
            )
            .with_state(Arc::clone(&self.0))
            .layer(from_fn(guard::guard))
    }

    /// What tests set and look at, for a listener of its own: on the platform's origin every page could reach it.
    pub fn control_router(&self) -> Router {
        control::router(self).layer(from_fn(crate::loopback::guard))
    }

    /// Serves until `shutdown` is done. Listeners for the ports of extensions are made on the host of `listener`.
    ///
    /// # Errors
    ///
    /// [`ServeError::NotLoopback`] when a listener is reachable from elsewhere; [`ServeError::Io`] when a port is taken.
    pub async fn serve(
        self,
        listener: TcpListener,
        control: Option<TcpListener>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let address = loopback_address(&listener)?;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            shutdown.await;
            let _ = stop.send(true);
        });
        // All listeners first: whoever reaches one can reach all.
        let mut served = vec![(listener, self.router())];
        if let Some(control) = control {
            loopback_address(&control)?;
            served.push((control, self.control_router()));
        }
        for extension in &self.0.extensions {
            if let Place::Port(port) = extension.place {
                let listener = TcpListener::bind((address.ip(), port))
                    .await
                    .map_err(ServeError::Io)?;
                served.push((listener, self.router_of_port(port)));
            }
        }
        let mut servers = tokio::task::JoinSet::new();
        for (listener, router) in served {
            servers.spawn(serve_one(listener, router, stopped.clone()));
        }
        let origin = self.0.destinations.origin();
        tracing::warn!(origin, "platform stand-in: signs anyone in, without a password");
        while let Some(ended) = servers.join_next().await {
            ended
                .map_err(|error| ServeError::Io(std::io::Error::other(error)))?
                .map_err(ServeError::Io)?;
        }
        Ok(())
    }
}

fn loopback_address(listener: &TcpListener) -> Result<SocketAddr, ServeError> {
    let address = listener.local_addr().map_err(ServeError::Io)?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(ServeError::NotLoopback { address })
    }
}

async fn serve_one(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let at_the_end = {
        let mut stopped = stopped.clone();
        async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        }
    };
    // Headers and body go out in separate writes; with Nagle's algorithm each answer waits for an ACK.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let server = serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    // Streams that pass through would keep it for ever: what is under way at the end is cut off.
    tokio::select! {
        served = server.into_future() => served,
        () = at_the_end => Ok(()),
    }
}

/// Keeps what the platform itself was sent.
async fn record(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let recorded = RecordedRequest::new(request.method(), request.uri().path(), request.headers());
    {
        let mut all = platform.recorded();
        if all.len() >= LIMIT {
            all.pop_front();
        }
        all.push_back(recorded);
    }
    next.run(request).await
}
