//! `GET /auth/frontchannel-logout`.

use std::time::Duration;

use axum::{
    extract::{RawQuery, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

use super::{framing::framed_by, request};
use crate::{
    Exeunt,
    audit::Caller,
    config::Switch,
    logout::{Ending, Reason, ending},
    provider::metadata::Metadata,
    store::{MarkRule, Selector},
};

/// The path, below the base path.
pub const PATH: &str = "/auth/frontchannel-logout";

/// How long it waits for discovery, if it is not known yet.
const DISCOVERY_BUDGET: Duration = Duration::from_secs(2);

/// Ends the session of exactly this `iss` and `sid`, if there is one. The empty page that it answers claims nothing.
///
/// Where it is not switched on: 404. Where that, or the end, could not be found out just now: 503, and nothing was ended.
/// The specification knows no errors here, and the provider's page sees none; the status is for whoever reads its log.
pub async fn get(State(exeunt): State<Exeunt>, RawQuery(query): RawQuery, request: Request) -> Response {
    let metadata = exeunt.provider().metadata_within(DISCOVERY_BUDGET).await;
    match is_active(exeunt.settings().logout.front_channel, metadata.as_deref()) {
        Some(true) => {}
        Some(false) => return StatusCode::NOT_FOUND.into_response(),
        None => return page(&exeunt, None, StatusCode::SERVICE_UNAVAILABLE),
    }
    let caller = Caller::of(request.extensions());
    let sid_without_iss = exeunt.habits(metadata.as_deref()).front_channel_sid_without_iss();
    let query = query.unwrap_or_default();
    let status = act(&exeunt, &query, sid_without_iss, caller).await;
    page(&exeunt, metadata.as_deref(), status)
}

/// Any other method: 405. A HEAD too, which ends nothing.
pub async fn refuse_method() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response()
}

/// `None`: that depends on the provider, and it is not known.
fn is_active(setting: Switch, metadata: Option<&Metadata>) -> Option<bool> {
    match (setting, metadata) {
        (Switch::Auto, None) => None,
        (setting, metadata) => {
            Some(setting.is_on(metadata.is_some_and(|metadata| metadata.frontchannel_logout_supported)))
        }
    }
}

async fn act(exeunt: &Exeunt, query: &str, sid_without_iss: bool, caller: Caller) -> StatusCode {
    let issuer = exeunt.settings().provider.issuer.as_str();
    let asked = match request::validate_request(query, issuer, sid_without_iss) {
        Ok(asked) => asked,
        Err(error) => {
            tracing::info!(target: "exeunt::logout", %error, "a front-channel logout names no session; nothing was ended");
            return StatusCode::OK;
        }
    };
    let selector = Selector::Sid {
        iss: asked.iss,
        sid: asked.sid,
        sub: None,
    };
    let ending = Ending::new(selector, MarkRule::SidOfTaken, Reason::FrontChannel, caller);
    // The provider's page may drop the frame at any moment; what was begun is seen through.
    let work = exeunt.spawn({
        let exeunt = exeunt.clone();
        async move { ending::carry_out(&exeunt, ending).await }
    });
    match work.await {
        Ok(Ok(ended)) => {
            tracing::debug!(target: "exeunt::logout", sessions = ended.rows.len(), "a front-channel logout");
            StatusCode::OK
        }
        Ok(Err(error)) => {
            tracing::error!(target: "exeunt::logout", %error, "a front-channel logout could not be carried out");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(error) => {
            tracing::error!(target: "exeunt::logout", %error, "a front-channel logout broke off");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// The empty page, which only the provider may frame.
/// [Front-Channel Logout 1.0, section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout):
/// not to be stored by a cache.
fn page(exeunt: &Exeunt, metadata: Option<&Metadata>, status: StatusCode) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
        .extensions_mut()
        .insert(framed_by(&exeunt.settings().provider.issuer, metadata));
    response
}
