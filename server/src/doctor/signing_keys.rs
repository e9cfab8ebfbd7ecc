//! The keys that ID tokens and logout tokens are verified with.

use exeunt::provider::{
    keys::{KeysError, fetch_keys, validate_keys},
    metadata::Metadata,
};
use serde_json::Value;

use super::{Patient, finding::Finding};

const CHECK: &str = "signing_keys";

pub(super) async fn examine(patient: &Patient<'_>, metadata: &Metadata) -> Finding {
    let bytes = fetch_keys(&patient.outbound, &metadata.jwks_uri).await;
    let algorithm = serde_json::to_value(&metadata.id_token_alg).unwrap_or_default();
    judge_keys(bytes, algorithm.as_str().unwrap_or_default())
}

/// Whether there is a key for the one algorithm that is expected.
fn judge_keys(bytes: Result<Vec<u8>, KeysError>, algorithm: &str) -> Finding {
    let usable = bytes.and_then(|bytes| {
        let keys = validate_keys(&bytes)?;
        Ok(serde_json::to_value(&keys).unwrap_or_default())
    });
    let document = match usable {
        Ok(document) => document,
        Err(error) => {
            return Finding::wrong(
                CHECK,
                format!("{error}."),
                "Nobody can sign in without them. Whoever runs the provider must mend its jwks_uri.",
            );
        }
    };
    let family = match algorithm {
        "EdDSA" => "OKP",
        alg if alg.starts_with("ES") => "EC",
        _ => "RSA",
    };
    // [RFC 7518, section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4): each has a curve of its own.
    let curve = match algorithm {
        "ES256" => Some("P-256"),
        "ES384" => Some("P-384"),
        "ES512" => Some("P-521"),
        _ => None,
    };
    let member = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let keys = document.get("keys").and_then(Value::as_array);
    let fitting = keys
        .into_iter()
        .flatten()
        .filter(|key| member(key, "kty").as_deref() == Some(family))
        .filter(|key| curve.is_none_or(|curve| member(key, "crv").as_deref() == Some(curve)))
        .filter(|key| member(key, "use").is_none_or(|usage| usage == "sig"))
        .filter(|key| member(key, "alg").is_none_or(|alg| alg == algorithm))
        .count();
    match fitting {
        0 => Finding::wrong(
            CHECK,
            format!("None of the provider's keys is for {algorithm}, which ID tokens are expected in."),
            "Set EXEUNT_ID_TOKEN_ALG to what the provider signs this client's ID tokens with.",
        ),
        1 => Finding::ok(CHECK, format!("There is one for {algorithm}.")),
        count => Finding::ok(CHECK, format!("There are {count} for {algorithm}.")),
    }
}
