//! The layer that reads who is signed in, and takes from the request what nobody vouches for.

use std::sync::Arc;

use axum::extract::Request;
use http::{Extensions, HeaderMap};

use super::{
    Platform, forwarded,
    identity::{self, Identity},
    note, request_id,
    sign_on::SignOn,
};
use crate::upstream::{Person, Presence};

/// Who is signed in, by the request at hand. The layer puts it into the request's extensions.
#[derive(Clone, Debug)]
pub(super) enum CurrentIdentity {
    /// The gateway names nobody, or is not to be believed.
    Nobody,
    /// Sign-in is switched off.
    Anonymous,
    /// Somebody.
    SignedIn(Arc<Identity>, SignOn),
    /// The gateway names somebody, whose sign-on was signed out of this app.
    SignedOut(Arc<Identity>, SignOn),
}

impl CurrentIdentity {
    /// From a request's extensions; nobody where the layer is missing.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or(Self::Nobody)
    }

    /// The sign-on that the gateway shows.
    pub(super) const fn sign_on(&self) -> Option<&SignOn> {
        match self {
            Self::SignedIn(_, sign_on) | Self::SignedOut(_, sign_on) => Some(sign_on),
            Self::Nobody | Self::Anonymous => None,
        }
    }
}

/// Who everybody is where sign-in is switched off.
pub(super) fn anonymous() -> Person {
    Person {
        user_id: "anonymous".to_owned(),
        email: Some("anonymous@local".to_owned()),
        name: Some("Anonymous".to_owned()),
        roles: Vec::new(),
    }
}

/// The layer itself: all that it does is done before what is inside it.
pub(super) fn carry_identity(platform: &Platform, request: &mut Request) {
    let peer = forwarded::peer(request.extensions());
    let current = read(platform, request.headers(), peer);
    request_id::take_over(request, peer, &platform.settings().trusted_proxies);
    forwarded::strip_untrusted(request.headers_mut(), peer, &platform.settings().trusted_proxies);
    compare_prefix(platform, request.headers());
    identity::strip(request.headers_mut());
    let presence = match &current {
        CurrentIdentity::SignedIn(identity, _) => Presence::SignedIn(Arc::new(identity.person.clone())),
        CurrentIdentity::Anonymous => Presence::SignedIn(Arc::new(anonymous())),
        CurrentIdentity::Nobody | CurrentIdentity::SignedOut(..) => Presence::SignedOut,
    };
    request.extensions_mut().insert(presence);
    request.extensions_mut().insert(current);
}

fn read(platform: &Platform, headers: &HeaderMap, peer: Option<std::net::IpAddr>) -> CurrentIdentity {
    let settings = platform.settings();
    if !settings.use_auth {
        return CurrentIdentity::Anonymous;
    }
    let now = platform.now();
    let identity = match identity::validate(headers, peer, &settings.trust, settings.contract, now) {
        Ok(Some(identity)) => identity,
        Ok(None) => return CurrentIdentity::Nobody,
        Err(error) => {
            tracing::warn!(target: "exeunt::platform", %error, "identity headers were ignored");
            return CurrentIdentity::Nobody;
        }
    };
    let sign_on = match SignOn::of(headers, &settings.forwarded_cookies, &identity) {
        Ok(sign_on) => sign_on,
        Err(error) => {
            tracing::warn!(target: "exeunt::platform", %error, "nobody is signed in by them");
            return CurrentIdentity::Nobody;
        }
    };
    let identity = Arc::new(identity);
    if note::is_signed_out(platform, headers, &sign_on) {
        return CurrentIdentity::SignedOut(identity, sign_on);
    }
    CurrentIdentity::SignedIn(identity, sign_on)
}

/// The prefix comes from the settings alone. A trusted proxy that has another is told of, once.
fn compare_prefix(platform: &Platform, headers: &HeaderMap) {
    let base = platform.site().public_url().base_path();
    let differs = headers.get_all("x-forwarded-prefix").iter().any(|value| {
        value
            .to_str()
            .is_ok_and(|prefix| prefix.trim_end_matches('/') != base)
    });
    if differs && platform.tells_prefix_for_the_first_time() {
        tracing::warn!(
            target: "exeunt::platform",
            "a trusted proxy sends an x-forwarded-prefix other than the path of this app, which is used all the same; compare \
             KAMIWAZA_APP_PATH with the route of the proxy"
        );
    }
}
