//! An operator ends a person's sessions (F4.26).

use exeunt::{
    audit::Caller,
    logout::{Ended, Ending, Reason, ending},
    store::{MarkRule, Person, Selector},
};

use super::{
    Given, app_on, revoked, sorted,
    support::{App, Logs, every_store},
    work,
};

async fn end(app: &App, selector: Selector) -> Ended {
    let ending = Ending::new(selector, MarkRule::Subject, Reason::Operator, Caller::none());
    ending::carry_out(&app.exeunt, ending).await.unwrap()
}

fn all_of(app: &App, sub: &str) -> Selector {
    Selector::Subject {
        iss: app.provider.issuer(),
        sub: sub.to_owned(),
        started_by: None,
    }
}

#[tokio::test]
async fn f4_26_an_operator_ends_all_sessions_of_a_person_and_nobody_elses() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let mut browsers = Vec::new();
        for _ in 0..5 {
            browsers.push(app.signed_in("ada").await);
        }
        let adas = given.tokens();
        let mut grace = app.signed_in("grace").await;
        let (logs, guard) = Logs::capture();
        let ended = end(&app, all_of(&app, "ada")).await;
        drop(guard);
        assert_eq!(ended.rows.len(), 5, "{}", named.name);
        for browser in &mut browsers {
            assert_eq!(browser.fetch("/api/session").await.status, 401, "{}", named.name);
        }
        assert_eq!(grace.fetch("/api/session").await.status, 200, "{}", named.name);
        assert_eq!(work(&app).await, 5);
        assert_eq!(sorted(revoked(&app)), sorted(adas.clone()), "{}", named.name);

        // The audit record: one for each session, and no secret in it.
        let text = logs.text();
        let records: Vec<&str> = text.lines().filter(|line| line.contains(" audit: ")).collect();
        assert_eq!(records.len(), 5, "{text}");
        for row in ended.rows.iter() {
            let record: Vec<_> = records
                .iter()
                .filter(|record| record.contains(&format!("session={}", row.public_id)))
                .collect();
            assert_eq!(record.len(), 1, "{text}");
            assert!(record[0].contains(r#"why="operator""#), "{}", record[0]);
            assert!(record[0].contains("sub=ada"), "{}", record[0]);
        }
        for token in adas {
            assert!(!text.contains(&token), "{}", named.name);
        }
    }
}

#[tokio::test]
async fn f4_26_i2_a_login_in_flight_of_that_person_is_refused() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut in_flight = app.browser();
        let callback = in_flight.sign_in_until_callback("/auth/login").await;
        // Nobody is signed in yet; the operator's word counts all the same.
        assert_eq!(end(&app, all_of(&app, "ada")).await.rows.len(), 0);
        assert_eq!(in_flight.open(&callback).await.status, 400, "{}", named.name);
    }
}

#[tokio::test]
async fn f4_26_an_operator_ends_one_session_by_the_id_that_the_audit_log_names() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut first = app.signed_in("ada").await;
        let public_id = app
            .store
            .list(&app.provider.issuer(), "ada", app.now())
            .await
            .unwrap()
            .remove(0)
            .public_id;
        let mut second = app.signed_in("ada").await;
        let selector = |whose| Selector::PublicId {
            public_id: public_id.clone(),
            whose,
        };
        let grace = Person {
            iss: app.provider.issuer(),
            sub: "grace".to_owned(),
        };
        assert_eq!(end(&app, selector(Some(grace))).await.rows.len(), 0, "not hers");
        assert_eq!(first.fetch("/api/session").await.status, 200);
        assert_eq!(end(&app, selector(None)).await.rows.len(), 1, "{}", named.name);
        assert_eq!(first.fetch("/api/session").await.status, 401, "{}", named.name);
        assert_eq!(second.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}
