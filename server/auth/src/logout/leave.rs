//! `GET /auth/logout/continue`: the page from which the browser leaves for the provider.
//!
//! Forms without scripts come here first: Chrome applies `form-action` to every redirect that follows a form, so a form
//! that ended at the provider would be stranded by our policy. A page that refreshes is not a form's redirect.

use std::time::Duration;

use axum::{extract::State, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::{
    pending::{self, PendingLogout},
    plan,
    receipt::{Layer, Status},
    rp_initiated::{Departure, LogoutRequest},
};
use crate::{
    Exeunt,
    http::{
        headers,
        page::{LeavingForm, Page},
        prefetch::is_prefetch,
    },
    login::{error::CallbackError, start::see_other},
    provider::dialect::Habits,
};

/// The page, or 303 to `/logged-out` where there is nothing to leave for.
pub async fn get(State(exeunt): State<Exeunt>, request: HeaderMap) -> Response {
    if is_prefetch(&request) {
        // Nobody pressed anything yet, and the tries are few.
        return exeunt.render(&Page::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not yet",
            "You are led to the provider when you press the link.",
        ));
    }
    let back = || see_other(&exeunt.public_url().rooted("/logged-out")).unwrap_or_default();
    let mut loaded = match pending::find(&exeunt, &request).await {
        Ok(Some(loaded)) => loaded,
        Ok(None) => return back(),
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "the pending logout could not be read");
            return back();
        }
    };
    if !loaded.pending.visit() {
        return back();
    }
    // What was not sent yet is not what the provider did not like.
    let was_sent = loaded.pending.departure.is_some();
    if !was_sent {
        prepare(&exeunt, &mut loaded.pending).await;
    }
    if loaded.pending.is_contradicted() {
        let unconfirmed = plan::unconfirmed(&exeunt.provider().host(), dialect(&exeunt).await);
        loaded.pending.leaves_again(unconfirmed);
    }
    let departure = loaded.pending.departure.clone();
    let may_probe = exeunt.settings().logout.probe && loaded.pending.can_probe();
    match pending::replace(&exeunt, &loaded).await {
        Ok(true) => {}
        Ok(false) => return back(),
        Err(error) => return exeunt.render(&CallbackError::from(error).page(&exeunt)),
    }
    match departure {
        Some(departure) if was_sent && loaded.pending.leaves_without_hint(exeunt.now()) => {
            let dialect = dialect(&exeunt).await;
            leaving_page(&exeunt, departure.without_id_token_hint(dialect), may_probe).await
        }
        Some(departure) => leaving_page(&exeunt, departure, may_probe).await,
        None => back(),
    }
}

/// How long the page waits for a provider that was not known at the sign-out.
const DISCOVERY_BUDGET: Duration = Duration::from_secs(5);

/// The provider could not be asked how it is asked when the person signed out; now it may be.
async fn prepare(exeunt: &Exeunt, pending: &mut PendingLogout) {
    let Some(metadata) = exeunt.provider().metadata_within(DISCOVERY_BUDGET).await else {
        return;
    };
    let host = exeunt.provider().host();
    let Some(endpoint) = &metadata.end_session_endpoint else {
        let detail = plan::cannot_be_ended(&host);
        pending
            .receipt
            .change(Layer::ProviderSession, Status::CannotBeEnded, detail);
        return;
    };
    let request = LogoutRequest {
        client_id: exeunt.settings().provider.client_id.as_str(),
        post_logout_redirect_uri: &exeunt.post_logout_redirect_uri(),
        state: pending.state(),
        hint: pending.hint.as_ref(),
        dialect: metadata.dialect,
        now: exeunt.now(),
    };
    pending.departure = Departure::new(endpoint, &request);
    if pending.departure.is_some() {
        let detail = plan::unconfirmed(&host, metadata.dialect);
        pending
            .receipt
            .change(Layer::ProviderSession, Status::Unconfirmed, detail);
    } else {
        let detail = plan::cannot_be_asked(&host);
        pending
            .receipt
            .change(Layer::ProviderSession, Status::Failed, detail);
    }
}

/// The provider's habits, as well as they are known.
async fn dialect(exeunt: &Exeunt) -> &'static Habits {
    let metadata = exeunt.provider().metadata_within(DISCOVERY_BUDGET).await;
    exeunt.habits(metadata.as_deref())
}

/// The origins to which the form of this page may lead: where it goes, and where its return to us goes on to at once, to ask
/// whether it worked. Chrome applies `form-action` to every redirect that follows a form.
async fn form_origins(exeunt: &Exeunt, action: &str, may_probe: bool) -> String {
    let origin = |url: &Url| url.origin().ascii_serialization();
    let mut origins: Vec<String> = Url::parse(action).iter().map(origin).collect();
    if may_probe && let Some(metadata) = exeunt.provider().metadata_within(DISCOVERY_BUDGET).await {
        let asked = origin(metadata.oidc.authorization_endpoint().url());
        if !origins.contains(&asked) {
            origins.push(asked);
        }
    }
    origins.join(" ")
}

async fn leaving_page(exeunt: &Exeunt, departure: Departure, may_probe: bool) -> Response {
    let host = exeunt.provider().host();
    let mut page = Page::problem(
        StatusCode::OK,
        format!("Signing out at {host}"),
        "You are signed out of this app. The next step ends your session at the provider, in this browser.",
    );
    let mut allowed = None;
    match departure {
        Departure::Get { url } => {
            page = page.with_link(format!("Continue to {host}"), url.clone());
            page.refresh = Some(url);
        }
        Departure::Post { action, fields } => {
            allowed = Some(form_origins(exeunt, &action, may_probe).await);
            page.form = Some(LeavingForm {
                action,
                fields,
                button: format!("Continue to {host}"),
            });
        }
    }
    page = page.with_link("Not now", exeunt.public_url().rooted("/logged-out"));
    let mut response = exeunt.render(&page);
    if let Ok(policy) = HeaderValue::try_from(headers::content_security_policy(None, allowed.as_deref())) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
