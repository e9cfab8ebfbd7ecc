//! The claim `session_expiry`: until when the provider allows a session that stands on its word.
//! [IPSIE session lifetime profile](https://openid.github.io/ipsie-openid-sl1/draft-openid-ipsie-sl1-profile.html)

use serde_json::{Map, Value};

use crate::clock::Timestamp;

/// Reads it. What is no moment after the epoch is no ceiling: it is ignored.
#[must_use]
pub fn session_expiry(claims: &Map<String, Value>) -> Option<Timestamp> {
    let claim = claims.get("session_expiry")?;
    // A NumericDate may have a fraction; the session ends with the second before it. What does not fit saturates.
    let seconds = claim
        .as_i64()
        .or_else(|| claim.as_f64().map(|seconds| seconds as i64))?;
    (seconds > 0).then(|| Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(claim: Value) -> Option<i64> {
        let claims = json!({"session_expiry": claim});
        session_expiry(claims.as_object().unwrap()).map(Timestamp::seconds)
    }

    #[test]
    fn a_moment_is_read_with_or_without_a_fraction() {
        assert_eq!(read(json!(1_800_000_000)), Some(1_800_000_000));
        assert_eq!(read(json!(1_800_000_000.9)), Some(1_800_000_000));
        assert_eq!(session_expiry(&Map::new()), None);
    }

    #[test]
    fn garbage_is_no_ceiling() {
        for claim in [
            json!("1800000000"),
            json!(null),
            json!(true),
            json!([1_800_000_000]),
            json!({"at": 1}),
            json!(0),
            json!(-5),
            json!(-0.5),
        ] {
            assert_eq!(read(claim.clone()), None, "{claim}");
        }
        // So late that it lowers nothing.
        assert!(read(json!(u64::MAX)).is_some_and(|at| at > 4_000_000_000_000));
        assert!(read(json!(1e300)).is_some_and(|at| at > 4_000_000_000_000));
    }
}
