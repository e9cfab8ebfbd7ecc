//! What the server functions ask for, answered by whoever owns the session.

use std::sync::Arc;

use exeunt::{
    logout::{
        body::{self, wants_html},
        receipt,
    },
    session::{own, view},
    upstream::{AsUpstream, Unavailable, Upstream},
};
use http::request::Parts;

use crate::{
    backend::{Answer, LogoutDone, LogoutRequest, SessionBackend, SessionWatch},
    error::SessionError,
    wire,
};

/// A [`SessionBackend`] that answers with what `exeunt` knows: of its own sessions, or of a platform's. [`context`](super::context)
/// provides it.
#[derive(Clone, Debug)]
pub struct Backend(Arc<dyn Upstream>);

impl Backend {
    /// For this upstream.
    #[must_use]
    pub fn new(upstream: &impl AsUpstream) -> Self {
        Self(upstream.as_upstream())
    }
}

impl SessionBackend for Backend {
    fn session_watch(&self, parts: &Parts) -> Option<SessionWatch> {
        let watch = self.0.session_watch(&parts.extensions)?;
        Some(SessionWatch {
            frame: watch.frame,
            origin: watch.origin,
            message: watch.message,
            session: watch.session,
        })
    }

    fn current(&self, parts: Parts) -> Answer<Option<wire::SessionView>> {
        let upstream = Arc::clone(&self.0);
        Box::pin(async move {
            let session = upstream.current(&parts).await.map_err(unavailable)?;
            Ok(session.map(session_view))
        })
    }

    fn sessions(&self, parts: Parts) -> Answer<Option<wire::SessionList>> {
        let upstream = Arc::clone(&self.0);
        Box::pin(async move {
            let list = upstream.sessions(&parts).await.map_err(unavailable)?;
            Ok(list.map(session_list))
        })
    }

    fn logout(&self, parts: Parts, request: LogoutRequest) -> Answer<LogoutDone> {
        let upstream = Arc::clone(&self.0);
        Box::pin(async move {
            let by_form = wants_html(&parts.headers);
            let request = body::LogoutRequest {
                scope: scope(request.scope),
                post_logout_redirect_uri: request.post_logout_redirect_uri,
            };
            let outcome = upstream.end_session(&parts, request, by_form).await;
            Ok(LogoutDone {
                response: logout_response(outcome.response),
                headers: outcome.headers,
                form_location: outcome.form_location,
            })
        })
    }

    fn logged_out(&self, parts: Parts) -> Answer<wire::LoggedOutView> {
        let upstream = Arc::clone(&self.0);
        Box::pin(async move {
            let view = upstream.logged_out(&parts).await.map_err(unavailable)?;
            Ok(wire::LoggedOutView {
                signed_in: view.signed_in,
                unfinished: view.unfinished,
                receipt: view.receipt.map(receipt_view),
                provider: Some(view.provider).filter(|host| !host.is_empty()),
                provider_tries_left: view.provider_tries_left,
                continue_to: view.continue_to,
                can_probe: view.can_probe,
                ended_by_provider: view.ended_by_provider,
                ran_out: view.ran_out,
            })
        })
    }
}

fn unavailable(_: Unavailable) -> SessionError {
    SessionError::Unavailable
}

fn session_list(list: own::SessionList) -> wire::SessionList {
    let session = |entry: own::SessionEntry| wire::SessionEntry {
        id: entry.id,
        current: entry.current,
        device: entry.device,
        issuer: entry.issuer,
        created_at: entry.created_at,
        last_used_at: entry.last_used_at,
        expires_at: entry.expires_at,
    };
    let end = |entry: own::EndEntry| wire::EndEntry {
        device: entry.device,
        created_at: entry.created_at,
        ended_at: entry.ended_at,
        why: entry.why,
    };
    wire::SessionList {
        sessions: list.sessions.into_iter().map(session).collect(),
        recent_ends: list.recent_ends.into_iter().map(end).collect(),
        platform: list.platform,
    }
}

fn session_view(view: view::SessionView) -> wire::SessionView {
    wire::SessionView {
        user_id: view.user_id,
        email: view.email,
        name: view.name,
        roles: view.roles,
        request_id: view.request_id,
        auth_enabled: view.auth_enabled,
        session_expires_at: view.session_expires_at,
        idle_expires_at: view.idle_expires_at,
        absolute_expires_at: view.absolute_expires_at,
        now: view.now,
    }
}

const fn scope(scope: wire::Scope) -> body::Scope {
    match scope {
        wire::Scope::App => body::Scope::App,
        wire::Scope::Browser => body::Scope::Browser,
        wire::Scope::Everywhere => body::Scope::Everywhere,
    }
}

fn logout_response(response: receipt::LogoutResponse) -> wire::LogoutResponse {
    wire::LogoutResponse {
        success: response.success,
        message: response.message,
        redirect_url: response.redirect_url,
        front_channel_logout_url: response.front_channel_logout_url,
        receipt: receipt_view(response.receipt),
    }
}

fn receipt_view(receipt: receipt::Receipt) -> wire::Receipt {
    wire::Receipt {
        ended_at: receipt.ended_at,
        layers: receipt
            .layers
            .into_iter()
            .map(|line| wire::ReceiptLayer {
                layer: layer_view(line.layer),
                status: status_view(line.status),
                detail: line.detail,
            })
            .collect(),
    }
}

const fn layer_view(layer: receipt::Layer) -> wire::Layer {
    match layer {
        receipt::Layer::AppSession => wire::Layer::AppSession,
        receipt::Layer::OtherSessions => wire::Layer::OtherSessions,
        receipt::Layer::OpenTabs => wire::Layer::OpenTabs,
        receipt::Layer::RefreshToken => wire::Layer::RefreshToken,
        receipt::Layer::AccessToken => wire::Layer::AccessToken,
        receipt::Layer::ProviderSession => wire::Layer::ProviderSession,
        receipt::Layer::UpstreamIdp => wire::Layer::UpstreamIdp,
        receipt::Layer::Platform => wire::Layer::Platform,
    }
}

const fn status_view(status: receipt::Status) -> wire::LayerStatus {
    match status {
        receipt::Status::Ended => wire::LayerStatus::Ended,
        receipt::Status::Returned => wire::LayerStatus::Returned,
        receipt::Status::Unconfirmed => wire::LayerStatus::Unconfirmed,
        receipt::Status::Pending => wire::LayerStatus::Pending,
        receipt::Status::Failed => wire::LayerStatus::Failed,
        receipt::Status::CannotBeEnded => wire::LayerStatus::CannotBeEnded,
        receipt::Status::Kept => wire::LayerStatus::Kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exeunt::clock::Timestamp;

    #[test]
    fn both_crates_write_the_same_on_the_wire() {
        use receipt::{Layer, Status};
        let mut receipt = receipt::Receipt::new(Timestamp::from_seconds(1_700_000_000));
        let layers = [
            Layer::AppSession,
            Layer::OtherSessions,
            Layer::OpenTabs,
            Layer::RefreshToken,
            Layer::AccessToken,
            Layer::ProviderSession,
            Layer::UpstreamIdp,
            Layer::Platform,
        ];
        let statuses = [
            Status::Ended,
            Status::Returned,
            Status::Unconfirmed,
            Status::Pending,
            Status::Failed,
            Status::CannotBeEnded,
            Status::Kept,
            Status::Ended,
        ];
        for (layer, status) in layers.into_iter().zip(statuses) {
            receipt.note(layer, status, Some("why".to_owned()));
        }
        let response = receipt::LogoutResponse {
            success: true,
            message: "done".to_owned(),
            redirect_url: Some("https://app.example/logged-out".to_owned()),
            front_channel_logout_url: None,
            receipt,
        };
        assert_eq!(
            serde_json::to_value(&response).unwrap(),
            serde_json::to_value(logout_response(response.clone())).unwrap()
        );
        let list = own::SessionList {
            sessions: vec![own::SessionEntry {
                id: "public".to_owned(),
                current: true,
                device: "Firefox on Linux".to_owned(),
                issuer: "https://id.example".to_owned(),
                created_at: 1,
                last_used_at: 2,
                expires_at: 3,
            }],
            recent_ends: vec![own::EndEntry {
                device: "Safari on iPhone".to_owned(),
                created_at: 1,
                ended_at: 2,
                why: "logout".to_owned(),
            }],
            platform: Some("k.example".to_owned()),
        };
        assert_eq!(
            serde_json::to_value(&list).unwrap(),
            serde_json::to_value(session_list(list.clone())).unwrap()
        );
    }
}
