//! Answers that a script gives in the provider's place.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};

/// How much of an oversize body is sent at once.
const CHUNK: usize = 16 * 1024;

/// What an endpoint answers, for [`Script::answer_next`](super::Script::answer_next) and
/// [`Script::answer_always`](super::Script::answer_always).
#[derive(Clone, Debug)]
pub struct Answer(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Normal,
    /// Waits first, then answers normally.
    Hang,
    /// Answers normally, but keeps the answer.
    Hold,
    Raw(Raw),
}

#[derive(Clone, Debug)]
pub(super) struct Raw {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: RawBody,
}

#[derive(Clone, Debug)]
enum RawBody {
    Whole(Bytes),
    CutOff(Bytes),
    Oversize(u64),
}

impl Answer {
    /// What the provider answers anyway; in a queue, a turn that is let pass.
    #[must_use]
    pub fn normal() -> Self {
        Self(Kind::Normal)
    }

    /// Nothing, until [`Script::release`](super::Script::release): the request is not worked on before.
    #[must_use]
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// The normal answer, worked out at once but sent only after [`Script::release`](super::Script::release): what
    /// the provider did has happened, and the relying party does not know it. It counts as
    /// [`arrived`](super::Script::arrived) when it is worked out.
    #[must_use]
    pub fn hold() -> Self {
        Self(Kind::Hold)
    }

    /// This status without a body.
    ///
    /// # Panics
    ///
    /// If `status` is not a status code.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::raw(status, RawBody::Whole(Bytes::new()))
    }

    /// This body, with this status and content type.
    ///
    /// # Panics
    ///
    /// If `status` is not a status code or `content_type` not a header value.
    #[must_use]
    pub fn body(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::raw(status, RawBody::Whole(body.into())).header(CONTENT_TYPE.as_str(), content_type)
    }

    /// JSON with this status.
    ///
    /// # Panics
    ///
    /// If `status` is not a status code.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::body(status, "application/json", body.to_string())
    }

    /// A 302 to `location`.
    ///
    /// # Panics
    ///
    /// If `location` is not a header value.
    #[must_use]
    pub fn redirect(location: &str) -> Self {
        Self::status(302).header(LOCATION.as_str(), location)
    }

    /// The beginning of a JSON body, then the connection is closed.
    #[must_use]
    pub fn cut_off(beginning: impl Into<Bytes>) -> Self {
        Self::raw(200, RawBody::CutOff(beginning.into())).header(CONTENT_TYPE.as_str(), "application/json")
    }

    /// A JSON string of about this many bytes, streamed without a `Content-Length`.
    #[must_use]
    pub fn oversize(bytes: u64) -> Self {
        Self::raw(200, RawBody::Oversize(bytes)).header(CONTENT_TYPE.as_str(), "application/json")
    }

    /// With one more header. [`normal`](Self::normal), [`hang`](Self::hang) and [`hold`](Self::hold) take none.
    ///
    /// # Panics
    ///
    /// If `name` or `value` cannot stand in a header.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a test that asks for an impossible header is wrong"
    )]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Raw(raw) = &mut self.0 {
            let name = name.parse().expect("a header name");
            raw.headers.push((name, value.parse().expect("a header value")));
        }
        self
    }

    #[expect(
        clippy::expect_used,
        reason = "a test that asks for an impossible status is wrong"
    )]
    fn raw(status: u16, body: RawBody) -> Self {
        let status = StatusCode::from_u16(status).expect("a status code");
        Self(Kind::Raw(Raw {
            status,
            headers: Vec::new(),
            body,
        }))
    }
}

impl Raw {
    pub(super) fn into_response(self) -> Response {
        let body = match self.body {
            RawBody::Whole(bytes) => Body::from(bytes),
            RawBody::CutOff(beginning) => cut_off(beginning),
            RawBody::Oversize(bytes) => oversize(bytes),
        };
        let mut response = (self.status, body).into_response();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// An error in the body makes the server drop the connection, and what it has not written with it: so the beginning
/// is given time to leave.
fn cut_off(beginning: Bytes) -> Body {
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::other("cut off by the script"))
    });
    Body::from_stream(stream::iter([Ok(beginning)]).chain(end))
}

fn oversize(bytes: u64) -> Body {
    let filler = Bytes::from_static(&[b'x'; CHUNK]);
    let chunks = stream::iter(0..bytes.div_ceil(CHUNK as u64)).map(move |_| filler.clone());
    let quote = || stream::iter([Bytes::from_static(b"\"")]);
    Body::from_stream(
        quote()
            .chain(chunks)
            .chain(quote())
            .map(Ok::<_, std::convert::Infallible>),
    )
}
