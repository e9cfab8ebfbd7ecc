//! The identity provider behind the provider, from the claim that names it to the receipt.

use std::time::Duration;

use exeunt::logout::Reason;
use exeunt_dev_provider::script::Endpoint;

use super::{
    detail, receipt,
    remnant::end_at_provider,
    sign_out, status,
    support::{App, Browser, every_store},
};

/// Where somebody signs in by way of GitHub.
async fn behind_github(app: &App) -> Browser {
    app.script().change_id_token_claims(|claims| {
        claims.insert("identity_provider".to_owned(), "github".into());
    });
    app.signed_in("ada").await
}

#[tokio::test]
async fn i04_whoever_stands_behind_the_provider_is_named_by_the_receipt_however_the_session_ended() {
    for named in every_store() {
        for end in ["by its browser", "idle", "by the back channel"] {
            let what = format!("{end}, {}", named.name);
            let app = App::builder().store(named.store.clone()).start().await;
            let mut browser = behind_github(&app).await;
            match end {
                "idle" => app.clock.advance(Duration::from_secs(30 * 60)),
                "by the back channel" => end_at_provider(&app, Reason::BackChannel).await,
                _ => {}
            }
            let answer = sign_out(&mut browser, "browser").await.json();
            for receipt in [&answer["receipt"], &receipt(&mut browser).await] {
                assert_eq!(
                    status(receipt, "upstream_idp").as_deref(),
                    Some("cannot_be_ended"),
                    "{what}"
                );
                assert!(
                    detail(receipt, "upstream_idp").contains("by way of github"),
                    "{what}: {receipt}"
                );
            }
            // Nobody is asked anything for it.
            assert_eq!(app.script().count(Endpoint::EndSession), 0, "{what}");
        }
    }
}

#[tokio::test]
async fn i04_where_no_claim_names_anybody_and_where_the_provider_is_kept_there_is_no_such_line() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let answer = sign_out(&mut browser, "browser").await.json();
    assert_eq!(status(&answer["receipt"], "upstream_idp"), None);
    let mut browser = behind_github(&app).await;
    let answer = sign_out(&mut browser, "app").await.json();
    assert_eq!(status(&answer["receipt"], "upstream_idp"), None);
}
