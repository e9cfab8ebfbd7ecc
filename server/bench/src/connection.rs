//! A connection that is kept: HTTP/1.1, one request after the other. It does no more than a load needs, so that little of the
//! machine is spent on asking.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::Fault;

const MOST_HEADERS: usize = 64;

/// The connection, and the last answer.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
    head: usize,
}

/// How long the body is.
enum Length {
    Bytes(usize),
    Chunks,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            bytes: Vec::with_capacity(8 * 1024),
            head: 0,
        })
    }

    /// Sends a request and reads the whole answer. Returns its status.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or the answer is none.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<u16, Fault> {
        let (status, length) = self.ask_for_head(request).await?;
        match length {
            Length::Bytes(length) => {
                while self.bytes.len() < self.head + length {
                    self.more().await?;
                }
            }
            Length::Chunks => self.chunks().await?,
        }
        Ok(status)
    }

    /// Sends a request and reads the answer until its body begins: for one that does not end.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) async fn begin(&mut self, request: &[u8]) -> Result<u16, Fault> {
        self.ask_for_head(request).await.map(|(status, _)| status)
    }

    /// Reads on until what came holds these bytes.
    ///
    /// # Errors
    ///
    /// If the connection ends before.
    pub(crate) async fn until(&mut self, wanted: &[u8]) -> Result<(), Fault> {
        while !self.bytes.windows(wanted.len()).any(|window| window == wanted) {
            self.more().await?;
        }
        Ok(())
    }

    /// Lets the memory go that an answer took: of ten thousand connections it would be much.
    pub(crate) fn forget(&mut self) {
        self.bytes = Vec::new();
        self.head = 0;
    }

    /// The values of a header of the last answer.
    #[must_use]
    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut answer = httparse::Response::new(&mut headers);
        if answer.parse(&self.bytes).is_err() {
            return Vec::new();
        }
        let values = answer
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name));
        values
            .map(|header| String::from_utf8_lossy(header.value).into_owned())
            .collect()
    }

    async fn ask_for_head(&mut self, request: &[u8]) -> Result<(u16, Length), Fault> {
        self.bytes.clear();
        self.stream.write_all(request).await?;
        loop {
            self.more().await?;
            let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
            let mut answer = httparse::Response::new(&mut headers);
            if let httparse::Status::Complete(head) = answer.parse(&self.bytes).map_err(Fault::because)? {
                let status = answer.code.unwrap_or_default();
                let length = length(answer.headers);
                self.head = head;
                return Ok((status, length));
            }
        }
    }

    async fn chunks(&mut self) -> Result<(), Fault> {
        let mut at = self.head;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            match httparse::parse_chunk_size(rest).map_err(|_| Fault::new("no chunk"))? {
                httparse::Status::Complete((begin, size)) => {
                    let end = at + begin + usize::try_from(size).unwrap_or(usize::MAX) + 2;
                    while self.bytes.len() < end {
                        self.more().await?;
                    }
                    if size == 0 {
                        return Ok(());
                    }
                    at = end;
                }
                httparse::Status::Partial => self.more().await?,
            }
        }
    }

    async fn more(&mut self) -> Result<(), Fault> {
        if self.stream.read_buf(&mut self.bytes).await? == 0 {
            return Err(Fault::new("the server hung up"));
        }
        Ok(())
    }
}

fn length(headers: &[httparse::Header<'_>]) -> Length {
    for header in headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = std::str::from_utf8(header.value)
                .ok()
                .and_then(|text| text.parse().ok());
            return Length::Bytes(length.unwrap_or_default());
        }
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Length::Chunks;
        }
    }
    Length::Bytes(0)
}
