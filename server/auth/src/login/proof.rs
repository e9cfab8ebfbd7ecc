//! What the provider says of the person who comes back: the code is exchanged, the ID token judged, userinfo asked.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    admission,
    attempt::Attempt,
    error::CallbackError,
    response::{self, AuthorizationResponse, Outcome},
};
use crate::{
    Exeunt,
    clock::Timestamp,
    http::cookies::ATTEMPT_LIFETIME,
    provider::{
        KeyBudget,
        code::{self, CodeError},
        id_token::{self, Expected, ExpectedNonce, IdTokenError, VerifiedIdToken},
        metadata::Metadata,
        userinfo,
    },
};

/// How long userinfo may take: nothing of it is needed.
const USERINFO_BUDGET: Duration = Duration::from_secs(3);

/// What the provider says of the person, every check passed.
pub(super) struct Proof {
    pub(super) tokens: code::Tokens,
    pub(super) verified: VerifiedIdToken,
    pub(super) sub: String,
    pub(super) claims: Value,
}

/// Asks the provider. From the exchange of the code on the tokens lie in `unproved`, whatever becomes of the rest, until
/// they are proved: whoever waits may lose patience at any moment.
pub(super) async fn prove(
    exeunt: &Exeunt,
    attempt: &Attempt,
    answer: &AuthorizationResponse,
    unproved: &mut Option<code::Tokens>,
) -> Result<Proof, CallbackError> {
    let now = exeunt.now();
    if attempt.is_expired(now) {
        return Err(CallbackError::Expired);
    }
    let metadata = exeunt.provider().metadata().await?;
    if attempt.issuer != exeunt.settings().provider.issuer.as_str() {
        return Err(CallbackError::OtherIssuer);
    }
    response::check_iss(
        answer.iss.as_deref(),
        &attempt.issuer,
        metadata.iss_parameter_promised,
    )?;
    let code = match &answer.outcome {
        Outcome::Code(code) => code,
        Outcome::Error { error } => return Err(CallbackError::Provider(error.clone())),
    };
    // Each attempt makes one token request, also if its cookie is sent twice at the same moment.
    let id: [u8; 32] = Sha256::digest(attempt.state().as_bytes()).into();
    let until = attempt.started_at + ATTEMPT_LIFETIME * 2;
    if !exeunt.store().claim("login attempt", &id, until, now).await? {
        return Err(CallbackError::UnknownAttempt);
    }
    let exchanged = code::exchange_code(
        exeunt.provider().outbound(),
        &metadata,
        &exeunt.settings().provider,
        &exeunt.redirect_uri(),
        code,
        &attempt.code_verifier,
        now,
    )
    .await?;
    let tokens = unproved.insert(exchanged);
    let verified = verify(exeunt, &metadata, tokens, attempt, exeunt.now()).await?;
    let sub = verified.text("sub").ok_or(IdTokenError::Malformed)?.to_owned();
    let asked = ask_userinfo(exeunt, &metadata, &tokens.access_token, &sub);
    let userinfo = tokio::time::timeout(USERINFO_BUDGET, asked).await.ok().flatten();
    let claims = admission::merge_claims(verified.claims(), userinfo);
    admission::check_admission(&claims, exeunt.settings())?;
    let tokens = unproved.take().ok_or(CodeError::NoIdToken)?;
    Ok(Proof {
        tokens,
        verified,
        sub,
        claims,
    })
}

async fn verify(
    exeunt: &Exeunt,
    metadata: &Metadata,
    tokens: &code::Tokens,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<VerifiedIdToken, CallbackError> {
    let id_token = tokens.id_token.as_deref().ok_or(CodeError::NoIdToken)?;
    let provider = &exeunt.settings().provider;
    let expected = Expected {
        issuer: provider.issuer.as_str(),
        client_id: provider.client_id.as_str(),
        trusted_audiences: &provider.trusted_audiences,
        alg: &metadata.id_token_alg,
        nonce: ExpectedNonce::Sent(&attempt.nonce),
        asked_at: attempt.started_at,
        access_token: &tokens.access_token,
    };
    let keys = exeunt.provider().keys(metadata).await?;
    match id_token::validate_id_token(id_token, &keys, &expected, now) {
        // Signed with a key that we do not know: the provider may have rotated its keys.
        // [OpenID Connect Core 1.0, section 10.1.1](https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys)
        Err(IdTokenError::UnknownKey) => {
            let keys = exeunt.provider().keys_again(metadata, KeyBudget::Login).await?;
            Ok(id_token::validate_id_token(id_token, &keys, &expected, now)?)
        }
        answer => Ok(answer?),
    }
}

/// What userinfo adds. Nothing of it is needed, so nothing of it can prevent a sign-in.
async fn ask_userinfo(
    exeunt: &Exeunt,
    metadata: &Metadata,
    access_token: &str,
    sub: &str,
) -> Option<serde_json::Map<String, serde_json::Value>> {
    let endpoint = metadata.userinfo_endpoint.as_ref()?;
    let answer = match userinfo::fetch_userinfo(exeunt.provider().outbound(), endpoint, access_token).await {
        Ok(bytes) => userinfo::validate_userinfo(&bytes, sub),
        Err(error) => Err(error),
    };
    answer
        .inspect_err(|error| tracing::warn!(target: "exeunt::login", %error, "userinfo is not used"))
        .ok()
}
