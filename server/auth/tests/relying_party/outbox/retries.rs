//! When a revocation is tried again.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{app_on, entry, entry_id, sign_out, support::every_store, work};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn f4_11_the_waits_double_up_to_an_hour_and_lose_half_at_most() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        app.script()
            .answer_always(Endpoint::Revocation, Fault::status(500));
        sign_out(&mut browser).await;
        let mut longest = super::FIRST_WAIT;
        for attempt in 1..16 {
            let entry = entry(&app, &id).await;
            let what = format!("{}, try {attempt}", named.name);
            assert_eq!(entry.attempts, attempt, "{what}");
            assert_eq!(entry.leased_until, None, "{what}: anybody may try again");
            let wait = entry.due_at.since(app.now());
            assert!(wait >= longest / 2 && wait <= longest, "{what}: {wait:?}");
            app.clock.advance(wait - Duration::from_millis(1));
            assert_eq!(work(&app).await, 0, "{what}: not before its time");
            app.clock.advance(Duration::from_millis(1));
            assert_eq!(work(&app).await, 1, "{what}");
            longest = (longest * 2).min(HOUR);
        }
    }
}

#[tokio::test]
async fn f4_11_a_provider_that_wants_to_be_left_alone_for_a_week_is_asked_again_within_the_hour() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    let mut browser = app.signed_in("ada").await;
    let id = entry_id(&browser);
    app.script().answer_always(
        Endpoint::Revocation,
        Fault::status(503).header("retry-after", "604800"),
    );
    sign_out(&mut browser).await;
    assert_eq!(entry(&app, &id).await.due_at.since(app.now()), HOUR);
}

#[tokio::test]
async fn f4_11_the_worker_leaves_what_the_person_waits_for_to_the_request_that_ended_it() {
    use exeunt::{
        audit::Caller,
        logout::{Ending, Reason, ending},
        store::{MarkRule, Selector, SessionKey},
    };
    for named in every_store() {
        let app = app_on(&named).await;
        let browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        // As a sign-out does it, before it tries the revocation itself; and then its process dies.
        let ending = Ending::new(
            Selector::Key(SessionKey(id.0)),
            MarkRule::Sid,
            Reason::Logout,
            Caller::none(),
        );
        ending::carry_out(&app.exeunt, ending).await.unwrap();
        assert_eq!(work(&app).await, 0, "{}", named.name);
        app.clock.advance(Duration::from_secs(10));
        assert_eq!(work(&app).await, 1, "{}: but not for long", named.name);
    }
}
