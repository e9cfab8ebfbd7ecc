//! What a person and a program read, by the program itself.

use std::process::{Command, Output};

use exeunt_dev_provider::script::{Answer, Endpoint};
use serde_json::Value;

use crate::practice::{HERE, Practice};

/// Runs the program with exactly these variables.
async fn doctor(arguments: &[&str], variables: Vec<(String, String)>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.arg("doctor").args(arguments).env_clear().envs(variables);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_person_reads_what_to_register_and_the_exit_code_says_that_nothing_is_wrong() {
    let practice = Practice::open().await;
    let output = doctor(&[], practice.variables(&[])).await;
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{page}");
    assert_eq!(text(&output.stderr), "");
    for expected in [
        &format!("app       {HERE}\n"),
        &format!("provider  {}\n", practice.provider.issuer()),
        "dialect   standard (recognised)\n",
        &format!("  redirect URI              {HERE}/auth/callback\n"),
        &format!("  post-logout redirect URI  {HERE}/logged-out\n"),
        "\n0 wrong, ",
    ] {
        assert!(page.contains(expected), "{expected:?} in\n{page}");
    }
    for line in page.lines() {
        let too_long = line.chars().count() > 96 && line.trim().contains(' ') && !line.contains("://");
        assert!(!too_long, "{line:?}");
    }
}

#[tokio::test]
async fn a_person_reads_the_mend_and_the_exit_code_says_that_something_is_wrong() {
    let practice = Practice::open().await;
    practice
        .provider
        .script()
        .answer_always(Endpoint::EndSession, Answer::status(404));
    let output = doctor(&[], practice.variables(&[])).await;
    let page = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{page}");
    assert!(page.contains("WRONG    end session endpoint"), "{page}");
    assert!(page.contains("→ Whoever runs the provider"), "{page}");
    assert!(page.contains("\n1 wrong, "), "{page}");
}

#[tokio::test]
async fn a_program_reads_json() {
    let practice = Practice::open().await;
    practice
        .provider
        .set_post_logout_redirect_uris(["https://other.example/"]);
    let output = doctor(&["--json"], practice.variables(&[])).await;
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let count = |verdict: &str| {
        findings
            .iter()
            .filter(|finding| finding["verdict"] == verdict)
            .count()
    };
    assert_eq!(document["about"]["provider"], practice.provider.issuer());
    assert_eq!(document["about"]["client"], practice.provider.client_id());
    assert_eq!(document["summary"]["wrong"], 1);
    for verdict in ["ok", "warning", "wrong"] {
        assert_eq!(document["summary"][verdict], count(verdict), "{document:#}");
    }
    let wrong = findings
        .iter()
        .find(|finding| finding["verdict"] == "wrong")
        .unwrap();
    assert_eq!(wrong["check"], "end_session_endpoint");
    assert!(
        wrong["mend"]
            .as_str()
            .unwrap()
            .contains(&format!("{HERE}/logged-out"))
    );
    assert!(
        findings.iter().all(|finding| finding["seen"].is_string()
            && (finding["mend"].is_string() != (finding["verdict"] == "ok"))),
        "{document:#}"
    );
    assert_eq!(document["register"][0]["name"], "redirect URI");
    assert_eq!(document["register"][0]["value"], format!("{HERE}/auth/callback"));
}

#[tokio::test]
async fn settings_that_are_wrong_are_findings_too() {
    let practice = Practice::open().await;
    let variables = practice.variables(&[("EXEUNT_PUBLIC_URL", "http://app.example"), ("EXEUNT_TYPO", "1")]);
    let output = doctor(&["--json"], variables).await;
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["summary"]["wrong"], 2, "{document:#}");
    let seen = document["findings"].to_string();
    assert!(seen.contains("EXEUNT_PUBLIC_URL is not https"), "{seen}");
    assert_eq!(practice.provider.script().count(Endpoint::Discovery), 0);
}

#[tokio::test]
async fn i16_nothing_secret_is_printed() {
    let practice = Practice::open().await;
    for arguments in [&["--json"][..], &[]] {
        let output = doctor(arguments, practice.variables(&[])).await;
        let all = text(&output.stdout) + &text(&output.stderr);
        let variables = practice.variables(&[]);
        for name in ["EXEUNT_CLIENT_SECRET", "EXEUNT_KEYS"] {
            let secret = &variables.iter().find(|(known, _)| known == name).unwrap().1;
            assert!(!all.contains(secret.as_str()), "{name} in {all}");
        }
        let state = practice
            .provider
            .script()
            .last_request(Endpoint::EndSession)
            .and_then(|request| request.parameter("state"))
            .unwrap();
        assert!(!all.contains(&state), "{all}");
    }
}
