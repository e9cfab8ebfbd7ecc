//! Which row a provider is, by what it says of itself.

use url::Url;

use super::{Habits, Sign, TABLE};
use crate::config::{Dialect, Issuer};

/// Recognises a provider by its issuer and by the shape of its end-session endpoint, the operator's where discovery has
/// none. [`Dialect::Standard`] if it is none that is known.
///
/// Only parameters depend on it: whoever makes an address look like another product's gets that product's parameters at
/// their own address.
#[must_use]
pub fn recognise(issuer: &Issuer, end_session_endpoint: Option<&Url>) -> Dialect {
    let url = Url::parse(issuer.as_str()).ok();
    TABLE
        .iter()
        .find(|row| {
            row.signs
                .iter()
                .any(|sign| sign.is_at(issuer, url.as_ref(), end_session_endpoint))
        })
        .map_or(Dialect::Standard, Habits::dialect)
}

impl Sign {
    fn is_at(self, issuer: &Issuer, url: Option<&Url>, endpoint: Option<&Url>) -> bool {
        let issuer_host = url.and_then(Url::host_str).unwrap_or_default();
        let endpoint_host = endpoint.and_then(Url::host_str).unwrap_or_default();
        let endpoint_path = endpoint.map(Url::path).unwrap_or_default();
        match self {
            Self::Issuer(whole) => issuer.as_str() == whole,
            Self::IssuerHost(host) => issuer_host == host,
            Self::IssuerBelow(domain) => is_below(issuer_host, domain),
            Self::IssuerRegion(before, after) => issuer_host
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|region| !region.is_empty() && !region.contains('.')),
            Self::IssuerPathEnd(end) => {
                url.is_some_and(|url| url.path().trim_end_matches('/').ends_with(end))
            }
            Self::EndpointBelow(domain) => is_below(endpoint_host, domain),
            Self::EndpointPath(path) => endpoint_path == path,
            Self::EndpointPathEnd(end) => endpoint_path.ends_with(end),
        }
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(issuer: &str, endpoint: Option<&str>) -> Dialect {
        let endpoint = endpoint.map(|address| address.parse().unwrap());
        recognise(&issuer.parse().unwrap(), endpoint.as_ref())
    }

    #[test]
    fn each_product_is_recognised_by_what_it_is_documented_to_publish() {
        for (issuer, endpoint, expected) in [
            (
                "https://id.example",
                Some("https://id.example/oidc/v1/end_session"),
                Dialect::Zitadel,
            ),
            ("https://acme-x1y2.zitadel.cloud", None, Dialect::Zitadel),
            (
                "https://id.example/realms/main",
                Some("https://id.example/realms/main/protocol/openid-connect/logout"),
                Dialect::Keycloak,
            ),
            (
                "https://id.example/auth/realms/main",
                Some("https://id.example/auth/realms/main/protocol/openid-connect/logout"),
                Dialect::Keycloak,
            ),
            (
                "https://tenant.eu.auth0.com/",
                Some("https://tenant.eu.auth0.com/oidc/logout"),
                Dialect::Auth0,
            ),
            (
                "https://login.example/",
                Some("https://login.example/oidc/logout"),
                Dialect::Auth0,
            ),
            ("https://tenant.auth0.com/", None, Dialect::Auth0),
            (
                "https://tenant.auth0.com/",
                Some("https://tenant.auth0.com/v2/logout"),
                Dialect::Auth0Legacy,
            ),
            (
                "https://login.example/",
                Some("https://login.example/v2/logout"),
                Dialect::Auth0Legacy,
            ),
            (
                "https://org.okta.com",
                Some("https://org.okta.com/oauth2/v1/logout"),
                Dialect::Okta,
            ),
            (
                "https://org.oktapreview.com/oauth2/default",
                Some("https://org.oktapreview.com/oauth2/default/v1/logout"),
                Dialect::Okta,
            ),
            (
                "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0",
                Some(
                    "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/v2.0/logout",
                ),
                Dialect::Entra,
            ),
            (
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
                Some("https://app.auth.eu-west-1.amazoncognito.com/logout"),
                Dialect::Cognito,
            ),
            (
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
                Some("https://login.example/logout"),
                Dialect::Cognito,
            ),
            ("https://accounts.google.com", None, Dialect::Google),
            (
                "https://hydra.example/",
                Some("https://hydra.example/oauth2/sessions/logout"),
                Dialect::Hydra,
            ),
            (
                "https://id.example/auth/v1/",
                Some("https://id.example/auth/v1/oidc/logout"),
                Dialect::Rauthy,
            ),
            ("https://id.example/auth/v1", None, Dialect::Rauthy),
        ] {
            assert_eq!(recognised(issuer, endpoint), expected, "{issuer} {endpoint:?}");
        }
    }

    #[test]
    fn what_only_looks_similar_is_standard() {
        for (issuer, endpoint) in [
            ("https://id.example", Some("https://id.example/logout")),
            ("https://id.example", None),
            ("https://auth0.com", None),
            ("https://notauth0.com", None),
            ("https://auth0.com.evil.example", None),
            ("https://okta.com.example/oauth2/default", None),
            ("https://evil.example/accounts.google.com", None),
            ("https://accounts.google.com.evil.example", None),
            ("https://login.microsoftonline.com.evil.example/common", None),
            ("https://cognito-idp.a.b.amazonaws.com/x", None),
            ("https://cognito-idp..amazonaws.com/x", None),
            ("https://id.example", Some("https://id.example/x/v2/logout")),
            (
                "https://id.example",
                Some("https://id.example/logout?x=/oidc/v1/end_session"),
            ),
            ("https://id.example/v1", Some("https://id.example/v1/end_session")),
        ] {
            assert_eq!(
                recognised(issuer, endpoint),
                Dialect::Standard,
                "{issuer} {endpoint:?}"
            );
        }
    }

    #[test]
    fn every_dialect_but_auto_has_exactly_one_row() {
        for dialect in Dialect::ALL {
            let rows = TABLE.iter().filter(|row| row.dialect() == dialect).count();
            assert_eq!(rows, usize::from(dialect != Dialect::Auto), "{dialect}");
            let expected = if dialect == Dialect::Auto {
                Dialect::Standard
            } else {
                dialect
            };
            assert_eq!(Habits::of(dialect).dialect(), expected);
        }
    }
}
