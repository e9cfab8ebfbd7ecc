//! A provider on a port of its own, for one test.

use std::future::Future;
use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::connection::LineListener;
use super::interception::{Interception, intercept};
use super::products::{Product, Shape};
use super::state::ScriptState;
use super::{Script, key_pool};
use crate::back_channel::BackChannelLogout;
use crate::client::Client;
use crate::config::{Clock, DevProviderConfig, Lifetimes, User, demo_users, system_clock};
use crate::keys::Keys;
use crate::provider::{Provider, router};

const CLIENT_ID: &str = "exeunt-test";
const CLIENT_SECRET: &str = "exeunt-test-secret";

/// A provider that follows a [`Script`], served from `http://127.0.0.1:<port>` until it is dropped.
#[derive(Debug)]
pub struct ScriptedProvider {
    script: Script,
    /// Dropped with the provider, which stops the serving.
    _stop: oneshot::Sender<()>,
}

impl ScriptedProvider {
    /// Starts a provider with one confidential client, [`client_id`](Self::client_id), and the
    /// [`demo_users`].
    ///
    /// # Panics
    ///
    /// As [`ScriptedProviderBuilder::start`].
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// What to start otherwise.
    #[must_use]
    pub fn builder() -> ScriptedProviderBuilder {
        ScriptedProviderBuilder {
            clients: vec![Client::new(CLIENT_ID, Some(CLIENT_SECRET))],
            users: demo_users(),
            lifetimes: Lifetimes::default(),
            now: system_clock(),
            issuer_path: None,
            shape: Shape::standard(),
        }
    }

    /// The issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.script.provider.issuer.identifier.clone()
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.script.provider.issuer.origin.clone()
    }

    /// The end-session endpoint, also where discovery does not name it.
    #[must_use]
    pub fn end_session_endpoint(&self) -> Option<String> {
        let provider = &self.script.provider;
        provider
            .endpoints
            .end_session
            .map(|path| provider.issuer.url(path))
    }

    /// The logout endpoint that the product had before there was a standard, where it still has it.
    #[must_use]
    pub fn legacy_logout_endpoint(&self) -> Option<String> {
        let provider = &self.script.provider;
        provider
            .endpoints
            .legacy_logout
            .map(|path| provider.issuer.url(path))
    }

    /// The script this provider follows.
    #[must_use]
    pub fn script(&self) -> Script {
        self.script.clone()
    }

    /// All routes with the script in front, to be called without a connection.
    pub fn router(&self) -> Router {
        scripted_router(&self.script)
    }

    /// The identifier of the first client.
    #[must_use]
    pub fn client_id(&self) -> String {
        self.with_clients(|clients| clients.first().map(|client| client.client_id.clone()))
            .unwrap_or_default()
    }

    /// The secret of the first client; empty for a public one.
    #[must_use]
    pub fn client_secret(&self) -> String {
        self.with_clients(|clients| clients.first().and_then(|client| client.client_secret.clone()))
            .unwrap_or_default()
    }

    /// Registers redirect URIs for the first client, in place of those it had: a relying party's port is often known
    /// only after the provider's.
    pub fn set_redirect_uris<S: Into<String>>(&self, uris: impl IntoIterator<Item = S>) {
        let uris = uris.into_iter().map(Into::into).collect();
        self.with_clients(|clients| {
            if let Some(client) = clients.first_mut() {
                client.redirect_uris = uris;
            }
        });
    }

    /// Registers post-logout redirect URIs for the first client, in place of those it had.
    pub fn set_post_logout_redirect_uris<S: Into<String>>(&self, uris: impl IntoIterator<Item = S>) {
        let uris = uris.into_iter().map(Into::into).collect();
        self.with_clients(|clients| {
            if let Some(client) = clients.first_mut() {
                client.post_logout_redirect_uris = uris;
            }
        });
    }

    /// Registers a back-channel logout address for the first client, `sid` required, or none.
    pub fn set_backchannel_logout_uri(&self, uri: Option<&str>) {
        self.with_clients(|clients| {
            if let Some(client) = clients.first_mut() {
                client.backchannel_logout_uri = uri.map(ToOwned::to_owned);
                client.backchannel_logout_session_required = true;
            }
        });
    }

    /// Registers a front-channel logout address for the first client, `iss` and `sid` required, or none.
    pub fn set_frontchannel_logout_uri(&self, uri: Option<&str>) {
        self.with_clients(|clients| {
            if let Some(client) = clients.first_mut() {
                client.frontchannel_logout_uri = uri.map(ToOwned::to_owned);
                client.frontchannel_logout_session_required = true;
            }
        });
    }

    /// Replaces all registered clients.
    pub fn set_clients(&self, clients: Vec<Client>) {
        self.with_clients(|registered| *registered = clients);
    }

    fn with_clients<T>(&self, change: impl FnOnce(&mut Vec<Client>) -> T) -> T {
        change(
            &mut self
                .script
                .provider
                .clients
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl Drop for ScriptedProvider {
    fn drop(&mut self) {
        // Graceful stopping waits for what is under way, and that might be waiting for us.
        self.script.release();
    }
}

/// What a [`ScriptedProvider`] starts with.
#[expect(missing_debug_implementations, reason = "a clock has nothing to show")]
#[derive(Clone)]
pub struct ScriptedProviderBuilder {
    clients: Vec<Client>,
    users: Vec<User>,
    lifetimes: Lifetimes,
    now: Clock,
    issuer_path: Option<String>,
    shape: Shape,
}

impl ScriptedProviderBuilder {
    /// The registered clients, in place of the one.
    #[must_use]
    pub fn clients(mut self, clients: Vec<Client>) -> Self {
        self.clients = clients;
        self
    }

    /// The users, in place of the demo users.
    #[must_use]
    pub fn users(mut self, users: Vec<User>) -> Self {
        self.users = users;
        self
    }

    /// How long what the provider issues is good.
    #[must_use]
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// Where the time comes from. [`Script::advance_clock`] moves this provider's on top of it.
    #[must_use]
    pub fn now(mut self, now: Clock) -> Self {
        self.now = now;
        self
    }

    /// What follows the origin in the issuer identifier: `"/"` for a trailing slash alone, `"/realms/example"` for a
    /// path, `"/realms/example/"` for both.
    #[must_use]
    pub fn issuer_path(mut self, path: impl Into<String>) -> Self {
        self.issuer_path = Some(path.into());
        self
    }

    /// A provider with the ways of this product.
    #[must_use]
    pub fn product(mut self, product: Product) -> Self {
        self.shape = Shape::of(product);
        self
    }

    /// [`Product::Zitadel`].
    #[must_use]
    pub fn zitadel_shape(self) -> Self {
        self.product(Product::Zitadel)
    }

    /// Whether discovery names the end-session endpoint that there is.
    #[must_use]
    pub fn end_session_in_discovery(mut self, named: bool) -> Self {
        self.shape.advertises_end_session = named;
        self
    }

    /// A provider without RP-initiated logout.
    #[must_use]
    pub fn without_end_session(mut self) -> Self {
        self.shape.endpoints.end_session = None;
        self
    }

    /// Binds 127.0.0.1 on a free port and serves in a task of its own.
    ///
    /// # Panics
    ///
    /// When no port can be bound or what was built is contradictory: a test cannot go on then.
    #[expect(clippy::expect_used, reason = "a test cannot go on without its provider")]
    pub async fn start(self) -> ScriptedProvider {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("the address of a bound listener");
        let state = Arc::new(ScriptState::with_shape(self.shape));
        let issuer_path = self
            .issuer_path
            .unwrap_or_else(|| self.shape.issuer_path.to_owned());
        let config = DevProviderConfig {
            issuer: format!("http://{address}{issuer_path}"),
            clients: self.clients,
            users: self.users,
            lifetimes: self.lifetimes,
            back_channel_logout: BackChannelLogout::Synchronous,
            now: moved(self.now, Arc::clone(&state)),
        };
        let keys = Keys::of(key_pool::rsa(0), key_pool::ec());
        let provider = Provider::assemble(config, self.shape.endpoints, keys, Arc::clone(&state) as _)
            .expect("a sound provider");
        let script = Script {
            provider: Arc::new(provider),
            state,
        };
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(serve(listener, script.clone(), stopped));
        ScriptedProvider { script, _stop: stop }
    }
}

fn moved(now: Clock, state: Arc<ScriptState>) -> Clock {
    Arc::new(move || now() + state.offset())
}

fn serve(
    listener: TcpListener,
    script: Script,
    stopped: oneshot::Receiver<()>,
) -> impl Future<Output = ()> + Send + 'static {
    let listener = LineListener {
        listener,
        line: script.state.line.clone(),
    };
    let serving = axum::serve(listener, scripted_router(&script)).with_graceful_shutdown(async {
        // The sender is dropped, never used.
        let _ = stopped.await;
    });
    async {
        // Serving ends without an error or with the process.
        let _ = serving.await;
    }
}

fn scripted_router(script: &Script) -> Router {
    let interception = Interception {
        provider: Arc::clone(&script.provider),
        state: Arc::clone(&script.state),
    };
    router(&script.provider).layer(from_fn_with_state(interception, intercept))
}
