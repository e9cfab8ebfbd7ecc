//! The endpoints a script can speak of.

use crate::endpoints::DISCOVERY;
use crate::provider::Provider;

/// An endpoint of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// The key set, `jwks_uri`.
    Jwks,
    /// `authorization_endpoint`. The picker's form is not part of it.
    Authorize,
    /// `token_endpoint`.
    Token,
    /// `userinfo_endpoint`.
    Userinfo,
    /// `revocation_endpoint`.
    Revocation,
    /// `end_session_endpoint`, and where a product has another for logout, that too. The confirmation's form is not part of it.
    EndSession,
    /// `check_session_iframe`.
    CheckSession,
}

impl Endpoint {
    pub(super) fn at(provider: &Provider, path: &str) -> Option<Self> {
        let endpoints = &provider.endpoints;
        let path = path.strip_prefix(&provider.issuer.base_path)?;
        let known = [
            (DISCOVERY, Self::Discovery),
            (endpoints.jwks, Self::Jwks),
            (endpoints.authorize, Self::Authorize),
            (endpoints.token, Self::Token),
            (endpoints.userinfo, Self::Userinfo),
        ];
        let revocation = endpoints.revocation.map(|path| (path, Self::Revocation));
        let end_session = endpoints.end_session.map(|path| (path, Self::EndSession));
        let legacy = endpoints.legacy_logout.map(|path| (path, Self::EndSession));
        let check_session = endpoints.check_session.map(|path| (path, Self::CheckSession));
        known
            .into_iter()
            .chain(revocation)
            .chain(end_session)
            .chain(legacy)
            .chain(check_session)
            .find(|(at, _)| *at == path)
            .map(|(_, endpoint)| endpoint)
    }
}
