//! Every row that is about the token alone, sent to the endpoint.

use super::{
    rows,
    steps::{is_alive, send, sid_of, start},
    token::Desk,
};

#[tokio::test]
async fn f1_every_token_gets_exactly_200_or_400_and_no_refused_one_ends_anything() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let sid = sid_of(&app, &browser).await;
    let desk = Desk::of(&app);
    let mut judged = 0;
    for (name, row) in rows::ALL {
        for case in row(&desk) {
            // The rows' tokens name a session that nobody has here; those with `sub` alone name the person.
            let spares = case.expected.is_err() || *name != "f1_3_f1_4_sid_alone_and_sub_alone_are_enough";
            let answer = send(&app, &case.raw).await;
            let expected = if case.expected.is_ok() { 200 } else { 400 };
            assert_eq!(answer.status.as_u16(), expected, "{name}: {}: {}", case.what, answer.text());
            if case.expected.is_err() {
                assert_eq!(answer.json()["error"], "invalid_request", "{name}: {}", case.what);
                assert!(!answer.text().contains("ada"), "{name}: {}", case.what);
            }
            if spares {
                assert!(is_alive(&app, &browser).await, "{name}: {}", case.what);
            }
            judged += 1;
        }
        if *name == "f1_3_f1_4_sid_alone_and_sub_alone_are_enough" {
            break;
        }
    }
    assert!(judged > 0, "{sid}");
}
