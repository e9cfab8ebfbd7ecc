//! Every row that is about the token alone, sent to the endpoint.

use super::{
    rows,
    steps::{is_alive, send, start},
    token::Desk,
};

#[tokio::test]
async fn f1_every_token_gets_exactly_200_or_400_and_no_refused_one_ends_anything() {
    let app = start().await;
    let mut browser = app.signed_in("ada").await;
    for (name, row) in rows::ALL {
        if !is_alive(&app, &browser).await {
            // Beyond the mark that the accepted ones of the row before left.
            app.clock.advance(std::time::Duration::from_secs(61));
            browser = app.signed_in("ada").await;
        }
        let cases = row(&Desk::of(&app, &browser).await);
        let (good, bad): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.expected.is_ok());
        for case in bad {
            let answer = send(&app, &case.raw).await;
            let what = format!("{name}: {}: {}", case.what, answer.text());
            assert_eq!(answer.status.as_u16(), 400, "{what}");
            assert_eq!(answer.json()["error"], "invalid_request", "{what}");
            assert!(is_alive(&app, &browser).await, "{what}");
        }
        for case in good {
            let answer = send(&app, &case.raw).await;
            assert_eq!(
                answer.status.as_u16(),
                200,
                "{name}: {}: {}",
                case.what,
                answer.text()
            );
        }
    }
}
