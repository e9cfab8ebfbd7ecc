//! After a day it is given up: the tokens are wiped, and the audit log says so.

use std::time::Duration;

use exeunt::{
    logout::outbox::{Progress, Step},
    store::RETENTION,
};
use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{
    Given, app_on, entry, entry_id, progress, revoked, sign_out,
    support::{Logs, every_store},
    work,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn f4_11_after_a_day_it_is_given_up_the_tokens_are_wiped_and_it_is_reported_once() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        let ended = app.now();
        app.script()
            .answer_always(Endpoint::Revocation, Fault::status(500));
        let (logs, guard) = Logs::capture();
        sign_out(&mut browser).await;
        let mut tries = 1;
        while !progress(&app, &id).await.is_over() {
            assert_ne!(
                entry(&app, &id).await.sealed,
                b"",
                "{}: kept until then",
                named.name
            );
            app.clock.set(entry(&app, &id).await.due_at);
            tries += work(&app).await;
            assert!(tries < 100, "{}: it ends", named.name);
        }
        drop(guard);
        assert_eq!(
            app.now().since(ended),
            DAY,
            "{}: not earlier, not later",
            named.name
        );
        assert!(tries > 24, "{}: tried at least each hour: {tries}", named.name);
        assert_eq!(progress(&app, &id).await, Progress::both(Step::GivenUp));
        assert_eq!(entry(&app, &id).await.sealed, b"", "{}", named.name);
        let text = logs.text();
        let reports: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("revocation_given_up"))
            .collect();
        assert_eq!(reports.len(), 1, "{}", named.name);
        assert!(
            reports[0].contains(" audit: ") && reports[0].contains("sub=ada"),
            "{}",
            reports[0]
        );
        app.script().answer_normally(Endpoint::Revocation);
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(work(&app).await, 0, "{}: it is over", named.name);
    }
}

#[tokio::test]
async fn f4_11_what_worked_at_the_last_moment_is_not_called_given_up() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        app.script()
            .answer_always(Endpoint::Revocation, Fault::status(500));
        sign_out(&mut browser).await;
        app.script().answer_normally(Endpoint::Revocation);
        // Nobody worked for a day.
        app.clock.advance(DAY);
        assert_eq!(work(&app).await, 1);
        assert_eq!(
            progress(&app, &id).await,
            Progress::both(Step::Revoked),
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn what_is_over_is_kept_as_long_as_a_receipt_and_then_swept() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        sign_out(&mut browser).await;
        app.clock.advance(RETENTION - Duration::from_millis(1));
        exeunt::sweep::sweep_once(&app.exeunt).await.unwrap();
        assert!(
            app.store.load_outbox(&id).await.unwrap().is_some(),
            "{}",
            named.name
        );
        app.clock.advance(Duration::from_millis(1));
        exeunt::sweep::sweep_once(&app.exeunt).await.unwrap();
        assert_eq!(app.store.load_outbox(&id).await.unwrap(), None, "{}", named.name);
    }
}

#[tokio::test]
async fn what_is_not_over_is_never_swept() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        app.script()
            .answer_always(Endpoint::Revocation, Fault::status(500));
        sign_out(&mut browser).await;
        app.clock.advance(DAY * 30);
        exeunt::sweep::sweep_once(&app.exeunt).await.unwrap();
        assert!(!progress(&app, &id).await.is_over(), "{}", named.name);
    }
}

#[tokio::test]
async fn i4_what_other_keys_cannot_open_is_left_for_those_that_can() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        app.script().answer_next(Endpoint::Revocation, Fault::status(503));
        app.script().answer_next(Endpoint::Revocation, Fault::status(503));
        sign_out(&mut browser).await;
        app.clock.advance(Duration::from_secs(5));
        let mut settings = app.exeunt.settings().clone();
        settings.key_material = exeunt::config::KeyMaterial::from([9; 32]);
        let stranger = exeunt::Exeunt::builder(settings, named.store.clone())
            .clock(std::sync::Arc::clone(&app.clock) as _)
            .build()
            .unwrap();
        assert_eq!(exeunt::logout::outbox::work_once(&stranger).await.unwrap(), 1);
        assert_eq!(progress(&app, &id).await, Progress::BEGINNING, "{}", named.name);
        assert!(!entry(&app, &id).await.sealed.is_empty(), "{}", named.name);
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(progress(&app, &id).await, Progress::both(Step::Revoked));
        assert_eq!(revoked(&app).last(), given.tokens().last());
    }
}
