//! The provider's discovery document.

use exeunt::provider::{
    metadata::{self, DiscoveryError, Expectations, Metadata, validate_metadata},
    outbound::OutboundError,
};
use http::{Response, header};
use serde_json::Value;

use super::{Patient, clock, finding::Finding};
use crate::config::ServerConfig;

const CHECK: &str = "discovery";

/// What the rest can rely on.
pub(super) struct Known {
    pub(super) metadata: Metadata,
    /// The whole document.
    pub(super) document: Value,
}

/// The document and the provider's clock. Without a document nothing else can be tried.
pub(super) async fn examine(patient: &Patient<'_>) -> (Vec<Finding>, Option<Known>) {
    let address = metadata::address_of(&patient.config.settings.provider.issuer);
    let asked_at = patient.clock.now();
    let answer = patient.outbound.get(&address, None).await;
    let answered_at = patient.clock.now();
    let mut findings = Vec::new();
    if let Ok(answer) = &answer {
        let date = answer
            .headers()
            .get(header::DATE)
            .and_then(|date| date.to_str().ok());
        let age = answer
            .headers()
            .get(header::AGE)
            .and_then(|age| age.to_str().ok()?.trim().parse().ok());
        findings.push(clock::judge_clock(date, age, asked_at, answered_at));
    }
    match judge_discovery(answer, &address, patient.config) {
        Ok(known) => {
            findings.insert(0, judge_algorithm(&known).unwrap_or_else(|| sound(&known)));
            (findings, Some(known))
        }
        Err(finding) => {
            findings.insert(0, finding);
            (findings, None)
        }
    }
}

/// The algorithm that is expected must be one that the provider lists, if it lists any: the setting may name another.
fn judge_algorithm(known: &Known) -> Option<Finding> {
    let listed = known
        .document
        .get("id_token_signing_alg_values_supported")?
        .as_array()?;
    let expected = serde_json::to_value(&known.metadata.id_token_alg).ok()?;
    if listed.is_empty() || listed.contains(&expected) {
        return None;
    }
    let listed: Vec<_> = listed.iter().filter_map(Value::as_str).collect();
    Some(Finding::wrong(
        CHECK,
        format!(
            "ID tokens are expected in {}, but the provider lists only {}: every sign-in would be refused.",
            expected.as_str().unwrap_or_default(),
            listed.join(", ")
        ),
        "Set EXEUNT_ID_TOKEN_ALG to what the provider signs this client's ID tokens with.",
    ))
}

fn sound(known: &Known) -> Finding {
    let algorithm = serde_json::to_value(&known.metadata.id_token_alg).unwrap_or_default();
    Finding::ok(
        CHECK,
        format!(
            "The document is the issuer's own, and every address in it can be used. ID tokens are expected in {}.",
            algorithm.as_str().unwrap_or("no algorithm")
        ),
    )
}

fn judge_discovery(
    answer: Result<Response<Vec<u8>>, OutboundError>,
    address: &str,
    config: &ServerConfig,
) -> Result<Known, Finding> {
    let answer = answer.map_err(|error| {
        let mend = if config.development.is_some() {
            "The development provider runs inside the server: start it, and run the doctor beside it."
        } else {
            "Check EXEUNT_ISSUER, and that this machine may reach the provider."
        };
        Finding::wrong(CHECK, format!("{error}."), mend)
    })?;
    if answer.status() != http::StatusCode::OK {
        return Err(Finding::wrong(
            CHECK,
            format!("{address} answered with {}.", answer.status().as_u16()),
            "Set EXEUNT_ISSUER to the issuer as the provider writes it: its discovery document is below that address.",
        ));
    }
    let provider = &config.settings.provider;
    let metadata = validate_metadata(answer.body(), &provider.issuer, &Expectations::from(provider));
    let document = serde_json::from_slice(answer.body()).unwrap_or_default();
    match metadata {
        Ok(metadata) => Ok(Known { metadata, document }),
        Err(error) => Err(unusable(&error)),
    }
}

fn unusable(error: &DiscoveryError) -> Finding {
    let mend = match error {
        DiscoveryError::IssuerMismatch { found, .. } => {
            format!("If that is your provider, set EXEUNT_ISSUER to {found} exactly.")
        }
        DiscoveryError::NoAlgorithm { .. } => "Set EXEUNT_ID_TOKEN_ALG.".to_owned(),
        DiscoveryError::Endpoint { .. } => {
            "Whoever runs the provider must correct its discovery document.".to_owned()
        }
        _ => "Check EXEUNT_ISSUER.".to_owned(),
    };
    Finding::wrong(CHECK, format!("{error}."), mend)
}
