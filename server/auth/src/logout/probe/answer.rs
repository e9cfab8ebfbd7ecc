//! The answer, which comes to the callback as that of a login does.

use std::time::Duration;

use axum::response::Response;
use http::HeaderMap;

use super::{Probe, STATE_STEM};
use crate::{
    Exeunt,
    http::cookies::{self, PROMPT_LIFETIME},
    login::{
        error::CallbackError,
        response::{self, AuthorizationResponse, Outcome},
        start::see_other,
    },
    logout::{
        pending::{self, PendingLogout},
        receipt::{Layer, Status},
        returned::LOGGED_OUT_PATH,
    },
    metrics,
};

/// How long it waits for discovery, if it is not known yet.
const DISCOVERY_BUDGET: Duration = Duration::from_secs(2);

/// What an answer proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nobody is signed in at the provider.
    Over,
    /// Somebody is.
    StillSignedIn,
    /// Nothing.
    Nothing,
}

/// Whether the query of the callback answers a probe, ours or not.
pub(crate) fn is_answer(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "state")
        .is_some_and(|(_, state)| state.starts_with(STATE_STEM))
}

/// Notes the answer if it is one to the probe of this browser's pending logout, and leads to `/logged-out` in any case.
pub(crate) async fn receive(exeunt: &Exeunt, headers: &HeaderMap, query: &str) -> Response {
    let noted = match note(exeunt, headers, query).await {
        Ok(noted) => noted,
        Err(error) => {
            tracing::warn!(target: "exeunt::logout", %error, "the answer to a probe is not used");
            None
        }
    };
    let mut response = see_other(&exeunt.public_url().rooted(LOGGED_OUT_PATH)).unwrap_or_default();
    let names = exeunt.cookies();
    let prompt = names.prompt();
    let cookie = match noted {
        None => None,
        Some(MustPrompt::Yes) => names.set(&prompt, "1", Some(PROMPT_LIFETIME)),
        Some(MustPrompt::No) => names.remove(&prompt),
    };
    cookies::append(response.headers_mut(), cookie);
    response
}

/// Whether the next login asks the provider to prompt (invariant I19).
enum MustPrompt {
    Yes,
    No,
}

/// Twice at most: the page that leaves may have noted its visit at the same moment.
async fn note(
    exeunt: &Exeunt,
    headers: &HeaderMap,
    query: &str,
) -> Result<Option<MustPrompt>, CallbackError> {
    let answer = response::parse_authorization_response(query)?;
    for _ in 0..2 {
        let Some(mut loaded) = pending::find(exeunt, headers).await? else {
            return Ok(None);
        };
        if !loaded.pending.probe.is_answered_by(&answer.state, exeunt.now()) {
            return Ok(None);
        }
        check_issuer(exeunt, &answer).await?;
        let verdict = judge(&answer, holds_code(query));
        write_down(&mut loaded.pending, verdict, &exeunt.provider().host());
        if pending::replace(exeunt, &loaded).await? {
            let layer = Layer::ProviderSession;
            if let Some(status) = loaded.pending.receipt.status(layer) {
                metrics::layer_told(layer, status);
            }
            return Ok(must_prompt(&loaded.pending));
        }
    }
    Ok(None)
}

/// As at a login. [RFC 9207, section 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)
async fn check_issuer(exeunt: &Exeunt, answer: &AuthorizationResponse) -> Result<(), CallbackError> {
    // Without it, it is not known whether the provider promises to name itself.
    let metadata = exeunt
        .provider()
        .metadata_within(DISCOVERY_BUDGET)
        .await
        .ok_or(CallbackError::TooSlow)?;
    response::check_iss(
        answer.iss.as_deref(),
        exeunt.settings().provider.issuer.as_str(),
        metadata.iss_parameter_promised,
    )
}

/// An answer with both is an error, as at a login; but what holds a code proves no end.
fn holds_code(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "code")
}

/// Other errors may have other reasons: a consent that is missing, an account to be chosen.
fn judge(answer: &AuthorizationResponse, holds_code: bool) -> Verdict {
    match &answer.outcome {
        Outcome::Code(_) => Verdict::StillSignedIn,
        Outcome::Error { error } if error == "login_required" && !holds_code => Verdict::Over,
        Outcome::Error { .. } => Verdict::Nothing,
    }
}

fn write_down(pending: &mut PendingLogout, verdict: Verdict, host: &str) {
    let layer = Layer::ProviderSession;
    let (probe, status, detail) = match (verdict, pending.receipt.status(layer)) {
        (Verdict::Over, _) => (
            Probe::Answered,
            Status::Ended,
            format!(
                "{host} was asked afterwards whether anybody is signed in there in this browser: nobody is."
            ),
        ),
        (Verdict::StillSignedIn, _) => (
            Probe::Contradicted,
            Status::Failed,
            // Perhaps not the person who signed out: the question is not about one.
            format!(
                "Somebody is still signed in at {host} in this browser: it was asked afterwards, and says so."
            ),
        ),
        (Verdict::Nothing, Some(Status::Returned)) => (
            Probe::Answered,
            Status::Returned,
            format!(
                "{host} sent you back as after a sign-out. Asked whether you are still signed in there, it did not tell."
            ),
        ),
        (Verdict::Nothing, _) => (
            Probe::Answered,
            Status::Unconfirmed,
            format!(
                "{host} was asked to sign you out and has not confirmed it. Asked whether you are still signed in there, it did not tell."
            ),
        ),
    };
    pending.probe = probe;
    pending.receipt.change(layer, status, detail);
}

/// `None`: as before.
fn must_prompt(pending: &PendingLogout) -> Option<MustPrompt> {
    match pending.receipt.status(Layer::ProviderSession) {
        Some(Status::Ended | Status::Returned) => Some(MustPrompt::No),
        Some(Status::Failed) => Some(MustPrompt::Yes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(query: &str) -> Verdict {
        let answer = response::parse_authorization_response(&format!("state=probe.s&{query}")).unwrap();
        judge(&answer, holds_code(query))
    }

    #[test]
    fn i4_only_login_required_proves_the_end() {
        assert_eq!(verdict("error=login_required"), Verdict::Over);
        assert_eq!(
            verdict("error=login_required&error_description=x&iss=y"),
            Verdict::Over
        );
        for other in [
            "interaction_required",
            "consent_required",
            "account_selection_required",
            "access_denied",
            "invalid_request",
            "server_error",
            "temporarily_unavailable",
            "Login_Required",
            "login_required ",
            "",
        ] {
            assert_eq!(verdict(&format!("error={other}")), Verdict::Nothing, "{other}");
        }
        assert_eq!(verdict("code=c"), Verdict::StillSignedIn);
        assert_eq!(verdict("code=c&error=login_required"), Verdict::Nothing);
        assert_eq!(verdict("error=login_required&code="), Verdict::Nothing);
    }

    #[test]
    fn an_answer_is_known_by_its_first_state() {
        assert!(is_answer("code=x&state=probe.s"));
        assert!(is_answer("state=probe.&x"));
        for other in [
            "",
            "state=",
            "state=x.probe.",
            "code=probe.s",
            "state=aaaabbbbcccc.s&state=probe.s",
            "state=probe",
        ] {
            assert!(!is_answer(other), "{other}");
        }
    }
}
