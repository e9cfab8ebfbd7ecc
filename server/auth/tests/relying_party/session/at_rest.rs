//! What lies on the disk (invariant I10).

use std::{path::Path, sync::Arc};

use exeunt::store::{SqliteStore, sqlite::SqliteSettings};
use exeunt_dev_provider::script::Endpoint;

use super::support::App;

/// The bytes of the database, its log and whatever else lies beside it.
fn everything_in(directory: &Path) -> Vec<u8> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(
        files.iter().any(|file| file.to_string_lossy().ends_with("-wal")),
        "the log is to be read too: {files:?}"
    );
    files
        .iter()
        .flat_map(|file| std::fs::read(file).unwrap())
        .collect()
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

#[tokio::test]
async fn i10_the_file_holds_no_cookie_no_token_and_no_claim_in_the_clear() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("sessions.db"), SqliteSettings::default()).unwrap();
    let app = App::builder().store(Arc::new(store)).start().await;
    let mut browser = app.signed_in("ada").await;
    browser.post_json("/api/notes", "a very private note").await;
    let mut leaving = app.signed_in("ada").await;
    let answer = leaving.post_json("/api/auth/logout", "{}").await.json();
    let url = answer["front_channel_logout_url"].as_str().unwrap().to_owned();
    let parameter = |name: &str| {
        let url = url::Url::parse(&url).unwrap();
        url.query_pairs()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .into_owned()
    };

    let mut secrets: Vec<String> = browser
        .cookies
        .values()
        .chain(leaving.cookies.values())
        .cloned()
        .collect();
    secrets.retain(|value| value.len() > 8);
    assert!(
        secrets.len() >= 2,
        "a session cookie and that of the pending logout"
    );
    let hint = parameter("id_token_hint");
    let (header_and_claims, signature) = hint.rsplit_once('.').unwrap();
    secrets.extend([header_and_claims, signature].map(str::to_owned));
    secrets.push(parameter("state"));
    let bearer = app.script().last_request(Endpoint::Userinfo).unwrap();
    let access_token = bearer
        .header("authorization")
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap()
        .to_owned();
    secrets.push(access_token);
    let exchange = app.script().last_request(Endpoint::Token).unwrap();
    secrets.extend([
        exchange.parameter("code").unwrap(),
        exchange.parameter("code_verifier").unwrap(),
    ]);
    // Which browser the sessions are in, of the one that has ended too.
    secrets.push("Unknown browser".to_owned());
    secrets.extend(["ada@example.com", "Ada Example", "admin", "a very private note"].map(str::to_owned));

    let bytes = everything_in(directory.path());
    for secret in secrets {
        assert!(!holds(&bytes, &secret), "{secret} lies on the disk");
    }
    // The search does find what lies there: the index is in the clear.
    assert!(holds(&bytes, &app.provider.issuer()));
}

#[tokio::test]
async fn i10_what_is_sealed_for_one_session_does_not_open_in_another() {
    use exeunt::store::Change;
    let app = App::start().await;
    let mut ada = app.signed_in("ada").await;
    let mut grace = app.signed_in("grace").await;
    let iss = app.provider.issuer();
    let head = |sub: &'static str| {
        let (app, iss) = (&app, iss.clone());
        async move { app.store.list(&iss, sub, app.now()).await.unwrap().remove(0) }
    };
    let (adas, graces) = (head("ada").await, head("grace").await);
    // Whoever can write to the store swaps two people's identities.
    let change = Change {
        identity: Some(adas.identity),
        ..Change::default()
    };
    assert!(app.store.update(&graces.key, change, app.now()).await.unwrap());
    assert_eq!(grace.fetch("/api/session").await.status, 401);
    assert_eq!(ada.fetch("/api/session").await.json()["email"], "ada@example.com");
}
