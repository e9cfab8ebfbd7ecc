//! TLS to the database, by rustls, as far as the address asks for it.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{FutureExt as _, future::BoxFuture};
use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Socket,
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream as RustlsStream};

use super::{error::OpenError, verifier::Lenient};
use crate::config::{PostgresUrl, Protection};

/// Makes a TLS connection of a plain one.
#[derive(Clone)]
pub(super) struct Tls(TlsConnector);

impl Tls {
    pub(super) fn of(url: &PostgresUrl) -> Result<Self, OpenError> {
        let fault = |error: &dyn std::error::Error| OpenError::Tls(error.to_string());
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| fault(&error))?;
        let config = match url.protection() {
            Protection::Disable | Protection::Prefer | Protection::Require => config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Lenient::of_anybody(&provider))),
            Protection::VerifyCa => {
                let strict = verifier(url.root_certificates(), &provider)?;
                config
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(Lenient::of_the_name(strict, &provider)))
            }
            Protection::VerifyFull => {
                config.with_webpki_verifier(verifier(url.root_certificates(), &provider)?)
            }
        };
        Ok(Self(TlsConnector::from(Arc::new(config.with_no_client_auth()))))
    }
}

fn verifier(
    root_certificates: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, OpenError> {
    let roots = match root_certificates {
        Some(path) => roots_of(path)?,
        None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
    };
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| OpenError::Tls(error.to_string()))
}

fn roots_of(path: &Path) -> Result<RootCertStore, OpenError> {
    let unusable = |reason: &dyn std::fmt::Display| OpenError::RootCertificates {
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let file = File::open(path).map_err(|error| unusable(&error))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_reader_iter(BufReader::new(file)) {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() {
        return Err(unusable(&"there is none in it"));
    }
    Ok(roots)
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Encrypted;
    type TlsConnect = Handshake;
    type Error = io::Error;

    /// Also called, with an empty name, where no TLS will be: for a socket of this machine.
    fn make_tls_connect(&mut self, host: &str) -> io::Result<Handshake> {
        Ok(Handshake {
            connector: self.0.clone(),
            name: ServerName::try_from(host).ok().map(|name| name.to_owned()),
        })
    }
}

pub(super) struct Handshake {
    connector: TlsConnector,
    name: Option<ServerName<'static>>,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Encrypted>>;

    fn connect(self, socket: Socket) -> Self::Future {
        async move {
            let nameless = || io::Error::other("the host has no name that a certificate could bear");
            let name = self.name.ok_or_else(nameless)?;
            let stream = self.connector.connect(name, socket).await?;
            Ok(Encrypted(Box::new(stream)))
        }
        .boxed()
    }
}

pub(super) struct Encrypted(Box<RustlsStream<Socket>>);

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
