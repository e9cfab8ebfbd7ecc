//! The claims of a logout token, judged one by one.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Expected, LogoutTokenError};
use crate::{
    clock::Timestamp,
    config::{LogoutTokenPolicy, Strictness},
    provider::id_token::LEEWAY,
};

/// What makes a token a logout token.
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Beside it, Keycloak says whether it has revoked offline tokens too.
const REVOKE_OFFLINE_ACCESS: &str = "revoke_offline_access";
/// The longest life that a token may have: the longest that a provider was seen to give is 24 hours.
const LONGEST_LIFE: Duration = Duration::from_secs(25 * 60 * 60);
/// How long a token without `exp` is good.
const LIFE_WITHOUT_EXP: Duration = Duration::from_secs(5 * 60);
/// The most bytes of an identifier. The longest `sid` that was seen has about 400.
const LONGEST_IDENTIFIER: usize = 1024;
/// The last second of the year 9999: what lies beyond is no moment that a provider means.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// What the claims say, once they have passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) sub: Option<String>,
    pub(super) sid: Option<String>,
    pub(super) jti: String,
    pub(super) iat: Timestamp,
    /// From this moment on the token is refused in any case.
    pub(super) good_until: Timestamp,
    pub(super) revoke_offline_access: bool,
}

pub(super) fn check_claims(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
    policy: &LogoutTokenPolicy,
    now: Timestamp,
) -> Result<Claims, LogoutTokenError> {
    if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
        return Err(LogoutTokenError::Issuer);
    }
    check_audience(claims.get("aud"), expected.client_id)?;
    if claims.contains_key("nonce") {
        return Err(LogoutTokenError::Nonce);
    }
    let revoke_offline_access = check_events(claims.get("events"))?;
    let (iat, good_until) = check_times(claims, policy, now)?;
    let jti = text(claims.get("jti"))
        .ok_or(LogoutTokenError::TokenId)?
        .to_owned();
    let sub = match claims.get("sub") {
        None => None,
        sub => Some(text(sub).ok_or(LogoutTokenError::Subject)?.to_owned()),
    };
    let sid = match claims.get("sid") {
        None => None,
        sid => Some(
            text(sid)
                .filter(|sid| sid.bytes().all(is_vschar))
                .ok_or(LogoutTokenError::SessionId)?
                .to_owned(),
        ),
    };
    if sub.is_none() && sid.is_none() {
        return Err(LogoutTokenError::NobodyNamed);
    }
    Ok(Claims {
        sub,
        sid,
        jti,
        iat,
        good_until,
        revoke_offline_access,
    })
}

/// A text, or a list of texts, with us in it. Who else is in it does not matter: a logout gives nobody anything.
fn check_audience(aud: Option<&Value>, client_id: &str) -> Result<(), LogoutTokenError> {
    let contains_us = match aud {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(many)) if many.iter().all(Value::is_string) => {
            many.iter().any(|one| one.as_str() == Some(client_id))
        }
        _ => false,
    };
    if contains_us {
        Ok(())
    } else {
        Err(LogoutTokenError::Audience)
    }
}

/// Other events beside the logout are tolerated, whatever their value.
fn check_events(events: Option<&Value>) -> Result<bool, LogoutTokenError> {
    let events = events
        .and_then(Value::as_object)
        .ok_or(LogoutTokenError::Events)?;
    let logout = events.get(LOGOUT_EVENT).ok_or(LogoutTokenError::Event)?;
    if !logout.is_object() {
        return Err(LogoutTokenError::EventValue);
    }
    Ok(events.get(REVOKE_OFFLINE_ACCESS) == Some(&Value::Bool(true)))
}

fn check_times(
    claims: &Map<String, Value>,
    policy: &LogoutTokenPolicy,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), LogoutTokenError> {
    let iat = moment(claims.get("iat")).ok_or(LogoutTokenError::IssuedAt)?;
    if iat > now + LEEWAY {
        return Err(LogoutTokenError::IssuedInFuture);
    }
    if !claims.contains_key("exp") && policy.exp == Strictness::Lenient {
        // Five minutes are leeway enough. One millisecond more, because they count as good to the last.
        let good_until = iat + LIFE_WITHOUT_EXP + Duration::from_millis(1);
        return if now < good_until {
            Ok((iat, good_until))
        } else {
            Err(LogoutTokenError::Stale)
        };
    }
    let exp = moment(claims.get("exp")).ok_or(LogoutTokenError::ExpiresAt)?;
    let good_until = exp + LEEWAY;
    if now >= good_until {
        return Err(LogoutTokenError::Expired);
    }
    if exp.since(iat) > LONGEST_LIFE {
        return Err(LogoutTokenError::LongLived);
    }
    Ok((iat, good_until))
}

/// Seconds since the epoch, fractions allowed:
/// [RFC 7519, section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2), "NumericDate".
fn moment(value: Option<&Value>) -> Option<Timestamp> {
    let seconds = value?
        .as_f64()
        .filter(|seconds| (0.0..=LAST_SECOND).contains(seconds))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the years 1970 to 9999, checked above"
    )]
    let millis = (seconds * 1000.0).round() as i64;
    Some(Timestamp::from_millis(millis))
}

/// An identifier: a text that is neither empty nor absurdly long.
fn text(value: Option<&Value>) -> Option<&str> {
    value?
        .as_str()
        .filter(|text| !text.is_empty() && text.len() <= LONGEST_IDENTIFIER)
}

/// [RFC 6749, appendix A](https://www.rfc-editor.org/rfc/rfc6749#appendix-A): `VSCHAR`.
const fn is_vschar(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}
