//! The HTTP surface: routes, cookies, who may change state, headers, pages.

pub mod base_path;
pub mod client_address;
pub mod cookies;
pub mod csrf;
pub mod extend;
pub mod headers;
pub mod health;
pub mod login_url;
pub mod measuring;
pub mod own_sessions;
pub mod page;
pub(crate) mod prefetch;
pub mod return_to;
pub mod router;
mod scheme;
pub mod session;

/// Identifies a request in the log. A layer of the server puts it into the extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);
