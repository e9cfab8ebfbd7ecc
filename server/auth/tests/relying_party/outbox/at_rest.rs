//! What of the outbox lies on the disk (invariant I10).

use std::{path::Path, sync::Arc};

use exeunt::store::{SqliteStore, sqlite::SqliteSettings};
use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{App, Given, entry, entry_id, sign_out, work};

/// The bytes of the database and of whatever lies beside it.
fn everything_in(directory: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(directory).unwrap();
    files
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn i10_what_waits_in_the_outbox_lies_there_sealed() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("sessions.db"), SqliteSettings::default()).unwrap();
    let app = App::builder().store(Arc::new(store)).start().await;
    let given = Given::watch(&app);
    let mut browser = app.signed_in("ada").await;
    let id = entry_id(&browser);
    let (_, cookie) = browser.session_cookie().unwrap();
    app.script()
        .answer_always(Endpoint::Revocation, Fault::status(500));
    let answer = browser.post_json("/api/auth/logout", "{}").await.json();
    let url = url::Url::parse(answer["front_channel_logout_url"].as_str().unwrap()).unwrap();
    let hint = url
        .query_pairs()
        .find(|(name, _)| name == "id_token_hint")
        .unwrap()
        .1
        .into_owned();
    let waiting = entry(&app, &id).await;
    let bytes = everything_in(directory.path());
    assert!(holds(&bytes, &waiting.sealed), "it lies there");
    let mut secrets = given.tokens();
    secrets.push(cookie);
    secrets.extend(hint.split('.').map(str::to_owned));
    secrets.extend(["ada@example.com", "Ada Example"].map(str::to_owned));
    assert_eq!(secrets.len(), 2 + 1 + 3 + 2);
    for secret in secrets {
        assert!(!holds(&bytes, secret.as_bytes()), "{secret} lies on the disk");
    }
}

#[tokio::test]
async fn i10_what_is_sealed_for_one_entry_opens_in_no_other() {
    use exeunt::store::OutboxEntry;
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let id = entry_id(&browser);
    app.script()
        .answer_always(Endpoint::Revocation, Fault::status(500));
    sign_out(&mut browser).await;
    app.script().answer_normally(Endpoint::Revocation);
    app.script().clear_requests();
    // Whoever can write to the store lets another entry hold the sealed tokens.
    let moved = OutboxEntry {
        id: exeunt::store::OutboxId([7; 32]),
        due_at: app.now(),
        ..entry(&app, &id).await
    };
    app.store.put_outbox(moved.clone()).await.unwrap();
    assert_eq!(work(&app).await, 1);
    assert_eq!(
        app.script().count(Endpoint::Revocation),
        0,
        "nothing is sent anywhere"
    );
    let settled = entry(&app, &moved.id).await;
    assert_eq!(settled.kept_until, None, "nothing is claimed of it");
}
