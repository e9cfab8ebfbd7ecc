//! The app's own place: what every layer and page needs to know, whoever owns the session.

use std::{
    fmt,
    sync::{Arc, Once},
};

use axum::{extract::FromRef, response::Response};

use crate::{
    Exeunt,
    config::{PublicUrl, TrustedProxies},
    http::{
        cookies::Cookies,
        page::{self, Page, PageRenderer, Renderer},
    },
};

/// Where the app is reached, what its cookies are called, how its pages look, and whose forwarding headers it believes. Cheap to
/// clone.
///
/// Of what [`router`](crate::http::router) puts around routes, most needs no more than this, and so serves every
/// [`Upstream`](crate::upstream::Upstream).
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    public_url: PublicUrl,
    cookies: Cookies,
    trusted_proxies: TrustedProxies,
    renderer: Renderer,
    scheme_told: Once,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("public_url", &self.0.public_url)
            .finish_non_exhaustive()
    }
}

impl Site {
    pub(crate) fn new(
        public_url: PublicUrl,
        trusted_proxies: TrustedProxies,
        renderer: PageRenderer,
    ) -> Self {
        Self(Arc::new(Inner {
            cookies: Cookies::new(&public_url),
            public_url,
            trusted_proxies,
            renderer: Renderer(renderer),
            scheme_told: Once::new(),
        }))
    }

    /// Where the app is reached.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.0.public_url
    }

    /// Names and attributes of our cookies.
    #[must_use]
    pub fn cookies(&self) -> &Cookies {
        &self.0.cookies
    }

    /// Whose forwarding headers are believed.
    #[must_use]
    pub fn trusted_proxies(&self) -> &TrustedProxies {
        &self.0.trusted_proxies
    }

    /// The first time only.
    pub(crate) fn once_for_scheme(&self, tell: impl FnOnce()) {
        self.0.scheme_told.call_once(tell);
    }

    /// The response for a page of this crate, in the look of the app's renderer. No cache keeps it.
    #[must_use]
    pub fn render(&self, page: &Page) -> Response {
        page::respond(page, &self.0.renderer.0)
    }
}

impl FromRef<Exeunt> for Site {
    fn from_ref(exeunt: &Exeunt) -> Self {
        exeunt.site().clone()
    }
}
