//! Answers that are not to this question, not from this provider, or not in time.

use std::time::Duration;

use super::{answer_to, app, parameter, probing, receipt, returned, status, support::every_store};

#[tokio::test]
async fn an_answer_that_is_not_to_this_browsers_question_changes_nothing() {
    for named in every_store() {
        let app = probing(&named).await;
        let (mut browser, question) = returned(&app, true).await;
        let (mut other, others_question) = returned(&app, true).await;
        let before = receipt(&mut browser).await;
        let state = parameter(&question.location(), "state").unwrap();
        let others = parameter(&others_question.location(), "state").unwrap();
        // From the right provider, so that nothing but the state can be what is wrong.
        let named_rightly = format!("error=login_required&iss={}", app.provider.issuer());
        for query in [
            format!("state={others}&{named_rightly}"),
            format!("state={}&{named_rightly}", &state[..state.len() - 1]),
            format!("state={state}x&{named_rightly}"),
            format!("state=probe.&{named_rightly}"),
            format!("state=probe.x&code=x&iss={}", app.provider.issuer()),
            format!("state={state}&iss={}", app.provider.issuer()),
            format!("state={state}&state={state}&{named_rightly}"),
            format!("state={state}&{named_rightly}&error=login_required"),
            format!("state={state}&{named_rightly}&x={}", "x".repeat(9000)),
            format!("state={state}&error=login_required&iss=https%3A%2F%2Fother.example"),
        ] {
            let what = format!("{}, {}", named.name, &query[..60.min(query.len())]);
            let answer = browser.open(&format!("/auth/callback?{query}")).await;
            assert_eq!(answer.status, 303, "{what}");
            assert_eq!(answer.location(), "/logged-out", "{what}");
            assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{what}");
            assert_eq!(receipt(&mut browser).await, before, "{what}");
        }
        // Another browser, one of nobody, and one without a pending logout.
        for stranger in [&mut other, &mut app.browser()] {
            let answer = stranger
                .open(&format!("/auth/callback?state={state}&{named_rightly}"))
                .await;
            assert_eq!(answer.location(), "/logged-out", "{}", named.name);
            assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{}", named.name);
        }
        assert_eq!(
            status(&receipt(&mut other).await, "provider_session").unwrap(),
            "returned"
        );
        // None of it used the right one up.
        browser
            .open(&format!("/auth/callback?state={state}&{named_rightly}"))
            .await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "ended",
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f2_8_a_provider_that_promises_its_name_must_send_it_here_too() {
    for (promised, expected) in [(true, "returned"), (false, "ended")] {
        let app = app().await;
        app.script().change_discovery(move |metadata| {
            metadata.insert(
                "authorization_response_iss_parameter_supported".to_owned(),
                promised.into(),
            );
        });
        let (mut browser, question) = returned(&app, true).await;
        let state = parameter(&question.location(), "state").unwrap();
        browser
            .open(&format!("/auth/callback?state={state}&error=login_required"))
            .await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            expected
        );
    }
}

#[tokio::test]
async fn a_replayed_answer_changes_nothing_any_more() {
    for named in every_store() {
        let app = probing(&named).await;
        let (mut browser, question) = returned(&app, true).await;
        let callback = answer_to(&mut browser, &question).await;
        browser.open(&callback).await;
        let before = receipt(&mut browser).await;
        let state = parameter(&question.location(), "state").unwrap();
        for again in [
            callback.clone(),
            format!(
                "/auth/callback?state={state}&code=x&iss={}",
                app.provider.issuer()
            ),
        ] {
            let answer = browser.open(&again).await;
            assert_eq!(answer.location(), "/logged-out", "{}", named.name);
            assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{}", named.name);
            assert_eq!(receipt(&mut browser).await, before, "{}", named.name);
        }
    }
}

#[tokio::test]
async fn an_answer_that_comes_after_two_minutes_is_not_used() {
    for (seconds, expected) in [(120, "ended"), (121, "returned")] {
        let app = app().await;
        let (mut browser, question) = returned(&app, true).await;
        let callback = answer_to(&mut browser, &question).await;
        app.clock.advance(Duration::from_secs(seconds));
        browser.open(&callback).await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            expected,
            "{seconds}"
        );
    }
}
