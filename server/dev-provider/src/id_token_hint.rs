//! ID tokens that come back as hints.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::client::Client;
use crate::keys::Object;
use crate::provider::Provider;
use crate::sso_session::SsoSession;

/// Whom and what an ID token of ours was issued for.
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    pub(crate) client_id: String,
    pub(crate) sub: String,
    pub(crate) sid: Option<String>,
    pub(crate) is_expired: bool,
}

/// Why a hint is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HintError {
    #[error("The id_token_hint is not a signed token.")]
    Malformed,
    #[error("The id_token_hint was not signed by this provider.")]
    Signature,
    #[error("The id_token_hint is from another issuer.")]
    Issuer,
    #[error("The id_token_hint was issued to no client of this provider.")]
    Audience,
}

impl Hint {
    /// Whether the token was issued in this session. One without `sid` is told by its user.
    pub(crate) fn is_of(&self, session: &SsoSession) -> bool {
        self.sub == session.sub && self.sid.as_ref().is_none_or(|sid| *sid == session.sid)
    }
}

/// Reads a hint. Its age is told but does not matter:
/// [OpenID Connect RP-Initiated Logout 1.0, section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
pub(crate) fn read(provider: &Provider, token: &str) -> Result<Hint, HintError> {
    let (input, signature) = token.rsplit_once('.').ok_or(HintError::Malformed)?;
    let (header, claims) = input.split_once('.').ok_or(HintError::Malformed)?;
    let (header, claims) = (decode(header)?, decode(claims)?);
    let algorithm = header.get("alg").unwrap_or(&Value::Null);
    if !provider.keys().verify(algorithm, input, signature) {
        return Err(HintError::Signature);
    }
    if claims.get("iss").and_then(Value::as_str) != Some(&provider.issuer.identifier) {
        return Err(HintError::Issuer);
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    Ok(Hint {
        client_id: client(provider, &claims).ok_or(HintError::Audience)?.client_id,
        sub: text("sub").ok_or(HintError::Malformed)?,
        sid: text("sid"),
        is_expired: claims
            .get("exp")
            .and_then(Value::as_i64)
            .is_none_or(|exp| exp <= provider.now()),
    })
}

fn decode(part: &str) -> Result<Object, HintError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| HintError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| HintError::Malformed)
}

/// Whom it was issued to: `azp`, else the first audience that is registered.
fn client(provider: &Provider, claims: &Object) -> Option<Client> {
    let audience = match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    claims
        .get("azp")
        .into_iter()
        .chain(audience)
        .filter_map(Value::as_str)
        .find_map(|id| provider.client(id))
}
