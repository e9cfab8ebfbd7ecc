//! What is known of the platform.

use std::{fmt, str::FromStr, time::Duration};

use super::{
    api_url::{ApiUrl, PublicApiUrl},
    contract::Contract,
    cookies::CookieNames,
    identity::Trust,
};
use crate::config::{KeyMaterial, PostLogoutUris, PublicUrl, TrustedProxies};

/// What a [`Platform`](super::Platform) needs to know. The names in brackets are the variables that the reference server reads.
#[derive(Clone, Debug)]
pub struct PlatformSettings {
    /// Where people find the app (`EXEUNT_PUBLIC_URL`, or the platform's origin and `KAMIWAZA_APP_PATH`).
    pub public_url: PublicUrl,
    /// The platform's API as this server reaches it (`KAMIWAZA_API_URL`).
    pub api_url: ApiUrl,
    /// The platform's API as browsers reach it (`KAMIWAZA_PUBLIC_API_URL`).
    pub public_api_url: PublicApiUrl,
    /// Whether anybody has to sign in (`KAMIWAZA_USE_AUTH`, true).
    pub use_auth: bool,
    /// In which version the contract is spoken (`EXEUNT_PLATFORM_CONTRACT`, legacy).
    pub contract: Contract,
    /// Whom identity headers are believed from (`FORWARDAUTH_SIGNATURE_SECRET`, else `EXEUNT_TRUSTED_PROXIES`).
    pub trust: Trust,
    /// Cookies that the platform gets to see at a sign-out (`EXEUNT_PLATFORM_FORWARDED_COOKIES`).
    pub forwarded_cookies: CookieNames,
    /// Cookies that the platform may remove from the browser at a sign-out (`EXEUNT_PLATFORM_RELAYED_COOKIES`).
    pub relayed_cookies: CookieNames,
    /// How the platform's certificate is judged (`EXEUNT_PLATFORM_CA_FILE`, `KAMIWAZA_TLS_REJECT_UNAUTHORIZED`).
    pub tls: TlsTrust,
    /// How long the platform may take to answer, from the connection to the last byte (`EXEUNT_PLATFORM_TIMEOUT`, 5 s).
    pub timeout: Duration,
    /// Where a caller of logout may ask to continue to, beyond `/logged-out` (`EXEUNT_POST_LOGOUT_URIS`, none).
    pub post_logout_uris: PostLogoutUris,
    /// Whose forwarding headers are believed (`EXEUNT_TRUSTED_PROXIES`, nobody's).
    pub trusted_proxies: TrustedProxies,
    /// What seals the cookie of a pending sign-out (`EXEUNT_KEYS`; else random, for as long as the process lives).
    pub key_material: KeyMaterial,
}

impl PlatformSettings {
    /// The longest that a sign-out waits for the platform: a page gives up on this server after ten seconds.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// What must be said; the rest as the reference server has it where its variable is unset. Nobody's identity headers are
    /// believed yet: see [`trust`](Self::trust).
    #[must_use]
    pub fn new(
        public_url: PublicUrl,
        api_url: ApiUrl,
        public_api_url: PublicApiUrl,
        key_material: KeyMaterial,
    ) -> Self {
        Self {
            public_url,
            api_url,
            public_api_url,
            use_auth: true,
            contract: Contract::default(),
            trust: Trust::Peers(TrustedProxies::default()),
            forwarded_cookies: CookieNames::default(),
            relayed_cookies: CookieNames::default(),
            tls: TlsTrust::default(),
            timeout: Self::TIMEOUT,
            post_logout_uris: PostLogoutUris::default(),
            trusted_proxies: TrustedProxies::default(),
            key_material,
        }
    }
}

/// How the certificate of the platform is judged.
#[derive(Clone, Debug, Default)]
pub enum TlsTrust {
    /// By the authorities that everybody trusts. The default.
    #[default]
    Public,
    /// By these authorities besides.
    Also(Certificates),
    /// Not at all: anybody on the way can read and forge what is exchanged. For development.
    Nothing,
}

impl TlsTrust {
    /// Whether no certificate is judged.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// What is wrong with a file of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificatesError {
    /// There is none.
    #[error("holds no certificate; it must hold PEM blocks that begin with -----BEGIN CERTIFICATE-----")]
    None,
    /// One cannot be read.
    #[error("holds a certificate that cannot be read; export it again as PEM")]
    Malformed,
}

/// Certificates of authorities, in PEM.
#[derive(Clone)]
pub struct Certificates(pub(crate) Vec<openidconnect::reqwest::Certificate>);

impl FromStr for Certificates {
    type Err = CertificatesError;

    fn from_str(text: &str) -> Result<Self, CertificatesError> {
        if !text.contains("-----BEGIN CERTIFICATE-----") {
            return Err(CertificatesError::None);
        }
        let certificates = openidconnect::reqwest::Certificate::from_pem_bundle(text.as_bytes())
            .map_err(|_| CertificatesError::Malformed)?;
        if certificates.is_empty() {
            return Err(CertificatesError::None);
        }
        Ok(Self(certificates))
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificates({})", self.0.len())
    }
}
