//! The revocation endpoint: can tokens be withdrawn when a session ends?

use exeunt::provider::{
    dialect::Revocation,
    metadata::Metadata,
    revocation::{RevocationError, TokenKind, revoke_token},
};

use super::{Patient, finding::Finding};

const CHECK: &str = "revocation_endpoint";
const STAYS_GOOD: &str = "Nothing to set: a signed-out person's tokens stay good at the provider until they run out, and the receipt says so.";

/// Asks, as a sign-out does, to revoke a token that nobody issued.
pub(super) async fn examine(patient: &Patient<'_>, metadata: &Metadata) -> Finding {
    let endpoint = match (&metadata.revocation_endpoint, metadata.dialect.revocation()) {
        (Some(endpoint), Revocation::Token | Revocation::Grant) => endpoint,
        _ => {
            return Finding::warning(
                CHECK,
                "The provider has none: tokens cannot be revoked.",
                STAYS_GOOD,
            );
        }
    };
    let answer = revoke_token(
        &patient.outbound,
        endpoint,
        &patient.config.settings.provider,
        metadata.secret_in_body,
        TokenKind::Refresh,
        &patient.made_up,
    )
    .await;
    judge_revocation(answer, metadata.dialect.revocation())
}

fn judge_revocation(answer: Result<(), RevocationError>, reach: Revocation) -> Finding {
    const MEND: &str =
        "Until that is mended, a signed-out person's tokens stay good at the provider until they run out.";
    match answer {
        Ok(()) if reach == Revocation::Grant => Finding::ok(
            CHECK,
            "It takes tokens back. Each takes all of the person's sign-ins to this app with it, so it is used at the last of them only.",
        ),
        Ok(()) => Finding::ok(CHECK, "It takes tokens back."),
        Err(RevocationError::Refused(error)) if error == "invalid_client" => Finding::wrong(
            CHECK,
            "It refuses the client.",
            "Check client id and secret; some providers must be told that this client may revoke tokens.",
        ),
        Err(RevocationError::Later { status: 404, .. }) => {
            Finding::wrong(CHECK, "It answered with 404: there is no such page.", MEND)
        }
        Err(error @ RevocationError::Outbound(_)) => Finding::wrong(CHECK, format!("{error}."), MEND),
        Err(error) => Finding::warning(
            CHECK,
            format!("A token that nobody issued is no error, but here it was: {error}."),
            "Whether it revokes real ones shows in the receipt of a sign-out.",
        ),
    }
}
