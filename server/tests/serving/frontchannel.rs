//! Front-channel logout through everything that the server puts around it.

use exeunt::logout::frontchannel;

use super::site::Site;

#[tokio::test]
async fn f7_1_f7_4_the_provider_may_frame_this_one_answer_and_nobody_any_other() {
    let site = Site::start("http://localhost:3000/some/app").await;
    site.provider.script().change_discovery(|metadata| {
        metadata.insert("frontchannel_logout_supported".to_owned(), true.into());
    });
    let mut browser = site.browser();
    let answer = browser.open(&format!("/some/app{}", frontchannel::PATH)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text, "");
    assert_eq!(
        answer.header("content-security-policy"),
        format!(
            "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors {}",
            site.provider.origin()
        )
    );
    assert_eq!(answer.header("x-frame-options"), "");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("cache-control"), "no-store");
    for path in [
        "/nowhere",
        "/",
        "/auth/frontchannel-logout/",
        "/auth/frontchannel-logout/x",
    ] {
        let answer = browser.open(&format!("/some/app{path}")).await;
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
    }
}
