//! The platform's certificate.

use std::sync::Arc;

use exeunt::platform::settings::TlsTrust;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use crate::support::App;

const AUTHORITY: &str = include_str!("../store_postgres/tls/authority.pem");

/// A platform with a certificate of `localhost`, from an authority of the tests' own, that confirms every sign-out.
async fn start() -> u16 {
    let certificates = CertificateDer::pem_slice_iter(include_bytes!("../store_postgres/tls/server.pem"))
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../store_postgres/tls/server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut request = vec![0; 4096];
                if stream.read(&mut request).await.is_ok() {
                    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    stream.shutdown().await.unwrap();
                }
            });
        }
    });
    port
}

async fn is_confirmed(port: u16, tls: TlsTrust) -> bool {
    let app = App::start_with(|settings| {
        settings.api_url = format!("https://localhost:{port}/api").parse().unwrap();
        settings.tls = tls;
    })
    .await;
    let answer = app.signed_in().log_out("{}").await;
    answer.json()["success"] == true
}

#[tokio::test]
async fn k16_a_certificate_is_checked_and_an_authority_of_ones_own_is_the_way() {
    let port = start().await;
    assert!(!is_confirmed(port, TlsTrust::Public).await);
    let also = TlsTrust::Also(AUTHORITY.parse().unwrap());
    assert!(is_confirmed(port, also).await);
}

#[tokio::test]
async fn k16_without_a_check_every_sign_out_says_so_in_the_log() {
    let port = start().await;
    let (logs, _guard) = crate::support::Logs::capture();
    assert!(is_confirmed(port, TlsTrust::Nothing).await);
    assert!(logs.text().contains("KAMIWAZA_TLS_REJECT_UNAUTHORIZED is off"));
}
