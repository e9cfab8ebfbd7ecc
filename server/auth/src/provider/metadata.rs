//! What discovery tells of a provider, fetched and judged apart.

use openidconnect::core::{CoreClientAuthMethod, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use serde::Deserialize;
use url::Url;

use super::{
    dialect::Habits,
    outbound::{Endpoint, Outbound, OutboundError},
};
use crate::config::{Dialect, IdTokenAlg, Issuer, ProviderSettings, is_loopback};

/// Why the provider's discovery document cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// It could not be fetched.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The answer was not 200. Redirects are not followed.
    #[error("{address} answered with status {status}; check EXEUNT_ISSUER")]
    Status {
        /// The address of the document.
        address: String,
        /// The status.
        status: u16,
    },
    /// It is no discovery document.
    #[error("{address} is not a discovery document: {reason}")]
    Malformed {
        /// The address of the document.
        address: String,
        /// Where it fails.
        reason: String,
    },
    /// The document names another issuer.
    /// [OpenID Connect Discovery 1.0, section 4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)
    #[error(
        "the provider calls itself {found:?}, but EXEUNT_ISSUER is {expected:?}; they must be equal to the letter, a slash at the end included"
    )]
    IssuerMismatch {
        /// Our setting.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// An endpoint's address may not be used.
    #[error("the provider's {endpoint} {address:?} is not usable: {reason}")]
    Endpoint {
        /// Its name in the document.
        endpoint: &'static str,
        /// Its address.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There is no algorithm that both sides accept.
    #[error("the provider signs ID tokens with {offered}; name one of them in EXEUNT_ID_TOKEN_ALG")]
    NoAlgorithm {
        /// What it offers.
        offered: String,
    },
    /// The last try failed a moment ago; it is not asked again yet.
    #[error("the provider did not answer a moment ago: {0}")]
    Recently(String),
}

/// A provider's metadata, every address in it judged.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// As the library needs it.
    pub oidc: CoreProviderMetadata,
    /// Where ID tokens are fetched.
    pub token_endpoint: Url,
    /// Who the person is.
    pub userinfo_endpoint: Option<Url>,
    /// Where the provider's session is ended; a query in it is kept.
    /// [RP-Initiated Logout 1.0, section 2.1](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#OPMetadata)
    pub end_session_endpoint: Option<Url>,
    /// Where tokens are revoked.
    pub revocation_endpoint: Option<Url>,
    /// Where the keys are.
    pub jwks_uri: Url,
    /// The one algorithm that ID tokens must be signed with.
    pub id_token_alg: CoreJwsSigningAlgorithm,
    /// Whether the token endpoint wants the secret in the body instead of the `Authorization` header.
    pub secret_in_body: bool,
    /// Whether every authorization response must carry `iss`.
    /// [RFC 9207, section 3](https://www.rfc-editor.org/rfc/rfc9207#section-3)
    pub iss_parameter_promised: bool,
    /// Whether `prompt=login` may be sent; if the provider lists its values and `login` is not among them, it may not.
    pub prompts: Option<Vec<String>>,
    /// Languages that its pages speak.
    pub ui_locales: Vec<String>,
    /// The scopes that it lists; `None` if it lists none.
    pub scopes: Option<Vec<String>>,
    /// Whether it calls the app when a session ends.
    /// [Back-Channel Logout 1.0, section 2.1](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCSupport)
    pub backchannel_logout_supported: bool,
    /// Whether its logout tokens carry `sid`.
    pub backchannel_logout_session_supported: bool,
    /// Whether it loads the app's front-channel address in a frame when a session ends.
    /// [Front-Channel Logout 1.0, section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)
    pub frontchannel_logout_supported: bool,
    /// Whether that address is given `iss` and `sid`.
    pub frontchannel_logout_session_supported: bool,
    /// The frame that tells when the person's session changes.
    /// [Session Management 1.0, section 3.3](https://openid.net/specs/openid-connect-session-1_0.html#OPMetadata)
    pub check_session_iframe: Option<Url>,
    /// Its habits: as the operator says, else as recognised.
    pub dialect: &'static Habits,
}

#[derive(Debug, Deserialize)]
struct Extra {
    end_session_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    prompt_values_supported: Option<Vec<String>>,
    #[serde(default)]
    ui_locales_supported: Vec<String>,
    scopes_supported: Option<Vec<String>>,
    #[serde(default)]
    backchannel_logout_supported: bool,
    #[serde(default)]
    backchannel_logout_session_supported: bool,
    #[serde(default)]
    frontchannel_logout_supported: bool,
    #[serde(default)]
    frontchannel_logout_session_supported: bool,
    check_session_iframe: Option<serde_json::Value>,
}

/// The operator's word, where it overrides or narrows discovery.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// `EXEUNT_END_SESSION_ENDPOINT`: used only where discovery has none.
    pub end_session_endpoint: Option<Url>,
    /// `EXEUNT_ID_TOKEN_ALG`.
    pub id_token_alg: Option<IdTokenAlg>,
    /// `EXEUNT_DIALECT`.
    pub dialect: Dialect,
}

impl From<&ProviderSettings> for Expectations {
    fn from(settings: &ProviderSettings) -> Self {
        Self {
            end_session_endpoint: settings
                .end_session_endpoint
                .as_ref()
                .map(|endpoint| endpoint.url().clone()),
            id_token_alg: settings.id_token_alg,
            dialect: settings.dialect,
        }
    }
}

/// Where an issuer's discovery document is.
/// [OpenID Connect Discovery 1.0, section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)
#[must_use]
pub fn address_of(issuer: &Issuer) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        issuer.as_str().trim_end_matches('/')
    )
}

/// Gets the discovery document's bytes.
///
/// # Errors
///
/// If there is no answer, or none with status 200.
pub async fn fetch_metadata(outbound: &Outbound, issuer: &Issuer) -> Result<Vec<u8>, DiscoveryError> {
    let address = address_of(issuer);
    let answer = outbound.to(Endpoint::Discovery).get(&address, None).await?;
    if answer.status() != http::StatusCode::OK {
        return Err(DiscoveryError::Status {
            address,
            status: answer.status().as_u16(),
        });
    }
    Ok(answer.into_body())
}

/// Judges a discovery document.
///
/// # Errors
///
/// The first thing in it that may not be relied on.
pub fn validate_metadata(
    bytes: &[u8],
    issuer: &Issuer,
    expectations: &Expectations,
) -> Result<Metadata, DiscoveryError> {
    let malformed = |error: serde_json::Error| DiscoveryError::Malformed {
        address: address_of(issuer),
        reason: error.to_string(),
    };
    let oidc: CoreProviderMetadata = serde_json::from_slice(bytes).map_err(malformed)?;
    let extra: Extra = serde_json::from_slice(bytes).map_err(malformed)?;
    if oidc.issuer().as_str() != issuer.as_str() {
        return Err(DiscoveryError::IssuerMismatch {
            expected: issuer.as_str().to_owned(),
            found: oidc.issuer().as_str().to_owned(),
        });
    }
    usable("authorization_endpoint", oidc.authorization_endpoint().as_str())?;
    let token = oidc.token_endpoint().ok_or(DiscoveryError::Endpoint {
        endpoint: "token_endpoint",
        address: String::new(),
        reason: "it is missing",
    })?;
    let methods = oidc.token_endpoint_auth_methods_supported();
    let end_session = extra.end_session_endpoint.filter(|address| !address.is_empty());
    let end_session_endpoint = match end_session {
        Some(address) => Some(usable("end_session_endpoint", &address)?),
        None => expectations.end_session_endpoint.clone(),
    };
    Ok(Metadata {
        dialect: Habits::chosen(expectations.dialect, issuer, end_session_endpoint.as_ref()),
        token_endpoint: usable("token_endpoint", token.as_str())?,
        userinfo_endpoint: oidc
            .userinfo_endpoint()
            .map(|url| usable("userinfo_endpoint", url.as_str()))
            .transpose()?,
        end_session_endpoint,
        revocation_endpoint: extra
            .revocation_endpoint
            .map(|address| usable("revocation_endpoint", &address))
            .transpose()?,
        jwks_uri: usable("jwks_uri", oidc.jwks_uri().as_str())?,
        id_token_alg: choose_alg(
            oidc.id_token_signing_alg_values_supported(),
            expectations.id_token_alg,
        )?,
        secret_in_body: methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        }),
        iss_parameter_promised: extra.authorization_response_iss_parameter_supported,
        prompts: extra.prompt_values_supported,
        ui_locales: extra.ui_locales_supported,
        scopes: extra.scopes_supported,
        backchannel_logout_supported: extra.backchannel_logout_supported,
        backchannel_logout_session_supported: extra.backchannel_logout_session_supported,
        frontchannel_logout_supported: extra.frontchannel_logout_supported,
        frontchannel_logout_session_supported: extra.frontchannel_logout_session_supported,
        check_session_iframe: extra.check_session_iframe.and_then(check_session_iframe),
        oidc,
    })
}

/// Watching the provider's session is a courtesy: an address that cannot be used for it spoils nothing else.
fn check_session_iframe(address: serde_json::Value) -> Option<Url> {
    usable("check_session_iframe", address.as_str().unwrap_or_default())
        .inspect_err(|error| tracing::warn!(target: "exeunt::provider", %error, "the provider's session is not watched"))
        .ok()
}

/// RS256 if the provider lists it, else its only asymmetric one; or what the operator says.
fn choose_alg(
    offered: &[CoreJwsSigningAlgorithm],
    wanted: Option<IdTokenAlg>,
) -> Result<CoreJwsSigningAlgorithm, DiscoveryError> {
    if let Some(wanted) = wanted {
        return Ok(signing_algorithm(wanted));
    }
    let asymmetric: Vec<_> = offered
        .iter()
        .filter(|alg| {
            IdTokenAlg::ALL
                .iter()
                .any(|known| signing_algorithm(*known) == **alg)
        })
        .collect();
    if asymmetric.contains(&&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256) {
        return Ok(CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256);
    }
    match asymmetric[..] {
        [only] => Ok(only.clone()),
        _ => Err(DiscoveryError::NoAlgorithm {
            offered: offered
                .iter()
                .map(|alg| serde_json::to_string(alg).unwrap_or_default().replace('"', ""))
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

/// The library's name of an algorithm.
#[must_use]
pub fn signing_algorithm(alg: IdTokenAlg) -> CoreJwsSigningAlgorithm {
    use CoreJwsSigningAlgorithm as Alg;
    match alg {
        IdTokenAlg::Rs256 => Alg::RsaSsaPkcs1V15Sha256,
        IdTokenAlg::Rs384 => Alg::RsaSsaPkcs1V15Sha384,
        IdTokenAlg::Rs512 => Alg::RsaSsaPkcs1V15Sha512,
        IdTokenAlg::Ps256 => Alg::RsaSsaPssSha256,
        IdTokenAlg::Ps384 => Alg::RsaSsaPssSha384,
        IdTokenAlg::Ps512 => Alg::RsaSsaPssSha512,
        IdTokenAlg::Es256 => Alg::EcdsaP256Sha256,
        IdTokenAlg::Es384 => Alg::EcdsaP384Sha384,
        IdTokenAlg::EdDsa => Alg::EdDsa,
    }
}

/// An absolute https address (http only for loopback hosts) without fragment and user name (invariant I8).
fn usable(endpoint: &'static str, address: &str) -> Result<Url, DiscoveryError> {
    let refuse = |reason| DiscoveryError::Endpoint {
        endpoint,
        address: address.to_owned(),
        reason,
    };
    let url = Url::parse(address).map_err(|_| refuse("it is not an absolute address"))?;
    match url.scheme() {
        "https" => {}
        "http" if url.host().is_some_and(|host| is_loopback(&host)) => {}
        _ => return Err(refuse("it is not https")),
    }
    if url.fragment().is_some() {
        return Err(refuse("it has a fragment"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it has a user name"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
