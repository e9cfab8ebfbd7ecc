//! Everything that a sign-in needs.

use std::time::Duration;

use exeunt::clock::{Clock as _, ManualClock, SystemClock};
use exeunt_dev_provider::script::{Answer, Endpoint};
use serde_json::json;
use server::doctor::{self, Verdict};

use crate::practice::{HERE, Practice, assert_only_wrong, finding};

#[tokio::test]
async fn at_a_sound_provider_nothing_is_wrong() {
    let practice = Practice::open().await;
    let report = practice.examine(&[]).await;
    for check in [
        "client",
        "keys",
        "discovery",
        "clock",
        "signing_keys",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
    ] {
        assert_eq!(finding(&report, check).verdict, Verdict::Ok, "{check}: {report}");
    }
    // Plain http on this machine, and sessions in memory.
    for check in ["public_url", "store"] {
        assert_eq!(
            finding(&report, check).verdict,
            Verdict::Warning,
            "{check}: {report}"
        );
    }
    assert!(!report.is_wrong());
}

#[tokio::test]
async fn another_issuer_is_wrong_and_nothing_else_is_asked() {
    let practice = Practice::open().await;
    practice.provider.script().change_discovery(|document| {
        document.insert("issuer".to_owned(), "https://op.example".into());
    });
    let report = practice.examine(&[]).await;
    assert_only_wrong(
        &report,
        "discovery",
        "set EXEUNT_ISSUER to https://op.example exactly",
    );
    for endpoint in [
        Endpoint::Authorize,
        Endpoint::Token,
        Endpoint::EndSession,
        Endpoint::Revocation,
    ] {
        assert_eq!(practice.provider.script().count(endpoint), 0, "{endpoint:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_wrong() {
    let practice = Practice::open().await;
    practice
        .provider
        .script()
        .answer_always(Endpoint::Discovery, Answer::status(404));
    assert_only_wrong(&practice.examine(&[]).await, "discovery", "EXEUNT_ISSUER");
    practice.provider.script().set_down(true);
    assert_only_wrong(&practice.examine(&[]).await, "discovery", "EXEUNT_ISSUER");
}

#[tokio::test]
async fn f6_7_a_clock_that_is_off_is_wrong() {
    let practice = Practice::open().await;
    let config = practice.config(&[]);
    for hours in [1, 2] {
        let clock = ManualClock::new(SystemClock.now() + Duration::from_secs(hours * 3600));
        let report = doctor::examine(&config, &clock).await.unwrap();
        assert_only_wrong(&report, "clock", "NTP");
        assert!(finding(&report, "clock").seen.contains("behind"), "{report}");
    }
}

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_wrong() {
    let practice = Practice::open().await;
    practice.provider.set_redirect_uris([format!("{HERE}/callback")]);
    let report = practice.examine(&[]).await;
    let finding = finding(&report, "authorization_endpoint");
    assert_eq!(finding.verdict, Verdict::Wrong, "{report}");
    let mend = finding.mend.as_ref().unwrap();
    assert!(
        mend.contains(&format!("Register {HERE}/auth/callback as redirect URI")),
        "{report}"
    );
}

#[tokio::test]
async fn what_the_authorization_endpoint_answers_is_told_apart() {
    for (answer, verdict, word) in [
        (Answer::status(404), Verdict::Wrong, "404"),
        (Answer::redirect("/signin/error?x"), Verdict::Wrong, "refused"),
        (Answer::body(200, "text/html", "<form>"), Verdict::Warning, "200"),
        (Answer::status(500), Verdict::Warning, "500"),
        (Answer::redirect("/login"), Verdict::Warning, "page of its own"),
    ] {
        let practice = Practice::open().await;
        practice
            .provider
            .script()
            .answer_always(Endpoint::Authorize, answer);
        let report = practice.examine(&[]).await;
        let finding = finding(&report, "authorization_endpoint");
        assert_eq!(finding.verdict, verdict, "{report}");
        assert!(finding.seen.contains(word), "{word}: {report}");
    }
}

#[tokio::test]
async fn an_error_other_than_that_nobody_is_signed_in_is_wrong() {
    let practice = Practice::open().await;
    practice
        .provider
        .script()
        .change_authorization_response(|parameters| {
            for (name, value) in parameters {
                if name == "error" {
                    "invalid_scope".clone_into(value);
                }
            }
        });
    assert_only_wrong(
        &practice.examine(&[]).await,
        "authorization_endpoint",
        "EXEUNT_SCOPES",
    );
}

#[tokio::test]
async fn a_wrong_secret_is_wrong() {
    let practice = Practice::open().await;
    let report = practice.examine(&[("EXEUNT_CLIENT_SECRET", "mistyped")]).await;
    for check in ["token_endpoint", "revocation_endpoint"] {
        assert_eq!(
            finding(&report, check).verdict,
            Verdict::Wrong,
            "{check}: {report}"
        );
    }
    let mend = finding(&report, "token_endpoint").mend.clone().unwrap();
    assert!(mend.contains("EXEUNT_CLIENT_SECRET"), "{report}");
    assert!(!report.to_string().contains("mistyped"), "{report}");
}

#[tokio::test]
async fn a_token_endpoint_that_is_not_there_is_wrong() {
    let practice = Practice::open().await;
    practice
        .provider
        .script()
        .answer_always(Endpoint::Token, Answer::body(404, "text/html", "not here"));
    assert_only_wrong(
        &practice.examine(&[]).await,
        "token_endpoint",
        "discovery document",
    );
}

#[tokio::test]
async fn keys_that_do_not_fit_are_wrong() {
    let practice = Practice::open().await;
    for keys in [
        json!({"keys": []}),
        json!({}),
        json!({"keys": [{"kty": "EC", "crv": "P-256"}]}),
    ] {
        practice
            .provider
            .script()
            .answer_always(Endpoint::Jwks, Answer::json(200, &keys));
        let report = practice.examine(&[]).await;
        assert_eq!(
            finding(&report, "signing_keys").verdict,
            Verdict::Wrong,
            "{report}"
        );
    }
}

#[tokio::test]
async fn what_can_be_done_without_is_a_warning() {
    let practice = Practice::open().await;
    let script = practice.provider.script();
    script.answer_always(Endpoint::Userinfo, Answer::status(404));
    script.change_discovery(|document| {
        document.remove("revocation_endpoint");
    });
    let report = practice.examine(&[]).await;
    for check in ["userinfo_endpoint", "revocation_endpoint"] {
        assert_eq!(
            finding(&report, check).verdict,
            Verdict::Warning,
            "{check}: {report}"
        );
    }
    assert!(!report.is_wrong(), "{report}");
}

#[tokio::test]
async fn what_the_revocation_endpoint_answers_is_told_apart() {
    for (answer, verdict) in [
        (Answer::json(400, &json!({"error": "invalid_token"})), Verdict::Ok),
        (
            Answer::json(400, &json!({"error": "invalid_request"})),
            Verdict::Warning,
        ),
        (Answer::status(503), Verdict::Warning),
        (Answer::status(404), Verdict::Wrong),
        (Answer::status(401), Verdict::Wrong),
    ] {
        let practice = Practice::open().await;
        practice
            .provider
            .script()
            .answer_always(Endpoint::Revocation, answer);
        let report = practice.examine(&[]).await;
        assert_eq!(
            finding(&report, "revocation_endpoint").verdict,
            verdict,
            "{report}"
        );
    }
}

#[tokio::test]
async fn whether_the_provider_calls_is_told_from_its_metadata() {
    const FLAGS: [&str; 4] = [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
    ];
    for (flags, verdict, word) in [
        ([true, true, false, false], Verdict::Ok, "back channel"),
        ([true, false, false, false], Verdict::Warning, "which one"),
        ([false, false, true, true], Verdict::Warning, "frame"),
        ([false, false, false, false], Verdict::Warning, "never"),
    ] {
        let practice = Practice::open().await;
        practice.provider.script().change_discovery(move |document| {
            for (name, value) in FLAGS.iter().zip(flags) {
                document.insert((*name).to_owned(), value.into());
            }
        });
        let report = practice.examine(&[]).await;
        let finding = finding(&report, "logout_notification");
        assert_eq!(finding.verdict, verdict, "{report}");
        assert!(finding.seen.contains(word), "{word}: {report}");
    }
}
