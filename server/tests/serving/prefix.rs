//! The app below a path prefix.

use crate::site::Site;

const BELOW: &str = "http://localhost:3000/some/app";

#[tokio::test]
async fn every_link_and_form_stands_below_the_prefix() {
    let site = Site::start(BELOW).await;
    let mut browser = site.signed_in().await;
    for path in ["/some/app/", "/some/app/account", "/some/app/logged-out"] {
        let page = browser.open(path).await;
        assert_eq!(page.status, 200, "{path}");
        for attribute in ["href=\"", "action=\"", "src=\""] {
            for link in page.text.split(attribute).skip(1) {
                let link = link.split('"').next().unwrap();
                let local = link.starts_with('/') && !link.starts_with("/some/app");
                assert!(!local, "{path}: {attribute}{link}");
            }
        }
    }
}

#[tokio::test]
async fn it_works_whether_the_proxy_strips_the_prefix_or_keeps_it() {
    let site = Site::start(BELOW).await;
    let mut browser = site.signed_in().await;
    for path in ["/some/app/api/session", "/api/session"] {
        assert_eq!(browser.open(path).await.status, 200, "{path}");
    }
    let form = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = browser.post("/some/app/api/auth/logout", &form, "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/some/app/auth/logout/continue")
    );
    let account = browser.open("/some/app/account").await;
    assert_eq!(
        account.header("location"),
        "/some/app/?return_to=%2Fsome%2Fapp%2Faccount"
    );
}
