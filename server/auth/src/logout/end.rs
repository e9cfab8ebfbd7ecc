//! The end of a session, asked for by its own browser.
//!
//! First the store: record and index go in one atomic step, and from then on the person is signed out of the app whatever
//! else happens (invariant I1). Then the plan, without I/O. Then the answer.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, request::Parts};

use super::{
    body::{LogoutRequest, Scope},
    local::{self, Local},
    outbox::{self, Progress},
    pending::{self, PendingLogout},
    plan::{Facts, LocalEnd, LogoutPlan, Others, ProviderKnown},
    receipt::{Layer, LogoutResponse, Status},
    rp_initiated::Departure,
    token_lines::TokensKnown,
    unfinished::{self, Unfinished},
};
use crate::{
    Exeunt,
    audit::Caller,
    http::cookies::{self, PENDING_LIFETIME, PROMPT_LIFETIME},
    login::attempt,
    metrics, random,
};

/// How long a sign-out waits for discovery, if it is not known yet. The session is dead before.
const DISCOVERY_BUDGET: Duration = Duration::from_secs(2);
/// How long it waits for the revocation of its tokens.
const REVOCATION_BUDGET: Duration = Duration::from_millis(1500);

/// A sign-out that was carried out.
#[derive(Clone, Debug)]
pub struct LogoutOutcome {
    /// The answer for scripts.
    pub response: LogoutResponse,
    /// Headers to append to the answer: cookies, and `Clear-Site-Data`.
    pub headers: HeaderMap,
    /// Where a form without scripts goes: a page of ours.
    pub form_location: String,
}

/// Ends the session of this browser. `by_form`: the caller follows `form_location` instead of reading the answer.
///
/// The work is seen through even if the caller goes away in the middle.
pub async fn end_session(
    exeunt: &Exeunt,
    parts: &Parts,
    request: LogoutRequest,
    by_form: bool,
) -> LogoutOutcome {
    let work = {
        let (exeunt, headers, request) = (exeunt.clone(), parts.headers.clone(), request.clone());
        let caller = Caller::of(&parts.extensions);
        exeunt
            .clone()
            .spawn(async move { end(&exeunt, &headers, &caller, &request, by_form).await })
    };
    let outcome = match work.await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "a sign-out broke off");
            failed(exeunt, &parts.headers, &request)
        }
    };
    for line in &outcome.response.receipt.layers {
        metrics::layer_told(line.layer, line.status);
    }
    outcome
}

async fn end(
    exeunt: &Exeunt,
    headers: &HeaderMap,
    caller: &Caller,
    request: &LogoutRequest,
    by_form: bool,
) -> LogoutOutcome {
    let now = exeunt.now();
    let local = local::end_locally(exeunt, headers, caller, request.scope, now).await;
    let wants_provider =
        local.scope != Scope::App && !matches!(local.end, LocalEnd::NoSession | LocalEnd::Failed);
    let discovery = async {
        if wants_provider {
            exeunt.provider().metadata_within(DISCOVERY_BUDGET).await
        } else {
            None
        }
    };
    let (metadata, tokens) = tokio::join!(discovery, revoke(exeunt, &local));
    let state = random::token(exeunt.random()).unwrap_or_default();
    let host = exeunt.provider().host();
    let mut plan = LogoutPlan::compute(&Facts {
        local: &local.end,
        others: local.others,
        tokens,
        scope: local.scope,
        provider: metadata.as_deref().map_or(ProviderKnown::No, ProviderKnown::Yes),
        host: &host,
        client_id: exeunt.settings().provider.client_id.as_str(),
        post_logout_redirect_uri: &exeunt.post_logout_redirect_uri(),
        state: &state,
        now,
    });
    if state.is_empty() {
        // Without randomness there is no state that could be recognised on return.
        plan.departure = None;
    }
    answer(exeunt, headers, request, &local, plan, state, by_form).await
}

/// Tries at once, for a short time. What does not come to its end goes on without anybody waiting.
async fn revoke(exeunt: &Exeunt, local: &Local) -> TokensKnown {
    let Some(id) = local.outbox else {
        return TokensKnown::NotQueued;
    };
    let progress = if matches!(local.end, LocalEnd::EndedElsewhere(_)) {
        // The worker is at it since the provider ended the session.
        match exeunt.store().load_outbox(&id).await {
            Ok(entry) => entry.map(|entry| Progress::parse(&entry.progress)),
            Err(error) => {
                tracing::warn!(target: "exeunt::logout", %error, "how far a revocation is could not be read");
                None
            }
        }
    } else {
        outbox::try_at_once(exeunt, id, REVOCATION_BUDGET).await
    };
    TokensKnown::Progress(progress.unwrap_or(Progress::BEGINNING))
}

async fn answer(
    exeunt: &Exeunt,
    headers: &HeaderMap,
    request: &LogoutRequest,
    local: &Local,
    mut plan: LogoutPlan,
    state: String,
    by_form: bool,
) -> LogoutOutcome {
    let url = exeunt.public_url();
    let names = exeunt.cookies();
    let mut out = HeaderMap::new();
    cookies::append(&mut out, names.remove(&names.session()));
    // What could not be cancelled stays, so that the next try can.
    if local.cancelled {
        attempt::forget_all(exeunt, headers, &mut out);
    }
    // Where there is no way out yet, whoever opens that page later tries again.
    let by_page = match &plan.departure {
        Some(Departure::Get { .. }) => by_form,
        Some(Departure::Post { .. }) => true,
        None => false,
    };
    let mut remembered = false;
    // A second press finds no session any more; it must not replace what the first one left to be remembered.
    if local.end != LocalEnd::NoSession && local.is_certain() {
        let wanted = request.post_logout_redirect_uri.as_deref();
        let continue_to = wanted.and_then(|uri| exeunt.settings().post_logout_uris.resolve(uri, url));
        let pending = PendingLogout::new(
            state,
            plan.departure.clone(),
            plan.receipt.clone(),
            continue_to,
            by_page,
        )
        .with_hint(plan.hint.take())
        .with_outbox(local.outbox);
        match pending::remember(exeunt, &pending).await {
            Ok(cookie) => {
                remembered = true;
                cookies::append(
                    &mut out,
                    names.set(&names.pending(), &cookie, Some(PENDING_LIFETIME)),
                );
            }
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the pending logout could not be stored");
            }
        }
    }
    if plan.prompt_next_login {
        cookies::append(&mut out, names.set(&names.prompt(), "1", Some(PROMPT_LIFETIME)));
    }
    // The receipt of an earlier sign-out must not stand for this one (invariant I4).
    if !remembered && local.end != LocalEnd::NoSession && is_present(exeunt, headers, &names.pending()) {
        cookies::append(&mut out, names.remove(&names.pending()));
    }
    if !local.stuck.is_empty() {
        let unfinished = Unfinished {
            keys: local.stuck.clone(),
            scope: local.scope,
        };
        match unfinished::seal(exeunt, &unfinished) {
            Ok(value) => cookies::append(&mut out, names.set(&names.unfinished(), &value, None)),
            Err(error) => {
                tracing::error!(target: "exeunt::logout", %error, "the unfinished logout could not be kept");
            }
        }
    } else if is_present(exeunt, headers, &names.unfinished()) {
        cookies::append(&mut out, names.remove(&names.unfinished()));
    }
    // "cookies" would remove the provider's own on a shared domain before it is told; "storage" is not ours alone.
    out.insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    let leaving_page = url.absolute("/auth/logout/continue");
    let front_channel_logout_url = match &plan.departure {
        Some(Departure::Get { url }) => Some(url.clone()),
        Some(Departure::Post { .. }) if remembered => Some(leaving_page),
        _ => None,
    };
    let leaves = plan.departure.is_some() && remembered;
    if plan.departure.is_some() && !(leaves || !by_form && front_channel_logout_url.is_some()) {
        // Nobody will be asked after all (invariant I4).
        let host = exeunt.provider().host();
        let detail = format!("The way to {host} could not be prepared. You may still be signed in there.");
        plan.receipt
            .change(Layer::ProviderSession, Status::Failed, detail);
    }
    let success = local.is_certain();
    LogoutOutcome {
        response: LogoutResponse {
            success,
            message: message(&local.end).to_owned(),
            redirect_url: Some(url.absolute("/logged-out")),
            front_channel_logout_url,
            receipt: plan.receipt,
        },
        headers: out,
        form_location: url.rooted(if leaves {
            "/auth/logout/continue"
        } else {
            "/logged-out"
        }),
    }
}

fn is_present(exeunt: &Exeunt, headers: &HeaderMap, name: &str) -> bool {
    exeunt.cookies().read(headers, name) != cookies::Presented::None
}

const fn message(end: &LocalEnd) -> &'static str {
    match end {
        LocalEnd::Ended(_) => "You are signed out of this app.",
        LocalEnd::HadExpired(_) => "Your session had run out already.",
        LocalEnd::EndedElsewhere(_) => "Your provider had ended your session already.",
        LocalEnd::NoSession => "You were not signed in.",
        LocalEnd::Failed => "The session could not be ended just now. Please try again.",
    }
}

/// The answer when the work itself broke off: nothing is claimed, and the cookie is kept so that it can be tried again.
fn failed(exeunt: &Exeunt, headers: &HeaderMap, request: &LogoutRequest) -> LogoutOutcome {
    let host = exeunt.provider().host();
    let plan = LogoutPlan::compute(&Facts {
        local: &LocalEnd::Failed,
        others: Others::Unknown,
        tokens: TokensKnown::NotQueued,
        scope: request.scope,
        provider: ProviderKnown::No,
        host: &host,
        client_id: "",
        post_logout_redirect_uri: "",
        state: "",
        now: exeunt.now(),
    });
    let mut out = HeaderMap::new();
    attempt::forget_all(exeunt, headers, &mut out);
    LogoutOutcome {
        response: LogoutResponse {
            success: false,
            message: message(&LocalEnd::Failed).to_owned(),
            redirect_url: Some(exeunt.public_url().absolute("/logged-out")),
            front_channel_logout_url: None,
            receipt: plan.receipt,
        },
        headers: out,
        form_location: exeunt.public_url().rooted("/logged-out"),
    }
}
