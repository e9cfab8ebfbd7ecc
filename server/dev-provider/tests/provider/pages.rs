//! What the pages promise.

use crate::browser::Browser;
use crate::relying_party::{authorize, client, config, provider, sign_in};

#[tokio::test]
async fn every_page_says_what_it_is_and_runs_nothing() {
    let browser = provider();
    let picker = authorize(&browser, &[]).await;
    sign_in(&browser, "zoe").await;
    let pages = [
        picker,
        browser.get("/", &[]).await,
        browser.get("/end_session", &[]).await,
        browser.get("/authorize", &[]).await,
    ];
    for page in pages {
        assert!(page.body.contains("Development provider"), "{}", page.body);
        assert!(page.body.contains("<html lang=\"en\">") && page.body.contains("<h1>"));
        assert!(!page.body.contains("<script"));
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "same-origin");
    }
}

#[tokio::test]
async fn a_form_may_lead_where_its_redirect_goes() {
    let browser = provider();
    let picker = authorize(&browser, &[]).await;
    let policy = picker.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://localhost:3000;"),
        "{policy}"
    );
}

#[tokio::test]
async fn names_are_text_and_never_markup() {
    let mut config = config();
    config.users[0].name = "<b>\"Ada\"</b>".to_owned();
    config.clients = vec![exeunt_dev_provider::Client {
        client_id: "<i>app".to_owned(),
        ..client()
    }];
    let browser = Browser::new(exeunt_dev_provider::DevProvider::new(config).unwrap().router());
    let picker = authorize(&browser, &[("client_id", "<i>app")]).await;
    assert!(
        picker.body.contains("&lt;b&gt;&quot;Ada&quot;&lt;/b&gt;") && picker.body.contains("&lt;i&gt;app")
    );
    assert!(!picker.body.contains("<b>") && !picker.body.contains("<i>"));
}
