//! [`Exeunt`]: everything a request needs, in one cheap handle.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::response::Response;
use tokio::sync::Notify;

use crate::{
    clock::{Clock, SystemClock, Timestamp},
    config::{Limits, PublicUrl, Settings},
    events::Hub,
    http::{
        cookies::Cookies,
        page::{self, Page, PageRenderer},
    },
    provider::{
        Provider,
        dialect::Habits,
        metadata::{Expectations, Metadata},
        outbound::{self, Outbound, OutboundSetupError},
    },
    random::{OsRandom, Random},
    seal::Keyring,
    session::Refreshes,
    site::Site,
    store::Store,
    under_way::UnderWay,
};

/// For how long nobody waits for a revocation after one that took too long.
const REVOCATION_STALLS: Duration = Duration::from_secs(30);

/// The relying party: settings, store, provider and keys, in one handle that is cheap to clone. Made by [`Exeunt::builder`], once
/// for a process.
#[derive(Clone, Debug)]
pub struct Exeunt(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    store: Arc<dyn Store>,
    keyring: Keyring,
    site: Site,
    provider: Provider,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    outbox_work: Notify,
    revocation_stalls_until: AtomicI64,
    refreshes: Refreshes,
    hub: Arc<Hub>,
    under_way: UnderWay,
}

/// The relying party could not be set up: the TLS library cannot be started.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SetupError(#[from] OutboundSetupError);

/// Makes an [`Exeunt`]. What is not said keeps its default.
pub struct Builder {
    settings: Settings,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    renderer: PageRenderer,
    timeout: Duration,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Another clock: for tests.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of randomness: for tests.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// How the pages of this crate look. Default: [`page::plain`].
    #[must_use]
    pub fn renderer(mut self, renderer: PageRenderer) -> Self {
        self.renderer = renderer;
        self
    }

    /// How long a call to the provider may take, from its begin to the last byte of its answer (invariant I15). Default:
    /// [`outbound::TIMEOUT`].
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes it. Nothing is fetched: a provider that is down prevents no start (invariant I17).
    ///
    /// # Errors
    ///
    /// If the TLS library cannot be started.
    pub fn build(self) -> Result<Exeunt, SetupError> {
        let provider = &self.settings.provider;
        let expectations = Expectations::from(provider);
        Ok(Exeunt(Arc::new(Inner {
            keyring: Keyring::new(&self.settings.key_material),
            site: Site::new(
                self.settings.public_url.clone(),
                self.settings.trusted_proxies.clone(),
                self.renderer,
            ),
            provider: Provider::new(
                provider.issuer.clone(),
                expectations,
                Outbound::new(self.timeout)?,
                Arc::clone(&self.clock),
            ),
            settings: self.settings,
            store: self.store,
            clock: self.clock,
            random: self.random,
            outbox_work: Notify::new(),
            revocation_stalls_until: AtomicI64::new(i64::MIN),
            refreshes: Refreshes::default(),
            hub: Arc::default(),
            under_way: UnderWay::default(),
        })))
    }
}

impl Exeunt {
    /// Begins with what must be given. The store is opened by the caller; one store may serve several processes, if they have
    /// the same keys.
    #[must_use]
    pub fn builder(settings: Settings, store: Arc<dyn Store>) -> Builder {
        Builder {
            settings,
            store,
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            renderer: Arc::new(page::plain),
            timeout: outbound::TIMEOUT,
        }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// What every layer needs to know.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// Where the app is reached.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.0.settings.public_url
    }

    /// Idle and absolute limit.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.settings.limits
    }

    /// Where sessions are kept.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// The keys.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// Names and attributes of our cookies.
    #[must_use]
    pub fn cookies(&self) -> &Cookies {
        self.0.site.cookies()
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.0.provider
    }

    /// The provider's habits, as well as they are known: from its metadata, else from the setting or its issuer alone.
    pub(crate) fn habits(&self, metadata: Option<&Metadata>) -> &'static Habits {
        let provider = &self.settings().provider;
        match metadata {
            Some(metadata) => metadata.dialect,
            None => Habits::chosen(provider.dialect, &provider.issuer, None),
        }
    }

    /// Randomness.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    /// Our time, by the clock of the [`Builder`].
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The refreshes of this process.
    pub(crate) fn refreshes(&self) -> &Refreshes {
        &self.0.refreshes
    }

    /// Who listens in this process.
    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    /// Runs work that must be seen through although nobody may wait for it any more.
    pub(crate) fn spawn<F>(&self, work: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.under_way.spawn(work)
    }

    /// Until nothing is under way that was begun for a request and outlives it: a refresh, a sign-in whose code is exchanged,
    /// a sign-out, a revocation. Call it when no more requests come in, before the runtime goes: a refresh token that rotates is
    /// spent once it was sent, and what came for it would be lost. Bound it: a provider may take its time.
    pub async fn settled(&self) {
        self.0.under_way.settled().await;
    }

    /// Wakes whoever works on the outbox in this process.
    pub(crate) fn wake_outbox(&self) {
        self.0.outbox_work.notify_one();
    }

    /// Until somebody wakes it.
    pub(crate) async fn outbox_woken(&self) {
        self.0.outbox_work.notified().await;
    }

    /// Whether a revocation did not come to its end in time a moment ago: then nobody waits for the next one.
    pub(crate) fn revocation_stalls(&self) -> bool {
        self.now().millis() < self.0.revocation_stalls_until.load(Ordering::Relaxed)
    }

    /// Notes how the last revocation that somebody waited for went.
    pub(crate) fn note_revocation(&self, in_time: bool) {
        let until = if in_time {
            i64::MIN
        } else {
            (self.now() + REVOCATION_STALLS).millis()
        };
        self.0.revocation_stalls_until.store(until, Ordering::Relaxed);
    }

    /// Our callback, absolute: registered at the provider, equal to the letter.
    /// [OpenID Connect Core 1.0, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        self.public_url().absolute("/auth/callback")
    }

    /// Where the provider returns to after a sign-out, absolute: registered there, equal to the letter.
    /// [RP-Initiated Logout 1.0, section 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout)
    #[must_use]
    pub fn post_logout_redirect_uri(&self) -> String {
        self.public_url().absolute("/logged-out")
    }

    /// The response for a page of this crate, in the look of the app's renderer. No cache keeps it.
    #[must_use]
    pub fn render(&self, page: &Page) -> Response {
        self.0.site.render(page)
    }
}
