//! Back-channel logout, as a test directs it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use futures::future::BoxFuture;
use http::header::HOST;
use http::{HeaderValue, Request, Response, StatusCode};
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::{Object, Script, Signing};
use crate::back_channel::{self, Notice};
use crate::client::Client;
use crate::delivery::{Answered, Carrier, over_http};
use crate::logout_token::Whose;

/// When relying parties are told that a session ended, for [`Script::back_channel`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackChannel {
    /// Within the request that ends it, before its answer; 2.5 seconds are waited.
    #[default]
    Synchronous,
    /// When the test says so: [`Script::deliver_queued`]. The token is of the time the session ended.
    Queued,
    /// Not at all.
    Off,
}

/// Carries a request to a relying party and brings the answer, for [`Script::deliver_back_channel_to`].
pub type Deliver = Arc<dyn Fn(Request<Body>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// A logout token that was sent, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackChannelDelivery {
    /// To whom.
    pub client_id: String,
    /// Where to.
    pub uri: String,
    /// The logout token.
    pub token: String,
    /// The form it was in, encoded.
    pub form: String,
    /// The answer's status; `None` when there was no answer, or none in time.
    pub status: Option<StatusCode>,
    /// The answer's `Cache-Control`.
    pub cache_control: Option<String>,
    /// The answer's body.
    pub body: String,
}

impl BackChannelDelivery {
    fn of(notice: Notice, answered: Option<&Answered>) -> Self {
        Self {
            client_id: notice.client_id,
            uri: notice.uri,
            token: notice.token,
            form: notice.form,
            status: answered.map(|answer| answer.status),
            cache_control: answered.and_then(|answer| answer.cache_control.clone()),
            body: answered.map(|answer| answer.body.clone()).unwrap_or_default(),
        }
    }
}

/// What a script knows of logout tokens.
pub(super) struct BackChannelState {
    deliver: Mutex<Option<Deliver>>,
    queued: Mutex<VecDeque<Notice>>,
    deliveries: Mutex<Vec<BackChannelDelivery>>,
    /// Counts deliveries: whoever expects one waits for the next.
    done: watch::Sender<u64>,
}

impl Default for BackChannelState {
    fn default() -> Self {
        Self {
            deliver: Mutex::default(),
            queued: Mutex::default(),
            deliveries: Mutex::default(),
            done: watch::Sender::new(0),
        }
    }
}

impl fmt::Debug for BackChannelState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackChannelState").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BackChannelState {
    pub(super) fn queue(&self, notice: Notice) {
        lock(&self.queued).push_back(notice);
    }

    pub(super) fn carrier(&self) -> Carrier {
        match lock(&self.deliver).clone() {
            None => over_http(),
            Some(deliver) => Arc::new(move |request| {
                let answering = deliver(request);
                Box::pin(async move { Ok(answering.await) })
            }),
        }
    }

    pub(super) fn delivered(&self, notice: Notice, answered: Option<&Answered>) {
        lock(&self.deliveries).push(BackChannelDelivery::of(notice, answered));
        self.done.send_modify(|count| *count += 1);
    }
}

/// Makes a [`Deliver`] of a relying party's router, which then needs no listener.
#[derive(Debug)]
pub struct InProcess;

impl InProcess {
    /// Calls `router` with each request, in the form in which a server would get it.
    #[must_use]
    pub fn router(router: Router) -> Deliver {
        Arc::new(move |mut request| {
            as_received(&mut request);
            let answering = router.clone().oneshot(request);
            Box::pin(async move { answering.await.unwrap_or_else(|never: Infallible| match never {}) })
        })
    }
}

/// The host in its header, the rest as the target.
fn as_received(request: &mut Request<Body>) {
    let host = request
        .uri()
        .authority()
        .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(HOST, host);
    }
    if let Some(target) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = target.into();
    }
}

/// What logout tokens say.
impl Script {
    /// Changes the header of logout tokens before they are signed.
    pub fn change_logout_token_header(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().logout_token_header = Some(Arc::new(change));
    }

    /// Changes the claims of logout tokens before they are signed.
    pub fn change_logout_token_claims(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.state.settings().logout_token_claims = Some(Arc::new(change));
    }

    /// Signs logout tokens in this way.
    pub fn sign_logout_tokens_with(&self, signing: Signing) {
        self.state.settings().logout_token_signing = signing;
    }

    /// Changes the parameters of the form that a logout token is posted in: `logout_token` itself is the first.
    pub fn change_back_channel_form(
        &self,
        change: impl Fn(&mut Vec<(String, String)>) + Send + Sync + 'static,
    ) {
        self.state.settings().back_channel_form = Some(Arc::new(change));
    }

    /// Sends what the OpenID conformance suite sends, or not: logout tokens without `typ` and with a claim
    /// `ignored_claim`, a parameter `ignored_parameter` beside them, and a `sid` with special characters.
    pub fn imitate_conformance_suite(&self, imitate: bool) {
        self.state.settings().imitates_conformance_suite = imitate;
    }

    /// A logout token for the first client, with the hooks applied, that nobody has seen yet. Without `sub` or `sid`
    /// it lacks them.
    ///
    /// # Panics
    ///
    /// If there is no client, or the key cannot sign.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test cannot go on without its token")]
    pub fn logout_token(&self, sub: Option<&str>, sid: Option<&str>) -> String {
        let whose = Whose {
            sub: sub.map(ToOwned::to_owned),
            sid: sid.map(ToOwned::to_owned),
        };
        back_channel::logout_token(&self.provider, &self.first_client(), whose).expect("a logout token")
    }

    #[expect(clippy::expect_used, reason = "a test cannot go on without its client")]
    fn first_client(&self) -> Client {
        let clients = self
            .provider
            .clients
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        clients.first().cloned().expect("a client")
    }
}

/// When and how they are sent.
impl Script {
    /// Sends logout tokens at this time; at first they come when the product sends them.
    pub fn back_channel(&self, when: BackChannel) {
        self.state.settings().back_channel = Some(when);
    }

    /// Gives the requests to `deliver` in place of sending them over HTTP: to a relying party without a listener, say,
    /// see [`InProcess::router`]. Holds until it is set again, also after [`reset`](Self::reset).
    pub fn deliver_back_channel_to(&self, deliver: Deliver) {
        *lock(&self.state.back_channel.deliver) = Some(deliver);
    }

    /// Sends what [`BackChannel::Queued`] has gathered, one after the other, and says what came of it.
    pub async fn deliver_queued(&self) -> Vec<BackChannelDelivery> {
        let queued = std::mem::take(&mut *lock(&self.state.back_channel.queued));
        let mut deliveries = Vec::new();
        for notice in queued {
            deliveries.push(self.deliver(notice).await);
        }
        deliveries
    }

    /// Posts a logout token for `sub` and `sid` to `uri` now, with the hooks applied. No session ends by it here.
    ///
    /// # Panics
    ///
    /// As [`logout_token`](Self::logout_token).
    pub async fn send_logout_token(
        &self,
        uri: &str,
        sub: Option<&str>,
        sid: Option<&str>,
    ) -> BackChannelDelivery {
        let token = self.logout_token(sub, sid);
        self.send_this_logout_token(uri, &token).await
    }

    /// Posts this token, whatever it is, to `uri` now: one that was sent before, or one made by
    /// [`sign`](Self::sign).
    ///
    /// # Panics
    ///
    /// If there is no client.
    pub async fn send_this_logout_token(&self, uri: &str, token: &str) -> BackChannelDelivery {
        let client = self.first_client();
        self.deliver(back_channel::notice(
            &self.provider,
            &client,
            uri.to_owned(),
            token.to_owned(),
        ))
        .await
    }

    async fn deliver(&self, notice: Notice) -> BackChannelDelivery {
        let sent = notice.clone();
        let answered = back_channel::send(&self.provider, notice).await.ok();
        BackChannelDelivery::of(sent, answered.as_ref())
    }

    /// What was sent so far, answered or not, the oldest first.
    #[must_use]
    pub fn back_channel_deliveries(&self) -> Vec<BackChannelDelivery> {
        lock(&self.state.back_channel.deliveries).clone()
    }

    /// Waits until `count` logout tokens were sent and answered, or given up, and returns them all.
    pub async fn back_channel_delivered(&self, count: usize) -> Vec<BackChannelDelivery> {
        let mut done = self.state.back_channel.done.subscribe();
        loop {
            let deliveries = self.back_channel_deliveries();
            if deliveries.len() >= count {
                return deliveries;
            }
            // The sender lives as long as this script.
            let _ = done.changed().await;
        }
    }
}
