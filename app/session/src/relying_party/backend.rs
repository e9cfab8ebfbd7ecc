//! What the server functions ask for, answered by the relying party.

use exeunt::{
    Exeunt,
    http::RequestId,
    logout::{
        self,
        body::{self, wants_html},
        receipt,
    },
    session::{CurrentSession, LiveSession, layer, own, view},
    session_management,
};
use http::request::Parts;

use crate::{
    backend::{Answer, LogoutDone, LogoutRequest, SessionBackend, SessionWatch},
    error::SessionError,
    wire,
};

/// A [`SessionBackend`] that answers with what `exeunt` knows. [`context`](super::context) provides it.
#[derive(Clone, Debug)]
pub struct Backend(pub Exeunt);

impl SessionBackend for Backend {
    fn session_watch(&self, parts: &Parts) -> Option<SessionWatch> {
        let watch = session_management::session_watch(&self.0, &parts.extensions)?;
        Some(SessionWatch {
            frame: watch.frame,
            origin: watch.origin,
            message: watch.message,
            session: watch.session,
        })
    }

    fn current(&self, parts: Parts) -> Answer<Option<wire::SessionView>> {
        let exeunt = self.0.clone();
        Box::pin(async move {
            let session = session_of(&exeunt, &parts).await?;
            let request_id = parts
                .extensions
                .get::<RequestId>()
                .map(|RequestId(id)| id.clone());
            Ok(session
                .map(|session| session_view(view::SessionView::new(&session, request_id, exeunt.now()))))
        })
    }

    fn sessions(&self, parts: Parts) -> Answer<Option<wire::SessionList>> {
        let exeunt = self.0.clone();
        Box::pin(async move {
            let Some(session) = session_of(&exeunt, &parts).await? else {
                return Ok(None);
            };
            let list = own::own_sessions(&exeunt, &session).await.map_err(|error| {
                tracing::error!(target: "exeunt_leptos::relying_party", %error, "a person's sessions could not be read");
                SessionError::Unavailable
            })?;
            Ok(Some(session_list(list)))
        })
    }

    fn logout(&self, parts: Parts, request: LogoutRequest) -> Answer<LogoutDone> {
        let exeunt = self.0.clone();
        Box::pin(async move {
            let by_form = wants_html(&parts.headers);
            let request = body::LogoutRequest {
                scope: scope(request.scope),
                post_logout_redirect_uri: request.post_logout_redirect_uri,
            };
            let outcome = logout::end_session(&exeunt, &parts, request, by_form).await;
            Ok(LogoutDone {
                response: logout_response(outcome.response),
                headers: outcome.headers,
                form_location: outcome.form_location,
            })
        })
    }

    fn logged_out(&self, parts: Parts) -> Answer<wire::LoggedOutView> {
        let exeunt = self.0.clone();
        Box::pin(async move {
            let view = logout::view::logged_out_view(&exeunt, &parts.headers).await.map_err(|error| {
                tracing::error!(target: "exeunt_leptos::relying_party", %error, "what /logged-out shows could not be read");
                SessionError::Unavailable
            })?;
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

/// The layer has looked already; only where it did not (a page that was not found) this asks the store.
async fn session_of(exeunt: &Exeunt, parts: &Parts) -> Result<Option<LiveSession>, SessionError> {
    match parts.extensions.get::<CurrentSession>() {
        Some(CurrentSession::Live(session)) => Ok(Some(session.clone())),
        Some(CurrentSession::None) => Ok(None),
        Some(CurrentSession::Unknown) => Err(SessionError::Unavailable),
        None => layer::find_session(exeunt, &parts.headers)
            .await
            .map_err(|_| SessionError::Unavailable),
    }
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
        session_expires_at: Some(view.session_expires_at),
        idle_expires_at: Some(view.idle_expires_at),
        absolute_expires_at: Some(view.absolute_expires_at),
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
        };
        assert_eq!(
            serde_json::to_value(&list).unwrap(),
            serde_json::to_value(session_list(list.clone())).unwrap()
        );
    }
}
