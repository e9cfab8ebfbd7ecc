//! An open tab that listens to `/auth/events`.

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::{HeaderMap, Response, StatusCode};

/// What a browser tells a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) event: String,
    pub(crate) data: String,
}

/// A connection to the events. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Everything that came so far.
    pub(crate) text: String,
    read: usize,
    body: BodyDataStream,
}

impl Tab {
    pub(super) fn new(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            text: String::new(),
            read: 0,
            body: body.into_data_stream(),
        }
    }

    /// The next piece, up to its empty line, comments included; `None` once the stream is closed.
    pub(crate) async fn piece(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text[self.read..].find("\n\n") {
                let piece = self.text[self.read..self.read + end].to_owned();
                self.read += end + 2;
                return Some(piece);
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event; `None` once the stream is closed.
    pub(crate) async fn heard(&mut self) -> Option<Heard> {
        loop {
            let piece = self.piece().await?;
            let field = |name: &str| {
                let mut lines = piece.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(field, _)| *field == name)
            };
            if let (Some((_, event)), Some((_, data))) = (field("event"), field("data")) {
                return Some(Heard {
                    event: event.to_owned(),
                    data: data.to_owned(),
                });
            }
        }
    }
}
