//! [`Platform`]: everything a request needs, in one cheap handle.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::extract::FromRef;

use super::{events::Hub, places::Places, settings::PlatformSettings, signed_out::SignedOut};
use crate::{
    clock::{Clock, SystemClock, Timestamp},
    http::page::{self, PageRenderer},
    provider::outbound::{Outbound, OutboundSetupError},
    random::{OsRandom, Random},
    seal::Keyring,
    site::Site,
    under_way::UnderWay,
    upstream::{AsUpstream, Upstream},
};

/// The platform around the app. Made by [`Platform::builder`], once for a process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Platform(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: PlatformSettings,
    site: Site,
    keyring: Keyring,
    outbound: Outbound,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    signed_out: SignedOut,
    places: Places,
    hub: Hub,
    under_way: UnderWay,
    prefix_was_told: AtomicBool,
}

/// The platform could not be set up: the TLS library cannot be started.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SetupError(#[from] OutboundSetupError);

/// Makes a [`Platform`]. What is not said keeps its default.
pub struct Builder {
    settings: PlatformSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    renderer: PageRenderer,
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

    /// Makes it. Nothing is fetched: a platform that is down prevents no start (invariant I17).
    ///
    /// # Errors
    ///
    /// If the TLS library cannot be started.
    pub fn build(self) -> Result<Platform, SetupError> {
        let settings = self.settings;
        Ok(Platform(Arc::new(Inner {
            site: Site::new(
                settings.public_url.clone(),
                settings.trusted_proxies.clone(),
                self.renderer,
            ),
            keyring: Keyring::new(&settings.key_material),
            outbound: Outbound::with_trust(settings.timeout, &settings.tls)?,
            settings,
            clock: self.clock,
            random: self.random,
            signed_out: SignedOut::default(),
            places: Places::default(),
            hub: Hub::default(),
            under_way: UnderWay::default(),
            prefix_was_told: AtomicBool::new(false),
        })))
    }
}

impl Platform {
    /// Begins with what must be given.
    #[must_use]
    pub fn builder(settings: PlatformSettings) -> Builder {
        Builder {
            settings,
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            renderer: Arc::new(page::plain),
        }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &PlatformSettings {
        &self.0.settings
    }

    /// What every layer needs to know.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// What people know the platform by.
    #[must_use]
    pub fn host(&self) -> &str {
        self.settings().public_api_url.host()
    }

    /// Our time, by the clock of the [`Builder`].
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Randomness.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    pub(super) fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    pub(super) fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    pub(super) fn signed_out(&self) -> &SignedOut {
        &self.0.signed_out
    }

    /// The places of those whom the platform is asked for.
    pub(super) fn places(&self) -> &Places {
        &self.0.places
    }

    pub(super) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(super) fn under_way(&self) -> &UnderWay {
        &self.0.under_way
    }

    /// Whether this is the first time: a proxy that is set up wrongly says so with every request.
    pub(super) fn tells_prefix_for_the_first_time(&self) -> bool {
        !self.0.prefix_was_told.swap(true, Ordering::Relaxed)
    }
}

impl FromRef<Platform> for Site {
    fn from_ref(platform: &Platform) -> Self {
        platform.site().clone()
    }
}

impl AsUpstream for Platform {
    fn as_upstream(&self) -> Arc<dyn Upstream> {
        Arc::new(self.clone())
    }
}
