//! Only GET acts.

use axum::body::Body;
use http::Method;

use super::{PATH, address, app_on, is_signed_in, sids, support::every_store};

#[tokio::test]
async fn f7_1_any_other_method_is_refused_and_ends_nothing() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    let mut browser = app.signed_in("ada").await;
    let sid = sids(&app, "ada").await.remove(0);
    let address = address(&app.provider.issuer(), &sid);
    let (_, query) = address.split_once('?').unwrap();
    for method in [
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        for (path, body) in [(&*address, ""), (PATH, query)] {
            let answer = app
                .browser()
                .send(
                    method.clone(),
                    path,
                    &[
                        ("sec-fetch-site", "same-origin"),
                        ("content-type", "application/x-www-form-urlencoded"),
                    ],
                    Body::from(body.to_owned()),
                )
                .await;
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow").unwrap(), "GET", "{method}");
            assert!(is_signed_in(&mut browser).await, "{method}");
        }
    }
    // A form of another site goes no further than any other.
    let answer = app
        .browser()
        .send(
            Method::POST,
            &address,
            &[("sec-fetch-site", "cross-site")],
            Body::empty(),
        )
        .await;
    assert_eq!(answer.status, 403);
    assert!(is_signed_in(&mut browser).await);
}
