//! Who may show the answer in a frame: the provider's pages and nobody else.

use crate::{config::Issuer, http::headers::FramedBy, provider::metadata::Metadata};

/// The origins of the provider's pages: those of its identifier, of the page where people sign in, and of the one where
/// they sign out.
pub(super) fn framed_by(issuer: &Issuer, metadata: Option<&Metadata>) -> FramedBy {
    let issuer = url::Url::parse(issuer.as_str()).ok();
    let others = metadata.into_iter().flat_map(|metadata| {
        let authorization = metadata.oidc.authorization_endpoint().url().clone();
        std::iter::once(authorization).chain(metadata.end_session_endpoint.clone())
    });
    FramedBy::new(issuer.into_iter().chain(others))
}
