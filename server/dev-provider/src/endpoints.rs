//! Where the endpoints are, below the issuer.

/// The endpoints' paths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoints {
    pub(crate) authorize: &'static str,
    pub(crate) token: &'static str,
    pub(crate) userinfo: &'static str,
    /// `None`: a provider that revokes nothing.
    pub(crate) revocation: Option<&'static str>,
    pub(crate) jwks: &'static str,
    /// `None`: a provider without RP-initiated logout.
    pub(crate) end_session: Option<&'static str>,
    /// A second logout endpoint, from before there was a standard.
    pub(crate) legacy_logout: Option<&'static str>,
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
            revocation: Some("/revoke"),
            jwks: "/jwks",
            end_session: Some("/end_session"),
            legacy_logout: None,
            check_session: Some("/check_session"),
        }
    }
}
