//! The token endpoint: does it take our client id and secret?

use exeunt::{
    config::ProviderSettings,
    provider::{
        code::{self, CodeError, Tokens},
        metadata::Metadata,
    },
};

use super::{Patient, finding::Finding};

const CHECK: &str = "token_endpoint";

/// Asks as a sign-in does, with a code that nobody issued.
pub(super) async fn examine(patient: &Patient<'_>, metadata: &Metadata) -> Finding {
    let settings = &patient.config.settings.provider;
    let answer = code::exchange_code(
        &patient.outbound,
        metadata,
        settings,
        &patient.redirect_uri,
        &patient.made_up,
        &patient.made_up,
        patient.clock.now(),
    )
    .await;
    judge_token(answer.map(|_: Tokens| ()), settings)
}

fn judge_token(answer: Result<(), CodeError>, settings: &ProviderSettings) -> Finding {
    let error = match answer {
        // The order of the checks at a provider: first who asks, then what for.
        Err(CodeError::Refused(error)) => error,
        Err(CodeError::Outbound(error)) => {
            return Finding::wrong(
                CHECK,
                format!("{error}."),
                "Nobody can sign in without it. Check that this machine may reach the provider.",
            );
        }
        Err(CodeError::Malformed) => {
            return Finding::wrong(
                CHECK,
                "It did not answer as the specification says; it may not be there at all.",
                "Whoever runs the provider must correct its discovery document.",
            );
        }
        Err(_) | Ok(()) => {
            return Finding::wrong(
                CHECK,
                "It gave tokens for a code that nobody issued.",
                "Do not use this provider.",
            );
        }
    };
    match (error.as_str(), settings.client_secret.is_some()) {
        ("invalid_grant", true) => Finding::ok(CHECK, "It takes the client id and its secret."),
        ("invalid_grant", false) => Finding::ok(CHECK, "It takes the client id, without a secret."),
        ("invalid_client", true) => Finding::wrong(
            CHECK,
            "It refuses the client: client id or secret are wrong, or the secret has run out.",
            "Copy both again from the registration into EXEUNT_CLIENT_ID and EXEUNT_CLIENT_SECRET.",
        ),
        ("invalid_client", false) => Finding::wrong(
            CHECK,
            "It refuses the client: the client id is wrong, or it expects a secret.",
            "Check EXEUNT_CLIENT_ID, and set EXEUNT_CLIENT_SECRET or make the client a public one at the provider.",
        ),
        ("unauthorized_client" | "unsupported_grant_type", _) => Finding::wrong(
            CHECK,
            format!("It does not give this client the authorization code flow ({error})."),
            "Allow it at the provider.",
        ),
        _ => Finding::warning(
            CHECK,
            format!(
                "It is there, but answers a code that nobody issued with {error} instead of invalid_grant."
            ),
            "Whether it takes the client's secret shows at the first sign-in.",
        ),
    }
}
