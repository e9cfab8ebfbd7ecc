//! Where the endpoints are, below the issuer.

/// The endpoints' paths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoints {
    pub(crate) authorize: &'static str,
    pub(crate) token: &'static str,
    pub(crate) userinfo: &'static str,
    pub(crate) revocation: &'static str,
    pub(crate) jwks: &'static str,
    /// `None`: a provider without RP-initiated logout.
    pub(crate) end_session: Option<&'static str>,
    /// The frame of session management.
    pub(crate) check_session: Option<&'static str>,
}

/// Below the issuer, always:
/// [OpenID Connect Discovery 1.0, section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig).
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

impl Default for Endpoints {
    fn default() -> Self {
        Self {
            authorize: "/authorize",
            token: "/token",
            userinfo: "/userinfo",
            revocation: "/revoke",
            jwks: "/jwks",
            end_session: Some("/end_session"),
            check_session: Some("/check_session"),
        }
    }
}

impl Endpoints {
    /// The paths a Zitadel has, as its operators meet them.
    #[cfg(feature = "script")]
    pub(crate) fn zitadel() -> Self {
        Self {
            authorize: "/oauth/v2/authorize",
            token: "/oauth/v2/token",
            userinfo: "/oidc/v1/userinfo",
            revocation: "/oauth/v2/revoke",
            jwks: "/oauth/v2/keys",
            end_session: Some("/oidc/v1/end_session"),
            check_session: None,
        }
    }
}
