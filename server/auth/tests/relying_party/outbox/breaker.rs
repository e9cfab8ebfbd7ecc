//! After a revocation that hung nobody waits for the next one: a provider that is slow makes one person wait, not all.

use std::time::{Duration, Instant};

use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{App, both, lines, lines_now, sign_out};

/// How long a sign-out waits for a revocation.
const BUDGET: Duration = Duration::from_millis(1500);
/// For how long nobody waits after one that took longer.
const STALLS: Duration = Duration::from_secs(30);

#[tokio::test]
async fn f4_11_after_one_that_hung_nobody_waits_for_half_a_minute() {
    let app = App::start().await;
    let mut first = app.signed_in("ada").await;
    let mut second = app.signed_in("grace").await;
    let mut third = app.signed_in("ada").await;
    let mut fourth = app.signed_in("ada").await;
    app.script().answer_always(Endpoint::Revocation, Fault::hang());
    sign_out(&mut first).await;
    let begun = Instant::now();
    let answer = sign_out(&mut second).await;
    assert!(
        begun.elapsed() < BUDGET,
        "nobody waits: it took {:?}",
        begun.elapsed()
    );
    assert_eq!(lines(&answer.json()["receipt"]), both("pending"));

    app.script().answer_normally(Endpoint::Revocation);
    app.script().release();
    app.clock.advance(STALLS - Duration::from_millis(1));
    let answer = sign_out(&mut third).await;
    assert_eq!(
        lines(&answer.json()["receipt"]),
        both("pending"),
        "not yet, though the provider has recovered"
    );
    // It was tried all the same.
    while lines_now(&mut third).await != both("ended") {
        tokio::task::yield_now().await;
    }
    app.clock.advance(Duration::from_millis(1));
    let answer = sign_out(&mut fourth).await;
    assert_eq!(lines(&answer.json()["receipt"]), both("ended"));
}

#[tokio::test]
async fn f4_11_one_that_is_refused_quickly_makes_nobody_impatient() {
    let app = App::start().await;
    let mut first = app.signed_in("ada").await;
    let mut second = app.signed_in("grace").await;
    app.script()
        .answer_always(Endpoint::Revocation, Fault::status(500));
    sign_out(&mut first).await;
    app.script().answer_normally(Endpoint::Revocation);
    let answer = sign_out(&mut second).await;
    assert_eq!(lines(&answer.json()["receipt"]), both("ended"));
}
