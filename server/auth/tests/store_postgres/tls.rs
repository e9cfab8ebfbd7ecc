//! `sslmode`, each against a server with TLS and one without, and a password that is wrong.

use exeunt::store::{Store, postgres::OpenError, suite::fixture::row};

use super::*;

/// A server on a port of this machine that asks for a password. Its certificate is of `localhost`, from an authority of the
/// tests' own.
struct Server {
    cluster: Cluster,
    port: u16,
    authority: std::path::PathBuf,
}

impl Server {
    async fn start(with_tls: bool) -> Self {
        let port = cluster::free_port();
        let mut settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
        if with_tls {
            settings.push_str("ssl = on\nssl_cert_file = '../server.pem'\nssl_key_file = '../server.key'\n");
        }
        let cluster = Cluster::start_with(&settings, |cluster| {
            cluster.give("server.pem", include_bytes!("tls/server.pem"));
            cluster.give("server.key", include_bytes!("tls/server.key"));
            cluster.give(
                "data/pg_hba.conf",
                b"local all all trust\nhost all all all scram-sha-256\n",
            );
        });
        let authority = cluster.give("authority.pem", include_bytes!("tls/authority.pem"));
        let owner = cluster.connect_on(port).await;
        owner
            .batch_execute("CREATE ROLE app LOGIN SUPERUSER PASSWORD 'hunter2'")
            .await
            .unwrap();
        Self {
            cluster,
            port,
            authority,
        }
    }

    fn url(&self, host: &str, mode: &str) -> PostgresUrl {
        let authority = self.authority.display();
        let mode = mode.replace("CA", &format!("&sslrootcert={authority}"));
        let port = self.port;
        format!("postgres://app:hunter2@{host}:{port}/postgres?schema=x&sslmode={mode}")
            .parse()
            .unwrap()
    }

    /// Whether the store's connection is encrypted, if it opens.
    async fn is_encrypted(&self, url: &PostgresUrl) -> Result<bool, OpenError> {
        let store = PostgresStore::open(url, PostgresSettings::default()).await?;
        store.ping().await.unwrap();
        let owner = self.cluster.connect_on(self.port).await;
        let row = owner
            .query_one(
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'exeunt'",
                &[],
            )
            .await
            .unwrap();
        Ok(row.get(0))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sslmode_means_what_it_says() {
    let (with, without) = (Server::start(true).await, Server::start(false).await);
    // Host, mode | encrypted with TLS there | encrypted without. None: it does not open.
    for (host, mode, expected) in [
        ("localhost", "disable", [Some(false), Some(false)]),
        ("localhost", "prefer", [Some(true), Some(false)]),
        ("localhost", "require", [Some(true), None]),
        ("localhost", "verify-caCA", [Some(true), None]),
        ("localhost", "verify-ca", [None, None]),
        ("127.0.0.1", "require", [Some(true), None]),
        ("127.0.0.1", "verify-caCA", [Some(true), None]),
        ("127.0.0.1", "verify-fullCA", [None, None]),
        ("localhost", "verify-full", [None, None]),
        ("localhost", "verify-fullCA", [Some(true), None]),
    ] {
        for (server, expected) in [&with, &without].into_iter().zip(expected) {
            let found = server.is_encrypted(&server.url(host, mode)).await;
            assert_eq!(found.as_ref().ok().copied(), expected, "{host} {mode}: {found:?}");
            if let Err(error) = found {
                assert!(matches!(error, OpenError::Connect(_)), "{host} {mode}: {error:?}");
                assert!(!format!("{error} {error:?}").contains("hunter2"));
            }
        }
    }
    // What is listened on for ends is encrypted too.
    let store = open(&with.url("localhost", "verify-fullCA")).await;
    store.begin(row(1), NOW).await.unwrap();
    store.wait_for_ends(PATIENCE).await;
    let owner = with.cluster.connect_on(with.port).await;
    let plain = "SELECT count(*) = 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
        WHERE application_name = 'exeunt' AND NOT ssl";
    assert!(owner.query_one(plain, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn i16_a_wrong_password_is_told_and_not_shown() {
    let server = Server::start(false).await;
    let address = format!("postgres://app:hunter3@127.0.0.1:{}/postgres", server.port);
    let error = PostgresStore::open(&address.parse().unwrap(), PostgresSettings::default())
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("28P01"), "{shown}");
    assert!(
        !shown.contains("hunter3") && !shown.contains("127.0.0.1"),
        "{shown}"
    );
}

#[tokio::test]
async fn certificates_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let address = format!(
        "postgres://localhost/x?sslmode=verify-full&sslrootcert={}",
        file.display()
    );
    let url: PostgresUrl = address.parse().unwrap();
    for content in [
        None,
        Some("no certificate"),
        Some("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"),
    ] {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let error = PostgresStore::open(&url, PostgresSettings::default())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, OpenError::RootCertificates { path, .. } if *path == file),
            "{error:?}"
        );
    }
}
