//! `server end`: an operator ends sessions while a server runs on the same store.

use std::sync::Arc;

use exeunt::store::MemoryStore;
use exeunt_dev_provider::script::Endpoint;
use http::StatusCode;
use server::operator::{self, Done, Fates, Target};

use super::site::{Browser, Site};

async fn status(browser: &mut Browser<'_>) -> StatusCode {
    browser.open("/api/session").await.status
}

#[tokio::test]
async fn f4_26_all_sessions_of_a_person_end_with_their_tokens_and_nobody_elses() {
    let site = Site::start("http://localhost:3000").await;
    let (mut here, mut there) = (site.signed_in().await, site.signed_in().await);
    site.provider.script().auto_login("grace");
    let mut other = site.signed_in().await;
    let done = operator::end(&site.exeunt, &Target::User("ada".to_owned()))
        .await
        .unwrap();
    assert_eq!(
        done,
        Done {
            sessions: 2,
            tokens: Fates {
                revoked: 2,
                ..Fates::default()
            },
        }
    );
    assert_eq!(status(&mut here).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mut there).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&mut other).await, StatusCode::OK);
    assert!(site.provider.script().count(Endpoint::Revocation) >= 2);
}

#[tokio::test]
async fn f4_26_one_session_ends_by_the_name_that_the_audit_log_gives_it() {
    let site = Site::start("http://localhost:3000").await;
    let (mut here, mut there) = (site.signed_in().await, site.signed_in().await);
    let iss = site.provider.issuer();
    let now = site.exeunt.now();
    let heads = site.exeunt.store().list(&iss, "ada", now).await.unwrap();
    let target = Target::Session(heads[0].public_id.clone());
    assert_eq!(operator::end(&site.exeunt, &target).await.unwrap().sessions, 1);
    let mut statuses = [status(&mut here).await, status(&mut there).await];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNAUTHORIZED]);
    // A second time there is nothing to end, which is no fault.
    let again = operator::end(&site.exeunt, &target).await.unwrap();
    assert_eq!(again.sessions, 0);
    assert!(again.to_string().contains("No such session"));
}

#[tokio::test]
async fn i4_f4_26_where_the_provider_revokes_whole_grants_the_operator_reads_what_was_kept_and_why() {
    let site = Site::start_on(
        Arc::new(MemoryStore::new()),
        "http://localhost:3000",
        |settings| {
            settings.provider.dialect = "google".parse().unwrap();
        },
    )
    .await;
    let (_here, mut there) = (site.signed_in().await, site.signed_in().await);
    let (iss, now) = (site.provider.issuer(), site.exeunt.now());
    let heads = site.exeunt.store().list(&iss, "ada", now).await.unwrap();
    let one = |index: usize| Target::Session(heads[index].public_id.clone());
    let done = operator::end(&site.exeunt, &one(0)).await.unwrap();
    assert_eq!(done.tokens.kept_for_others, 1);
    let text = done.to_string();
    assert!(text.contains("could end others of this person"), "{text}");
    assert!(!text.contains("are revoked"), "{text}");
    assert_eq!(site.provider.script().count(Endpoint::Revocation), 0);
    // The last one takes the grant with it.
    let done = operator::end(&site.exeunt, &one(1)).await.unwrap();
    assert_eq!(done.to_string(), "One session ended. Their tokens are revoked.");
    assert_eq!(status(&mut there).await, StatusCode::UNAUTHORIZED);
}
