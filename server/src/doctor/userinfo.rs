//! The userinfo endpoint.

use exeunt::provider::{metadata::Metadata, outbound::OutboundError};
use http::Response;

use super::{Patient, finding::Finding};

const CHECK: &str = "userinfo_endpoint";

/// Asks without a token.
pub(super) async fn examine(patient: &Patient<'_>, metadata: &Metadata) -> Finding {
    let Some(endpoint) = &metadata.userinfo_endpoint else {
        return Finding::ok(
            CHECK,
            "The provider has none; name and e-mail come from the ID token.",
        );
    };
    judge_userinfo(&patient.outbound.get(endpoint.as_str(), None).await)
}

fn judge_userinfo(answer: &Result<Response<Vec<u8>>, OutboundError>) -> Finding {
    const MEND: &str =
        "People can sign in without it, but what only it tells (often name and e-mail) is missing.";
    match answer.as_ref().map(|answer| answer.status().as_u16()) {
        // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
        Ok(400 | 401 | 403) => Finding::ok(CHECK, "It is there, and wants a token."),
        Ok(404) => Finding::warning(CHECK, "It answered with 404: there is no such page.", MEND),
        Ok(status) => Finding::warning(CHECK, format!("Without a token it answered with {status}."), MEND),
        Err(error) => Finding::warning(CHECK, format!("{error}."), MEND),
    }
}
