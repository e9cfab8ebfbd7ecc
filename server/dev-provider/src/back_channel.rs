//! Tells relying parties, from server to server, that a session ended:
//! [OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use url::form_urlencoded;

use crate::client::Client;
use crate::delivery::{Answered, Undelivered, deliver};
use crate::id_token::IssueError;
use crate::logout_token::{self, Whose};
use crate::provider::Provider;
use crate::random::unguessable;
use crate::sso_session::SsoSession;

/// When relying parties are told that a session ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackChannelLogout {
    /// Before the browser goes on; each relying party has 2.5 seconds to answer.
    #[default]
    Synchronous,
    /// This long after the browser went on.
    Delayed(Duration),
    /// Never.
    Off,
}

/// A logout token on its way to a relying party.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) client_id: String,
    pub(crate) uri: String,
    #[cfg_attr(
        not(feature = "script"),
        expect(dead_code, reason = "only a script looks at it")
    )]
    pub(crate) token: String,
    /// The form, encoded.
    pub(crate) form: String,
}

/// Tells the session's relying parties, as the settings say. Whatever they answer, the session has ended.
pub(crate) async fn notify(provider: &Arc<Provider>, ended: &SsoSession) {
    notify_as(provider, ended, provider.back_channel_logout).await;
}

/// The same in this way, whatever the settings say.
pub(crate) async fn notify_as(provider: &Arc<Provider>, ended: &SsoSession, mode: BackChannelLogout) {
    if mode == BackChannelLogout::Off {
        return;
    }
    let notices = notices(provider, ended);
    let provider = Arc::clone(provider);
    // A task of its own, so that a browser that goes away takes no notice with it.
    let sending = tokio::spawn(async move {
        if let BackChannelLogout::Delayed(delay) = mode {
            tokio::time::sleep(delay).await;
        }
        for notice in notices {
            // What came of it is in the records.
            let _ = send(&provider, notice).await;
        }
    });
    if mode == BackChannelLogout::Synchronous {
        // It ends early only with the program.
        let _ = sending.await;
    }
}

/// What is to be sent now: to each client of the session that registered an address, save what the conduct keeps.
fn notices(provider: &Provider, ended: &SsoSession) -> Vec<Notice> {
    let clients = ended.clients.iter().filter_map(|id| provider.client(id));
    clients
        .filter_map(|client| {
            let uri = client.backchannel_logout_uri.clone()?;
            let whose = Whose {
                sub: Some(ended.sub.clone()),
                sid: Some(ended.sid.clone()),
            };
            match logout_token(provider, &client, whose) {
                Ok(token) => provider.conduct.sends(notice(provider, &client, uri, token)),
                Err(error) => {
                    tracing::error!(client_id = client.client_id, %error, "no logout token");
                    None
                }
            }
        })
        .collect()
}

/// A logout token for `client`, signed.
pub(crate) fn logout_token(provider: &Provider, client: &Client, whose: Whose) -> Result<String, IssueError> {
    let claims = logout_token::claims(
        &provider.issuer.identifier,
        &client.client_id,
        &provider.conduct.whose(client, whose),
        unguessable()?,
        provider.now(),
    );
    provider.conduct.logout_token(&provider.keys(), client, claims)
}

/// The request with a logout token:
/// [section 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest).
pub(crate) fn notice(provider: &Provider, client: &Client, uri: String, token: String) -> Notice {
    let mut form = vec![("logout_token".to_owned(), token.clone())];
    provider.conduct.back_channel_form(&mut form);
    Notice {
        client_id: client.client_id.clone(),
        uri,
        token,
        form: form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish(),
    }
}

/// Sends a notice; what came of it is told to the conduct too.
pub(crate) async fn send(provider: &Provider, notice: Notice) -> Result<Answered, Undelivered> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(&notice.uri)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(notice.form.clone()));
    let answered = match request {
        // Never while something is locked: the answer may need an answer of ours first.
        Ok(request) => deliver(&provider.conduct.carrier(), request).await,
        Err(error) => Err(Undelivered::Unreachable(error.into())),
    };
    let client_id = &notice.client_id;
    match &answered {
        // Section 2.8: 200, and 204 from frameworks that cannot do otherwise.
        Ok(answer) if matches!(answer.status.as_u16(), 200 | 204) => {
            tracing::info!(client_id, "back-channel logout taken");
        }
        Ok(answer) => tracing::warn!(client_id, status = %answer.status, "back-channel logout refused"),
        Err(error) => tracing::warn!(client_id, %error, "back-channel logout not delivered"),
    }
    provider.conduct.delivered(notice, answered.as_ref().ok());
    answered
}
