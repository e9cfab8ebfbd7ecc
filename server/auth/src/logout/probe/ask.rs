//! The question.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::Probe;
use crate::{
    Exeunt,
    config::{ProviderSettings, Scopes},
    logout::pending::PendingLogout,
    provider::{
        code::{self, AuthorizationRequest},
        metadata::Metadata,
    },
    random::{self, RandomError},
};

/// How long it waits for discovery, if it is not known yet.
const DISCOVERY_BUDGET: Duration = Duration::from_secs(2);
/// The prompt that asks nothing of the person.
/// [OpenID Connect Core 1.0, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
const PROMPT: &str = "none";

/// Notes in a pending logout that the provider is asked, and returns the address at which the browser asks it. The note
/// counts once it is stored. `None`: it is not asked, because that is switched off, was done, proves nothing here, or
/// cannot be done now.
pub(in crate::logout) async fn prepare(exeunt: &Exeunt, pending: &mut PendingLogout) -> Option<String> {
    if !exeunt.settings().logout.probe || !pending.can_probe() {
        return None;
    }
    let metadata = exeunt.provider().metadata_within(DISCOVERY_BUDGET).await?;
    if !understands_prompt(metadata.prompts.as_deref()) {
        return None;
    }
    match address(exeunt, &metadata) {
        Ok((probe, address)) => {
            pending.probe = probe;
            Some(address)
        }
        Err(error) => {
            tracing::warn!(target: "exeunt::logout", %error, "the provider is not asked whether its session is over");
            None
        }
    }
}

/// Whether a provider that lists its prompts lists this one.
fn understands_prompt(listed: Option<&[String]>) -> bool {
    listed.is_none_or(|prompts| prompts.iter().any(|one| one == PROMPT))
}

fn address(exeunt: &Exeunt, metadata: &Metadata) -> Result<(Probe, String), RandomError> {
    let (probe, state) = Probe::ask(exeunt.random(), exeunt.now())?;
    // Nobody keeps the verifier of this challenge, so that no code of the answer can ever be redeemed.
    let unknown: [u8; 32] = random::bytes(exeunt.random())?;
    let request = AuthorizationRequest {
        redirect_uri: &exeunt.redirect_uri(),
        state: &state,
        nonce: &random::token(exeunt.random())?,
        code_challenge: &URL_SAFE_NO_PAD.encode(Sha256::digest(unknown)),
        prompt: Some(PROMPT),
        // No hint either: the question is whether anybody is signed in there, not one person.
        login_hint: None,
        ui_locales: None,
    };
    // No more is asked for than an answer takes; what needs a consent could be refused for the lack of it.
    let settings = ProviderSettings {
        scopes: Scopes::openid_alone(),
        ..exeunt.settings().provider.clone()
    };
    let address = code::authorization_url(metadata, &settings, &request);
    Ok((probe, address.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_lists_its_prompts_must_list_none() {
        let listed = |prompts: &[&str]| prompts.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        assert!(understands_prompt(None));
        assert!(understands_prompt(Some(&listed(&["login", "none"]))));
        assert!(!understands_prompt(Some(&listed(&["login", "consent"]))));
        assert!(!understands_prompt(Some(&[])));
    }
}
