//! `server end` as an operator runs it: another process, on the store of a server that runs.

use std::{
    process::{Command, Output},
    sync::Arc,
};

#[cfg(unix)]
use exeunt::store::{
    PostgresStore,
    postgres::{Found, PostgresSettings},
};
use exeunt::store::{SqliteStore, Store, sqlite::SqliteSettings};
use exeunt_dev_provider::script::Endpoint;
use http::StatusCode;

#[cfg(unix)]
use super::cluster::Cluster;
use super::site::{Browser, Site};

const HERE: &str = "http://localhost:3000";

/// Runs the program with the settings of this site, on this store.
async fn end(site: &Site, store: &str, target: [&str; 2]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.arg("end").args(target).env_clear().envs([
        ("EXEUNT_PUBLIC_URL", HERE.to_owned()),
        ("EXEUNT_ISSUER", site.provider.issuer()),
        ("EXEUNT_CLIENT_ID", site.provider.client_id()),
        ("EXEUNT_CLIENT_SECRET", site.provider.client_secret()),
        ("EXEUNT_KEYS", Site::key()),
        ("EXEUNT_STORE", store.to_owned()),
        ("LEPTOS_SITE_ROOT", site.root.path().display().to_string()),
    ]);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn status(browser: &mut Browser<'_>) -> StatusCode {
    browser.open("/api/session").await.status
}

#[tokio::test]
async fn f4_26_a_second_process_ends_the_sessions_of_a_server_that_runs_and_revokes_their_tokens() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("sessions.db");
    let store = SqliteStore::open(&path, SqliteSettings::default()).unwrap();
    ends_sessions_on(Arc::new(store), &format!("sqlite:{}", path.display())).await;
}

#[cfg(unix)]
#[tokio::test]
async fn f4_26_a_second_process_does_so_on_postgresql_too() {
    let address = Cluster::shared().address("exeunt");
    let url = address.parse().unwrap();
    let store = PostgresStore::open(&url, PostgresSettings::default())
        .await
        .unwrap();
    ends_sessions_on(Arc::new(store), &address).await;
}

async fn ends_sessions_on(store: Arc<dyn Store>, address: &str) {
    let site = Site::start_on(store, HERE, |_| ()).await;
    let (mut here, mut there) = (site.signed_in().await, site.signed_in().await);
    site.provider.script().auto_login("grace");
    let mut other = site.signed_in().await;
    let output = end(&site, address, ["--user", "ada"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "2 sessions ended. Their tokens are revoked.\n"
    );
    assert_eq!(status(&mut here).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mut there).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mut other).await, StatusCode::OK);
    assert_eq!(site.provider.script().count(Endpoint::Revocation), 4);
    let again = end(&site, address, ["--user", "ada"]).await;
    assert_eq!(text(&again.stdout), "No such session is alive.\n");
    // A login that comes later is let in.
    site.provider.script().auto_login("ada");
    assert_eq!(status(&mut site.signed_in().await).await, StatusCode::OK);
}

#[tokio::test]
async fn f4_26_i17_where_there_is_no_store_to_work_on_the_command_says_so_and_claims_nothing() {
    let site = Site::start(HERE).await;
    let nowhere = site.root.path().join("nowhere.db");
    let missing = format!("sqlite:{}", nowhere.display());
    #[cfg(unix)]
    let empty = Cluster::shared().address("nothing_yet");
    for (store, why) in [
        ("memory:", "EXEUNT_STORE is memory"),
        #[cfg(unix)]
        (&*empty, "there is no store in the schema nothing_yet"),
        (&*missing, "there is no store at"),
    ] {
        let output = end(&site, store, ["--user", "ada"]).await;
        assert_eq!(output.status.code(), Some(1), "{store}");
        assert_eq!(text(&output.stdout), "", "{store}");
        assert!(
            text(&output.stderr).contains(why),
            "{store}: {}",
            text(&output.stderr)
        );
    }
    assert!(!nowhere.exists(), "the command makes no store");
    #[cfg(unix)]
    {
        let look = PostgresStore::look(&empty.parse().unwrap(), &PostgresSettings::default()).await;
        assert_eq!(look.unwrap(), Found::Nothing, "the command makes no store");
    }
}
