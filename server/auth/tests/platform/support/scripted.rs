//! The platform's side: it answers as it is told, and remembers what it was asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, response::Response};
use http::{HeaderMap, Method, StatusCode, Uri};

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// It never answers.
    pub(crate) hangs: bool,
}

impl Reply {
    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string(),
            hangs: false,
        }
    }

    /// What a platform answers to a sign-out, with this address.
    pub(crate) fn signed_out(front_channel_logout_url: &str) -> Self {
        Self::json(&serde_json::json!({
            "message": "Logged out",
            "logout_time": "2027-01-15T08:00:00Z",
            "session_termination_requested": true,
            "front_channel_logout_url": front_channel_logout_url,
            "post_logout_redirect_uri": "https://elsewhere.example/",
        }))
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            headers: Vec::new(),
            body: String::new(),
            hangs: false,
        }
    }

    pub(crate) fn hangs() -> Self {
        Self {
            hangs: true,
            ..Self::status(200)
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

#[derive(Debug)]
struct Inner {
    reply: Mutex<Reply>,
    asked: Mutex<Vec<Asked>>,
}

/// The platform.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    inner: Arc<Inner>,
    pub(crate) address: SocketAddr,
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Inner {
            reply: Mutex::new(Reply::signed_out("/api/auth/logout/front-channel?redirect_uri=x")),
            asked: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Self::router(&inner);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, address }
    }

    fn router(inner: &Arc<Inner>) -> Router {
        Router::new().fallback(answer).with_state(Arc::clone(inner))
    }

    pub(crate) fn api_url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    pub(crate) fn will(&self, reply: Reply) {
        *self.inner.reply.lock().unwrap() = reply;
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().clone()
    }

    /// The one request there was.
    pub(crate) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    inner.asked.lock().unwrap().push(Asked {
        method,
        uri,
        headers,
        body,
    });
    let reply = inner.reply.lock().unwrap().clone();
    if reply.hangs {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    response.body(reply.body.into()).unwrap()
}
