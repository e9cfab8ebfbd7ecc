//! The answers of a revocation endpoint, as the person who signs out sees them (F4.11, F4.12, F4.13).

use std::time::{Duration, Instant};

use exeunt_dev_provider::script::{Answer as Fault, Endpoint};
use serde_json::json;

use super::{
    App, Given, app_on, both, entry, entry_id, lines, lines_now, progress, revocations, revoked, sign_out,
    support::every_store, work,
};

/// The most that a sign-out may take, whatever the provider does.
const BUDGET: Duration = Duration::from_secs(3);

#[tokio::test]
async fn f4_11_f4_12_both_tokens_are_revoked_before_the_answer_the_refresh_token_first() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let mut browser = app.signed_in("ada").await;
        let answer = sign_out(&mut browser).await;
        assert_eq!(lines(&answer.json()["receipt"]), both("ended"), "{}", named.name);
        assert_eq!(revoked(&app), given.tokens(), "{}", named.name);
        assert_eq!(given.tokens().len(), 2);
        assert_eq!(work(&app).await, 0, "nothing is left to be done");
    }
}

#[tokio::test]
async fn f4_11_the_request_is_that_of_the_specification() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser).await;
    let requests = revocations(&app);
    for (request, hint) in requests.iter().zip(["refresh_token", "access_token"]) {
        assert_eq!(request.method, "POST");
        assert_eq!(request.query, None, "no token in an address");
        assert_eq!(request.parameter("token_type_hint").unwrap(), hint);
        assert!(request.header("authorization").unwrap().starts_with("Basic "));
        assert_eq!(
            request.header("content-type").unwrap(),
            "application/x-www-form-urlencoded"
        );
        let names: Vec<String> = request.parameters().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["token", "token_type_hint"], "and no secret beside them");
    }
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn f4_11_i1_an_endpoint_that_hangs_delays_the_answer_by_its_budget_and_no_more() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let before = browser.clone();
        app.script().answer_always(Endpoint::Revocation, Fault::hang());
        let begun = Instant::now();
        let answer = sign_out(&mut browser).await;
        assert!(begun.elapsed() < BUDGET, "{}: {:?}", named.name, begun.elapsed());
        assert_eq!(
            lines(&answer.json()["receipt"]),
            both("pending"),
            "{}",
            named.name
        );
        assert_eq!(
            before.clone().fetch("/api/session").await.status,
            401,
            "it is dead"
        );
        app.script().answer_normally(Endpoint::Revocation);
        app.script().release();
        app.script().arrived(Endpoint::Revocation, 2).await;
        // What was begun goes on without anybody waiting, or the worker takes over when the lease has run out.
        let id = entry_id(&before);
        while !progress(&app, &id).await.is_over() {
            tokio::task::yield_now().await;
        }
        assert_eq!(lines_now(&mut browser).await, both("ended"), "{}", named.name);
    }
}

#[tokio::test]
async fn f4_11_what_may_pass_is_pending_and_tried_again_after_a_while() {
    for (fault, what) in [
        (Fault::status(500), "500"),
        (Fault::status(503), "503"),
        (Fault::status(429), "429"),
        (Fault::redirect("https://elsewhere.example/"), "a redirect"),
        (
            Fault::json(401, &json!({"error": "invalid_client"})),
            "our secret is wrong",
        ),
        (Fault::oversize(10_000_000), "200 with more than anybody reads"),
    ] {
        for named in every_store() {
            let what = format!("{what}, {}", named.name);
            let app = app_on(&named).await;
            let given = Given::watch(&app);
            let mut browser = app.signed_in("ada").await;
            app.script().answer_always(Endpoint::Revocation, fault.clone());
            let answer = sign_out(&mut browser).await;
            assert_eq!(lines(&answer.json()["receipt"]), both("pending"), "{what}");
            assert_eq!(work(&app).await, 0, "{what}: not at once");
            app.script().answer_normally(Endpoint::Revocation);
            app.script().clear_requests();
            app.clock.advance(super::FIRST_WAIT);
            assert_eq!(work(&app).await, 1, "{what}");
            assert_eq!(revoked(&app), given.tokens(), "{what}");
            assert_eq!(lines_now(&mut browser).await, both("ended"), "{what}");
            app.clock.advance(super::FIRST_WAIT);
            assert_eq!(work(&app).await, 0, "{what}: it is over");
        }
    }
}

#[tokio::test]
async fn f4_11_503_is_tried_again_when_the_provider_wants_it_and_not_before() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        app.script().answer_always(
            Endpoint::Revocation,
            Fault::status(503).header("retry-after", "120"),
        );
        sign_out(&mut browser).await;
        app.script().answer_normally(Endpoint::Revocation);
        app.clock.advance(Duration::from_millis(119_999));
        assert_eq!(work(&app).await, 0, "{}", named.name);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(lines_now(&mut browser).await, both("ended"), "{}", named.name);
    }
}

#[tokio::test]
async fn f4_11_i17_a_refused_connection_is_pending_and_tried_again() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let mut browser = app.signed_in("ada").await;
        app.script().set_down(true);
        let begun = Instant::now();
        let answer = sign_out(&mut browser).await;
        assert!(begun.elapsed() < BUDGET, "{}", named.name);
        assert_eq!(
            lines(&answer.json()["receipt"]),
            both("pending"),
            "{}",
            named.name
        );
        app.script().set_down(false);
        app.clock.advance(super::FIRST_WAIT);
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(revoked(&app), given.tokens(), "{}", named.name);
        assert_eq!(lines_now(&mut browser).await, both("ended"), "{}", named.name);
    }
}

#[tokio::test]
async fn f4_11_only_what_failed_is_tried_again() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let mut browser = app.signed_in("ada").await;
        app.script().answer_next(Endpoint::Revocation, Fault::normal());
        app.script().answer_next(Endpoint::Revocation, Fault::status(500));
        let answer = sign_out(&mut browser).await;
        let expected = (Some("ended".to_owned()), Some("pending".to_owned()));
        assert_eq!(lines(&answer.json()["receipt"]), expected, "{}", named.name);
        app.script().clear_requests();
        app.clock.advance(super::FIRST_WAIT);
        assert_eq!(work(&app).await, 1);
        assert_eq!(revoked(&app), given.tokens()[1..], "{}", named.name);
        assert_eq!(lines_now(&mut browser).await, both("ended"), "{}", named.name);
    }
}

#[tokio::test]
async fn f4_11_i4_a_kind_of_token_that_is_not_revoked_there_cannot_be_ended() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        app.script().answer_next(Endpoint::Revocation, Fault::normal());
        app.script().answer_next(
            Endpoint::Revocation,
            Fault::json(400, &json!({"error": "unsupported_token_type"})),
        );
        let id = entry_id(&browser);
        let answer = sign_out(&mut browser).await;
        let expected = (Some("ended".to_owned()), Some("cannot_be_ended".to_owned()));
        assert_eq!(lines(&answer.json()["receipt"]), expected, "{}", named.name);
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(work(&app).await, 0, "{}: it is not tried again", named.name);
        assert_eq!(entry(&app, &id).await.sealed, b"", "nor kept");
    }
}

#[tokio::test]
async fn f4_11_i4_a_refusal_for_good_is_told_and_not_repeated() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        app.script().answer_always(
            Endpoint::Revocation,
            Fault::json(400, &json!({"error": "invalid_request"})),
        );
        let answer = sign_out(&mut browser).await;
        assert_eq!(lines(&answer.json()["receipt"]), both("failed"), "{}", named.name);
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(work(&app).await, 0, "{}", named.name);
    }
}

#[tokio::test]
async fn f4_12_a_token_that_the_provider_does_not_know_counts_as_revoked() {
    for named in every_store() {
        let app = app_on(&named).await;
        // What we get is none of its own: it answers 200 to what it never issued.
        app.script().change_token_response(|response| {
            response.insert("refresh_token".to_owned(), "never-issued".into());
        });
        let mut browser = app.signed_in("ada").await;
        let answer = sign_out(&mut browser).await;
        assert_eq!(revoked(&app)[0], "never-issued");
        assert_eq!(lines(&answer.json()["receipt"]), both("ended"), "{}", named.name);

        app.clock.advance(Duration::from_millis(1));
        let mut browser = app.signed_in("ada").await;
        app.script().answer_always(
            Endpoint::Revocation,
            Fault::json(400, &json!({"error": "invalid_token"})),
        );
        let answer = sign_out(&mut browser).await;
        assert_eq!(lines(&answer.json()["receipt"]), both("ended"), "{}", named.name);
    }
}

#[tokio::test]
async fn f4_13_i4_without_an_endpoint_nothing_is_tried_and_the_receipt_says_so() {
    for named in every_store() {
        let app = app_on(&named).await;
        app.script().change_discovery(|metadata| {
            metadata.remove("revocation_endpoint");
        });
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        let answer = sign_out(&mut browser).await;
        assert_eq!(
            lines(&answer.json()["receipt"]),
            both("cannot_be_ended"),
            "{}",
            named.name
        );
        assert_eq!(app.store.load_outbox(&id).await.unwrap(), None, "{}", named.name);
        assert_eq!(app.script().count(Endpoint::Revocation), 0);
    }
}

#[tokio::test]
async fn f4_11_without_a_refresh_token_there_is_no_line_for_one() {
    for named in every_store() {
        let app = app_on(&named).await;
        app.script().change_token_response(|response| {
            response.remove("refresh_token");
        });
        let mut browser = app.signed_in("ada").await;
        let answer = sign_out(&mut browser).await;
        assert_eq!(
            lines(&answer.json()["receipt"]),
            (None, Some("ended".to_owned())),
            "{}",
            named.name
        );
        assert_eq!(revocations(&app).len(), 1);
    }
}

#[tokio::test]
async fn f4_13_i17_where_the_provider_was_never_reached_the_tokens_wait_until_it_is_known() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let browser = app.signed_in("ada").await;
        app.script().set_down(true);
        // Another instance, which knows nothing of the provider.
        let (exeunt, router) = app.instance(app.store.clone());
        let mut browser = browser.at(router);
        let answer = sign_out(&mut browser).await;
        assert_eq!(
            lines(&answer.json()["receipt"]),
            both("pending"),
            "{}",
            named.name
        );
        app.script().set_down(false);
        app.clock.advance(super::FIRST_WAIT);
        let done = exeunt::logout::outbox::work_once(&exeunt).await.unwrap();
        assert_eq!(done, 1, "{}", named.name);
        assert_eq!(revoked(&app), given.tokens(), "{}", named.name);
    }
}
