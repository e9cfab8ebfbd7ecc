//! The audit log: each sign-out, what became of it, and when it was taken back.

use crate::support::{App, Logs, Reply};

fn lines(logs: &Logs) -> Vec<String> {
    let text = logs.text();
    text.lines()
        .filter(|line| line.contains("audit"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn i16_a_sign_out_and_its_outcome_are_audited_without_secrets() {
    let app = App::start().await;
    let (logs, _guard) = Logs::capture();
    let mut browser = app.signed_in();
    let secret = "s3cr3t";
    browser
        .cookies
        .insert("access_token".to_owned(), secret.to_owned());
    browser
        .gateway
        .insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
    browser
        .gateway
        .insert("x-request-id", "of-the-gateway-1".parse().unwrap());
    app.scripted.will(Reply::status(500));
    browser.log_out("{}").await;
    app.scripted.will(Reply::signed_out("/out"));
    browser.log_out("{}").await;
    let proof: Vec<_> = browser.cookies.values().cloned().collect();
    browser.press("/auth/login").await;
    app.browser().log_out("{}").await;

    let lines = lines(&logs);
    let [failed, ended, taken_back] = &lines[..] else {
        panic!("{lines:#?}")
    };
    for line in [failed, ended, taken_back] {
        for said in [
            "sub=ada",
            "iss=https://k.example/api",
            "from=203.0.113.9",
            "of-the-gateway-1",
        ] {
            assert!(line.contains(said), "{said}: {line}");
        }
        assert!(
            !line.contains(secret) && !line.contains("Ada") && !line.contains("ada@"),
            "{line}"
        );
        assert!(proof.iter().all(|value| !line.contains(value.as_str())), "{line}");
    }
    for said in [
        "event=\"end\"",
        "why=\"logout\"",
        "scope=\"browser\"",
        "success=false",
        "layers=app_session=ended platform=failed provider_session=unconfirmed",
    ] {
        assert!(failed.contains(said), "{said}: {failed}");
    }
    assert!(
        ended.contains("success=true") && ended.contains("platform=ended"),
        "{ended}"
    );
    assert!(taken_back.contains("event=\"taken_back\""), "{taken_back}");
    let session = |line: &str| {
        let (_, rest) = line.split_once("session=").unwrap();
        rest.split(' ').next().unwrap().to_owned()
    };
    assert_eq!(session(failed), session(taken_back), "they speak of one sign-on");
}
