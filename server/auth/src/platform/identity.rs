//! Who is signed in, as the gateway says it: headers, and when they are believed.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};

use super::{
    contract::Contract,
    signature::{self, SignatureError, SignaturePolicy},
};
use crate::{clock::Timestamp, config::TrustedProxies, upstream::Person};

/// The identifier of the person.
pub const USER_ID: HeaderName = HeaderName::from_static("x-user-id");
/// The e-mail address.
pub const USER_EMAIL: HeaderName = HeaderName::from_static("x-user-email");
/// The name.
pub const USER_NAME: HeaderName = HeaderName::from_static("x-user-name");
/// The roles, separated by commas.
pub const USER_ROLES: HeaderName = HeaderName::from_static("x-user-roles");
/// The workroom.
pub const WORKROOM_ID: HeaderName = HeaderName::from_static("x-workroom-id");
/// The role in the workroom.
pub const WORKROOM_ROLE: HeaderName = HeaderName::from_static("x-user-workroom-role");
/// The gateway's signature.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-user-signature");
/// Its moment, in unix seconds.
pub const SIGNATURE_TS: HeaderName = HeaderName::from_static("x-user-signature-ts");

/// What headers that speak of a person begin with. None of them goes on to a handler: what it may know stands in [`Identity`].
const PREFIXES: [&str; 3] = ["x-user-", "x-auth-", "x-workroom-"];

/// The longest value that is believed, in bytes.
const LONGEST: usize = 2048;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Identifier, e-mail address, name, roles.
    pub person: Person,
    /// The workroom.
    pub workroom_id: Option<String>,
    /// The role in the workroom.
    pub workroom_role: Option<String>,
}

/// Whom identity headers are believed from.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Everybody who can show the gateway's signature, and nobody else.
    Signature(SignaturePolicy),
    /// The peers on the list of trusted proxies.
    Peers(TrustedProxies),
}

/// Why identity headers are ignored. Never holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The peer is not on the list.
    #[error("identity headers came from a peer that EXEUNT_TRUSTED_PROXIES does not name")]
    UntrustedPeer,
    /// The signature counts for nothing.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A header twice, too long, or not text.
    #[error("an identity header was sent twice, is too long or is no text")]
    Malformed,
    /// The older contract calls nobody signed in without an e-mail address.
    #[error(
        "the gateway names a person without x-user-email, which the contract \"legacy\" wants; let it send and sign that, or set EXEUNT_PLATFORM_CONTRACT=current"
    )]
    NoEmail,
}

/// Reads who is signed in. `None`: the headers name nobody.
///
/// # Errors
///
/// If the headers name somebody and are not to be believed: then nobody is signed in.
pub fn validate(
    headers: &HeaderMap,
    peer: Option<IpAddr>,
    trust: &Trust,
    contract: Contract,
    now: Timestamp,
) -> Result<Option<Identity>, IdentityError> {
    if !headers.contains_key(USER_ID) {
        return Ok(None);
    }
    match trust {
        Trust::Signature(policy) => signature::validate(headers, policy, now)?,
        Trust::Peers(peers) => {
            if !peer.is_some_and(|peer| peers.contains(peer)) {
                return Err(IdentityError::UntrustedPeer);
            }
        }
    }
    // What the signature does not cover, anybody on the way may have written.
    let read = |name: &HeaderName| match trust {
        Trust::Signature(policy) if !policy.signed_string.covers(name) => Ok(None),
        _ => read(headers, name),
    };
    let email = read(&USER_EMAIL)?;
    let Some(user_id) = read(&USER_ID)? else {
        return Ok(None);
    };
    if contract == Contract::Legacy && email.is_none() {
        return Err(IdentityError::NoEmail);
    }
    let roles = read(&USER_ROLES)?.unwrap_or_default();
    let roles = roles.split(',').map(str::trim).filter(|role| !role.is_empty());
    Ok(Some(Identity {
        person: Person {
            user_id,
            email,
            name: read(&USER_NAME)?,
            roles: roles.map(str::to_owned).collect(),
        },
        workroom_id: read(&WORKROOM_ID)?,
        workroom_role: read(&WORKROOM_ROLE)?,
    }))
}

/// One value, without white space around it; an empty one is none.
fn read(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, IdentityError> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| IdentityError::Malformed)?;
    if second.is_some() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(IdentityError::Malformed);
    }
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Removes every identity header, so that no handler takes one for the truth.
pub fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .keys()
        .filter(|name| PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix)))
        .cloned()
        .collect();
    for name in named {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn ada() -> HeaderMap {
        [
            ("x-user-id", "ada"),
            ("x-user-email", "ada@k.example"),
            ("x-user-name", "Ada"),
            ("x-user-roles", "admin, staff,,"),
            ("x-workroom-id", "w1"),
        ]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
    }

    fn peers() -> Trust {
        Trust::Peers("10.0.0.7".parse().unwrap())
    }

    fn from_peer(headers: &HeaderMap, peer: &str) -> Result<Option<Identity>, IdentityError> {
        validate(headers, peer.parse().ok(), &peers(), Contract::Legacy, NOW)
    }

    #[test]
    fn f8_4_without_a_secret_only_listed_peers_are_believed() {
        let identity = from_peer(&ada(), "10.0.0.7").unwrap().unwrap();
        assert_eq!(identity.person.user_id, "ada");
        assert_eq!(identity.person.roles, ["admin", "staff"]);
        assert_eq!(identity.workroom_id.as_deref(), Some("w1"));
        for stranger in ["10.0.0.8", "127.0.0.1", "nowhere"] {
            assert_eq!(
                from_peer(&ada(), stranger),
                Err(IdentityError::UntrustedPeer),
                "{stranger}"
            );
        }
        assert_eq!(from_peer(&HeaderMap::new(), "127.0.0.1"), Ok(None));
    }

    #[test]
    fn f8_4_what_could_mean_two_things_means_nothing() {
        let mut twice = ada();
        twice.append(USER_ID, HeaderValue::from_static("eve"));
        assert_eq!(from_peer(&twice, "10.0.0.7"), Err(IdentityError::Malformed));
        let mut binary = ada();
        binary.insert(USER_NAME, HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(from_peer(&binary, "10.0.0.7"), Err(IdentityError::Malformed));
        let mut empty = ada();
        empty.insert(USER_ID, HeaderValue::from_static(" "));
        assert_eq!(from_peer(&empty, "10.0.0.7"), Ok(None));
    }

    #[test]
    fn the_older_contract_wants_an_email_address_too() {
        let mut bare = ada();
        bare.remove(USER_EMAIL);
        assert_eq!(from_peer(&bare, "10.0.0.7"), Err(IdentityError::NoEmail));
        let current = validate(&bare, "10.0.0.7".parse().ok(), &peers(), Contract::Current, NOW);
        assert!(current.unwrap().is_some());
    }

    #[test]
    fn f8_5_with_a_secret_every_peer_needs_the_signature_and_only_what_is_signed_counts() {
        let policy = SignaturePolicy {
            secret: "a secret of the gateway".parse().unwrap(),
            signed_string: "{x-user-signature-ts}\\n{x-user-id}\\n{x-user-email}"
                .parse()
                .unwrap(),
            window: Duration::from_secs(60),
        };
        let trust = Trust::Signature(policy.clone());
        let judge =
            |headers: &HeaderMap| validate(headers, "10.0.0.7".parse().ok(), &trust, Contract::Legacy, NOW);
        assert_eq!(
            judge(&ada()),
            Err(IdentityError::Signature(SignatureError::Missing))
        );
        let mut signed = ada();
        signed.insert(SIGNATURE_TS, HeaderValue::from_static("1800000000"));
        let signature = signature::sign(&signed, &policy).unwrap();
        signed.insert(SIGNATURE, HeaderValue::from_str(&signature).unwrap());
        let identity = judge(&signed).unwrap().unwrap();
        assert_eq!(identity.person.email.as_deref(), Some("ada@k.example"));
        assert!(identity.person.roles.is_empty(), "the roles are not signed");
        assert_eq!(identity.person.name, None);
    }

    #[test]
    fn f8_4_no_handler_sees_an_identity_header() {
        let mut headers = ada();
        headers.insert(SIGNATURE, HeaderValue::from_static("x"));
        headers.insert("x-auth-token", HeaderValue::from_static("x"));
        headers.insert("accept", HeaderValue::from_static("*/*"));
        strip(&mut headers);
        assert_eq!(headers.len(), 1, "{headers:?}");
    }
}
