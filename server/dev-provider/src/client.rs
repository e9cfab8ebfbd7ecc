//! The registered relying parties.

use std::fmt;

use url::Url;

use crate::config::ConfigError;

/// A relying party, as it is registered at the provider. See
/// [OpenID Connect Dynamic Client Registration 1.0, section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)
/// for the words.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The client identifier.
    pub client_id: String,
    /// The client's secret; `None` makes it a public client, which does not authenticate.
    pub client_secret: Option<String>,
    /// Where authorization responses may go. Compared exactly, as
    /// [RFC 9700, section 2.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1) wants it.
    pub redirect_uris: Vec<String>,
    /// Where the browser may go after a logout. Compared exactly. See
    /// [OpenID Connect RP-Initiated Logout 1.0, section 3.1](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#ClientMetadata).
    pub post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens are posted. See
    /// [OpenID Connect Back-Channel Logout 1.0, section 2.2](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRegistration).
    pub backchannel_logout_uri: Option<String>,
    /// Whether logout tokens must have a `sid`. This provider's have one anyway.
    pub backchannel_logout_session_required: bool,
    /// What is loaded in a frame when a session ends in the browser. See
    /// [OpenID Connect Front-Channel Logout 1.0, section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout).
    pub frontchannel_logout_uri: Option<String>,
    /// Whether `iss` and `sid` are added to that address.
    pub frontchannel_logout_session_required: bool,
}

impl Client {
    /// A client without any address. Without a secret it is a public one.
    #[must_use]
    pub fn new(client_id: impl Into<String>, client_secret: Option<&str>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.map(ToOwned::to_owned),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
        }
    }

    /// With one more redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// With one more post-logout redirect URI.
    #[must_use]
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uris.push(uri.into());
        self
    }

    /// With this back-channel logout address, `sid` required.
    #[must_use]
    pub fn backchannel_logout(mut self, uri: impl Into<String>) -> Self {
        self.backchannel_logout_uri = Some(uri.into());
        self.backchannel_logout_session_required = true;
        self
    }

    /// With this front-channel logout address, `iss` and `sid` required.
    #[must_use]
    pub fn frontchannel_logout(mut self, uri: impl Into<String>) -> Self {
        self.frontchannel_logout_uri = Some(uri.into());
        self.frontchannel_logout_session_required = true;
        self
    }

    pub(crate) fn check_addresses(&self) -> Result<(), ConfigError> {
        let client_id = || self.client_id.clone();
        let mut returns = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris);
        if let Some(uri) = returns.find(|uri| !is_redirect_target(uri)) {
            return Err(ConfigError::RedirectUri {
                client_id: client_id(),
                uri: uri.clone(),
            });
        }
        if let Some(uri) = &self.backchannel_logout_uri
            && !(is_redirect_target(uri) && origin(uri).is_some())
        {
            return Err(ConfigError::BackChannelLogoutUri {
                client_id: client_id(),
                uri: uri.clone(),
            });
        }
        if let Some(uri) = &self.frontchannel_logout_uri
            && !(is_redirect_target(uri) && self.is_at_home(uri))
        {
            return Err(ConfigError::FrontChannelLogoutUri {
                client_id: client_id(),
                uri: uri.clone(),
            });
        }
        Ok(())
    }

    /// Whether a redirect URI has the same scheme, host and port:
    /// [OpenID Connect Front-Channel Logout 1.0, section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout).
    fn is_at_home(&self, uri: &str) -> bool {
        origin(uri).is_some_and(|home| {
            self.redirect_uris
                .iter()
                .any(|registered| origin(registered).as_ref() == Some(&home))
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.client_id)
            .field("confidential", &self.client_secret.is_some())
            .field("redirect_uris", &self.redirect_uris)
            .field("post_logout_redirect_uris", &self.post_logout_redirect_uris)
            .field("backchannel_logout_uri", &self.backchannel_logout_uri)
            .field("frontchannel_logout_uri", &self.frontchannel_logout_uri)
            .finish_non_exhaustive()
    }
}

/// An absolute address without a fragment that can stand in a `Location` header as it is.
fn is_redirect_target(uri: &str) -> bool {
    uri.bytes().all(|byte| byte.is_ascii_graphic())
        && Url::parse(uri).is_ok_and(|url| url.fragment().is_none())
}

/// Scheme, host and port of a web address.
pub(crate) fn origin(uri: &str) -> Option<String> {
    Url::parse(uri)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(|url| url.origin().ascii_serialization())
}
