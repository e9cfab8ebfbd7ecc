//! Providers as products are documented to behave: their paths, what they offer, what their logout wants to be sent,
//! and how they answer what it does not.

mod auth0;
mod cognito;
mod entra;
mod google;
mod keycloak;
mod zitadel;

use std::fmt;

use http::Method;

use super::BackChannel;
use crate::client::Client;
use crate::endpoints::Endpoints;
use crate::keys::Object;
use crate::logout_request::LogoutRequest;
use crate::logout_token::Whose;
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

/// Whose ways a provider has, for [`ScriptedProviderBuilder::product`](super::ScriptedProviderBuilder::product).
///
/// Endpoints stand below the issuer, also those that the product has on another host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Product {
    /// What the specifications say, all of it.
    #[default]
    Standard,
    /// ID tokens for three audiences with the client as `azp`; logout tokens come late, typed `JWT`, for 15 minutes, and
    /// name their audience in an array.
    Zitadel,
    /// An issuer with a path; a return address needs a hint or a `client_id`; `redirect_uri` is an error; logout tokens
    /// have a `sid` only for clients that require it.
    Keycloak,
    /// As it was before version 18: `redirect_uri` alone, no question, logout tokens without `exp`.
    KeycloakBefore18,
    /// An issuer with a trailing slash; `/oidc/logout`, in discovery only with
    /// [`end_session_in_discovery`](super::ScriptedProviderBuilder::end_session_in_discovery), and `/v2/logout`.
    Auth0,
    /// `logout_hint` in place of an ID token; the return address must be a redirect URI; `sid` without `iss` in frames;
    /// no revocation.
    Entra,
    /// `client_id` and `logout_uri` by GET, nothing else; no state comes back.
    Cognito,
    /// No logout; revocation takes everything; `prompt=login` is an error.
    Google,
}

/// How a product differs from the specifications.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// What follows the origin in the issuer.
    pub(super) issuer_path: &'static str,
    pub(super) endpoints: Endpoints,
    /// Whether discovery names the end-session endpoint that is served.
    pub(super) advertises_end_session: bool,
    /// Whom ID tokens are for beside the client.
    pub(super) audiences: &'static [&'static str],
    /// When logout tokens are sent; `None`: it knows none.
    pub(super) back_channel: Option<BackChannel>,
    pub(super) has_front_channel: bool,
    pub(super) revokes_all: bool,
    pub(super) discovery: fn(&mut Object),
    /// Changes the claims of ID tokens.
    pub(super) id_token: fn(&mut Object),
    pub(super) whose: fn(&Client, Whose) -> Whose,
    /// Changes header and claims of logout tokens.
    pub(super) logout_token: fn(&mut Object, &mut Object),
    /// Changes what is added to the address in a frame.
    pub(super) front_channel: fn(&mut Vec<(String, String)>),
    /// Refuses an authorization request with a page.
    pub(super) authorization: fn(&Parameters) -> Result<(), ErrorPage>,
    /// Reads a logout request that came to this path, below the issuer.
    pub(super) logout_request: fn(&Provider, &str, &Method, &Parameters) -> Result<LogoutRequest, ErrorPage>,
}

impl Shape {
    pub(super) fn standard() -> Self {
        Self {
            issuer_path: "",
            endpoints: Endpoints::default(),
            advertises_end_session: true,
            audiences: &[],
            back_channel: Some(BackChannel::Synchronous),
            has_front_channel: true,
            revokes_all: false,
            discovery: |_| (),
            id_token: |_| (),
            whose: |_, whose| whose,
            logout_token: |_, _| (),
            front_channel: |_| (),
            authorization: |_| Ok(()),
            logout_request: |provider, _, _, sent| LogoutRequest::read(provider, sent),
        }
    }

    pub(super) fn of(product: Product) -> Self {
        match product {
            Product::Standard => Self::standard(),
            Product::Zitadel => zitadel::shape(),
            Product::Keycloak => keycloak::shape(),
            Product::KeycloakBefore18 => keycloak::shape_before_18(),
            Product::Auth0 => auth0::shape(),
            Product::Entra => entra::shape(),
            Product::Cognito => cognito::shape(),
            Product::Google => google::shape(),
        }
    }

    /// What it says of itself.
    pub(super) fn advertise(&self, metadata: &mut Object) {
        if !self.advertises_end_session {
            metadata.remove("end_session_endpoint");
        }
        if self.back_channel.is_none() {
            metadata.remove("backchannel_logout_supported");
            metadata.remove("backchannel_logout_session_supported");
        }
        if !self.has_front_channel {
            metadata.remove("frontchannel_logout_supported");
            metadata.remove("frontchannel_logout_session_supported");
        }
        (self.discovery)(metadata);
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shape")
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

/// A client that must be registered.
fn client(provider: &Provider, client_id: &str) -> Result<Client, ErrorPage> {
    provider
        .client(client_id)
        .ok_or_else(|| ErrorPage::bad_request("The client_id is not registered."))
}
