//! Settings as values that cannot be wrong.
//!
//! Each type parses text once and is valid from then on, so nothing behind it has to check again. Nothing here reads the
//! environment or a file: that is the business of the program that embeds this crate. Every error says what is wrong with
//! the value and how to mend it, in words that follow the name of the setting ("EXEUNT_PUBLIC_URL is not https; use …"), and
//! none of them repeats the value itself where that could be a secret.
//!
//! ```
//! use exeunt::config::PublicUrl;
//!
//! let url: PublicUrl = "https://app.example:8443/some/app".parse()?;
//! assert_eq!(url.origin(), "https://app.example:8443");
//! assert_eq!(url.base_path(), "/some/app");
//! assert_eq!(url.rooted("/logged-out"), "/some/app/logged-out");
//!
//! let wrong = "http://app.example".parse::<PublicUrl>().unwrap_err();
//! assert!(wrong.to_string().contains("use https"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod algorithm;
mod claims;
mod client;
mod dialect;
mod end_session;
mod issuer;
mod keys;
mod limits;
mod logout;
mod logout_token;
mod post_logout;
#[cfg(feature = "postgres")]
mod postgres;
mod proxies;
mod public_url;
mod scopes;
mod settings;
mod store;
mod variables;

pub use address::UrlError;
pub(crate) use address::{Query, is_loopback, parse as parse_address};
pub use algorithm::{IdTokenAlg, IdTokenAlgError};
pub use claims::{RequireClaim, RequireClaimError, RolesClaim, RolesClaimError};
pub use client::{ClientError, ClientId, ClientSecret};
pub use dialect::{Dialect, DialectError};
pub use end_session::EndSessionEndpoint;
pub use issuer::Issuer;
pub use keys::{KeyError, KeyMaterial};
pub use limits::{Limits, LimitsError};
pub use logout::{LogoutSettings, Switch, SwitchError};
pub use logout_token::{LogoutTokenPolicy, Strictness, StrictnessError};
pub use post_logout::{PostLogoutUriError, PostLogoutUris};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresUrl, PostgresUrlError, Protection};
pub use proxies::{TrustedProxies, TrustedProxiesError};
pub use public_url::PublicUrl;
pub use scopes::{Scopes, ScopesError};
pub use settings::{ProviderSettings, Settings};
pub use store::{StoreChoice, StoreChoiceError};
pub use variables::VariableError;
