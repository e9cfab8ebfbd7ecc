//! The end-session endpoint: not there, address refused, address ignored, accepted.

use exeunt_dev_provider::script::{Answer, Endpoint, ScriptedProviderBuilder};
use server::doctor::Verdict;

use crate::practice::{HERE, Practice, assert_only_wrong, finding};

const CHECK: &str = "end_session_endpoint";

#[tokio::test]
async fn what_is_registered_is_accepted() {
    let practice = Practice::open().await;
    let report = practice.examine(&[]).await;
    assert_eq!(finding(&report, CHECK).verdict, Verdict::Ok, "{report}");
    let asked = practice
        .provider
        .script()
        .last_request(Endpoint::EndSession)
        .unwrap();
    assert_eq!(
        asked.parameter("post_logout_redirect_uri").unwrap(),
        format!("{HERE}/logged-out")
    );
    assert_eq!(
        asked.parameter("client_id").unwrap(),
        practice.provider.client_id()
    );
    assert_eq!(asked.parameter("id_token_hint"), None);
    assert_eq!(asked.header("cookie"), None);
}

#[tokio::test]
async fn f4_17_an_endpoint_that_is_not_there_is_wrong() {
    let practice = Practice::open().await;
    practice
        .provider
        .script()
        .answer_always(Endpoint::EndSession, Answer::status(404));
    assert_only_wrong(&practice.examine(&[]).await, CHECK, "discovery document");
}

#[tokio::test]
async fn f4_17_an_address_that_the_operator_made_up_is_wrong_and_the_setting_is_named() {
    let practice = Practice::with(ScriptedProviderBuilder::without_end_session).await;
    let made_up = format!("{}/oauth/v2/logout", practice.provider.issuer());
    let report = practice
        .examine(&[("EXEUNT_END_SESSION_ENDPOINT", &made_up)])
        .await;
    assert_only_wrong(&report, CHECK, "EXEUNT_END_SESSION_ENDPOINT is wrong");
    assert!(finding(&report, CHECK).seen.contains(&made_up), "{report}");
}

#[tokio::test]
async fn an_address_to_return_to_that_is_not_registered_is_wrong() {
    let practice = Practice::open().await;
    practice
        .provider
        .set_post_logout_redirect_uris([format!("{HERE}/logged-out/")]);
    let report = practice.examine(&[]).await;
    assert_only_wrong(
        &report,
        CHECK,
        &format!("Register {HERE}/logged-out as post-logout"),
    );
}

#[tokio::test]
async fn an_error_page_behind_a_redirect_is_a_refusal_too() {
    for error_page in ["/error?x=1", "/ui/logout?error=invalid_request"] {
        let practice = Practice::open().await;
        practice
            .provider
            .script()
            .answer_always(Endpoint::EndSession, Answer::redirect(error_page));
        assert_only_wrong(&practice.examine(&[]).await, CHECK, "Register");
    }
}

#[tokio::test]
async fn a_page_that_does_not_know_where_to_return_to_is_a_warning() {
    for answer in [
        Answer::body(200, "text/html", "<p>You are signed out.</p>"),
        Answer::redirect("/ui/login/logout/done"),
    ] {
        let practice = Practice::open().await;
        practice
            .provider
            .script()
            .answer_always(Endpoint::EndSession, answer);
        let report = practice.examine(&[]).await;
        let finding = finding(&report, CHECK);
        assert_eq!(finding.verdict, Verdict::Warning, "{report}");
        assert!(finding.seen.contains("stranded"), "{report}");
    }
}

#[tokio::test]
async fn a_page_that_asks_first_and_knows_the_way_back_is_fine() {
    for answer in [
        Answer::body(
            200,
            "text/html",
            "<input value=\"http://localhost:3000/logged-out\">",
        ),
        Answer::redirect("/confirm?to=http%3A%2F%2Flocalhost%3A3000%2Flogged-out"),
    ] {
        let practice = Practice::open().await;
        practice
            .provider
            .script()
            .answer_always(Endpoint::EndSession, answer);
        let report = practice.examine(&[]).await;
        assert_eq!(finding(&report, CHECK).verdict, Verdict::Ok, "{report}");
    }
}

#[tokio::test]
async fn a_redirect_to_somebody_else_is_wrong() {
    let practice = Practice::open().await;
    practice.provider.script().answer_always(
        Endpoint::EndSession,
        Answer::redirect("https://elsewhere.example/bye"),
    );
    let report = practice.examine(&[]).await;
    assert_only_wrong(&report, CHECK, "Register");
    assert!(
        finding(&report, CHECK).seen.contains("elsewhere.example"),
        "{report}"
    );
}

#[tokio::test]
async fn a_state_that_does_not_come_back_is_a_warning() {
    let practice = Practice::open().await;
    practice.provider.script().change_end_session_return(Vec::clear);
    let report = practice.examine(&[]).await;
    let finding = finding(&report, CHECK);
    assert_eq!(finding.verdict, Verdict::Warning, "{report}");
    assert!(finding.seen.contains("state"), "{report}");
}

#[tokio::test]
async fn f4_14_without_an_endpoint_it_is_a_warning_and_nothing_is_guessed() {
    let practice = Practice::with(ScriptedProviderBuilder::without_end_session).await;
    let report = practice.examine(&[]).await;
    let finding = finding(&report, CHECK);
    assert_eq!(finding.verdict, Verdict::Warning, "{report}");
    assert!(
        finding
            .mend
            .as_ref()
            .unwrap()
            .contains("EXEUNT_END_SESSION_ENDPOINT"),
        "{report}"
    );
    assert!(!report.is_wrong(), "{report}");
}

#[tokio::test]
async fn a_provider_that_wants_an_id_token_first_cannot_be_tried_further() {
    let practice = Practice::open().await;
    practice
        .provider
        .script()
        .answer_always(Endpoint::EndSession, Answer::status(400));
    for dialect in ["okta", "standard"] {
        let report = practice.examine(&[("EXEUNT_DIALECT", dialect)]).await;
        let finding = finding(&report, CHECK);
        assert_eq!(finding.verdict, Verdict::Warning, "{dialect}: {report}");
        assert!(finding.seen.contains("ID token"), "{dialect}: {report}");
    }
}

#[tokio::test]
async fn it_asks_in_the_dialect_of_the_settings() {
    let practice = Practice::open().await;
    practice.examine(&[("EXEUNT_DIALECT", "cognito")]).await;
    let asked = practice
        .provider
        .script()
        .last_request(Endpoint::EndSession)
        .unwrap();
    let names: Vec<_> = asked.parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["client_id", "logout_uri"]);
}
