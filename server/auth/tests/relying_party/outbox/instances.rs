//! Several workers on one store: one leaseholder at a time, and nothing forgotten by one that dies.

use std::time::Duration;

use exeunt::{
    logout::outbox::{Progress, Step, work_once},
    store::Lease,
};
use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{
    Given, app_on, entry, entry_id, progress, revoked, sign_out, sorted,
    support::{App, Browser, Logs, NamedStore, every_store},
    work,
};

/// How long whoever works on an entry has it alone.
const LEASE: Duration = Duration::from_secs(60);

/// An app with people who signed out while the provider could revoke nothing; now it can, and it is time to try again.
async fn waiting(named: &NamedStore, people: usize) -> (App, Given, Vec<Browser>) {
    let app = app_on(named).await;
    let given = Given::watch(&app);
    app.script()
        .answer_always(Endpoint::Revocation, Fault::status(500));
    let mut browsers = Vec::new();
    for _ in 0..people {
        let mut browser = app.signed_in("ada").await;
        let before = browser.clone();
        sign_out(&mut browser).await;
        app.clock.advance(Duration::from_millis(1));
        browsers.push(before);
    }
    app.script().answer_normally(Endpoint::Revocation);
    app.script().clear_requests();
    app.clock.advance(super::FIRST_WAIT);
    (app, given, browsers)
}

#[tokio::test]
async fn of_two_instances_that_work_at_once_each_entry_is_worked_on_by_one() {
    for named in every_store() {
        let (app, given, _) = waiting(&named, 8).await;
        let (other, _) = app.instance(app.store.clone());
        let (here, there) = tokio::join!(work_once(&app.exeunt), work_once(&other));
        assert_eq!(here.unwrap() + there.unwrap(), 8, "{}", named.name);
        assert_eq!(
            sorted(revoked(&app)),
            sorted(given.tokens()),
            "{}: each token once",
            named.name
        );
    }
}

#[tokio::test]
async fn what_a_dead_instance_had_leased_is_done_when_its_lease_has_run_out() {
    for named in every_store() {
        let (app, given, _) = waiting(&named, 2).await;
        let now = app.now();
        let leased = app.store.lease_outbox(Lease::Due(16), now + LEASE, now).await;
        assert_eq!(leased.unwrap().len(), 2, "and then its process dies");
        app.clock.advance(LEASE - Duration::from_millis(1));
        assert_eq!(work(&app).await, 0, "{}", named.name);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(work(&app).await, 2, "{}: at least once", named.name);
        assert_eq!(sorted(revoked(&app)), sorted(given.tokens()), "{}", named.name);
    }
}

#[tokio::test]
async fn who_lost_its_lease_settles_nothing_any_more() {
    for named in every_store() {
        let (app, _, browsers) = waiting(&named, 1).await;
        let id = entry_id(&browsers[0]);
        // The first one hangs at the provider until after its lease, and then hears that it must try again.
        app.script().answer_next(Endpoint::Revocation, Fault::hang());
        let slow = tokio::spawn({
            let exeunt = app.exeunt.clone();
            async move { work_once(&exeunt).await }
        });
        app.script().arrived(Endpoint::Revocation, 1).await;
        app.clock.advance(LEASE);
        let (other, _) = app.instance(app.store.clone());
        assert_eq!(work_once(&other).await.unwrap(), 1, "{}", named.name);
        let settled = entry(&app, &id).await;
        assert_eq!(progress(&app, &id).await, Progress::both(Step::Revoked));
        app.script()
            .answer_always(Endpoint::Revocation, Fault::status(500));
        let (logs, guard) = Logs::capture();
        app.script().release();
        slow.await.unwrap().unwrap();
        drop(guard);
        assert_eq!(entry(&app, &id).await, settled, "{}: it stays over", named.name);
        assert!(
            logs.text().contains("a lease of the outbox was lost"),
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn what_one_instance_is_at_is_left_alone_by_the_others() {
    for named in every_store() {
        let (app, _, _) = waiting(&named, 1).await;
        app.script().answer_next(Endpoint::Revocation, Fault::hang());
        let slow = tokio::spawn({
            let exeunt = app.exeunt.clone();
            async move { work_once(&exeunt).await }
        });
        app.script().arrived(Endpoint::Revocation, 1).await;
        app.clock.advance(LEASE - Duration::from_millis(1));
        let (other, _) = app.instance(app.store.clone());
        assert_eq!(work_once(&other).await.unwrap(), 0, "{}", named.name);
        app.script().release();
        assert_eq!(slow.await.unwrap().unwrap(), 1, "{}", named.name);
        assert_eq!(revoked(&app).len(), 2, "{}: refresh and access token", named.name);
    }
}
