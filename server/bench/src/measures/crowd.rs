//! One person with very many sessions who signs out everywhere: how long it takes, what the others notice, and how soon all
//! open tabs know.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{quiet, reading::anybody, starting::megabytes};
use crate::{
    Fault,
    book::Book,
    connection::Connection,
    drive::{Extent, drive},
    field::Field,
    people::{self, Whose},
    plan::{CONNECTIONS, Plan},
    requests,
};

/// The others ask for so long before, to compare with.
const BEFORE: Duration = Duration::from_secs(1);
/// So many streams are opened at the same time.
const AT_ONCE: u64 = 64;

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    for _ in 0..plan.runs {
        everywhere(field, plan, book).await?;
    }
    for _ in 0..plan.runs {
        // Memory that was used once is not given back, so each run has a server of its own.
        field.serve_anew().await?;
        streams(field, plan, book).await?;
    }
    Ok(())
}

async fn everywhere(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let first = field.spare(plan.crowd, Whose::OnePerson).await?;
    let address = field.server()?.address;
    let others = requests::get_as("/api/session", anybody(field.sessions));
    let before = drive(
        address,
        CONNECTIONS,
        Extent::For(BEFORE),
        200,
        Arc::clone(&others),
    )
    .await?;
    let enough = Arc::new(AtomicBool::new(false));
    let during = tokio::spawn(drive(
        address,
        CONNECTIONS,
        Extent::Until(Arc::clone(&enough)),
        200,
        others,
    ));
    let taken = sign_out_everywhere(address, first).await;
    enough.store(true, Ordering::Relaxed);
    let during = during.await??;
    let taken = taken?;
    quiet(field).await;
    let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
    note("everywhere", "ms", taken.as_secs_f64() * 1000.0);
    note(
        "others' session check before, 99 %",
        "µs",
        before.percentile(99.0),
    );
    note(
        "others' session check meanwhile, 99 %",
        "µs",
        during.percentile(99.0),
    );
    Ok(())
}

async fn sign_out_everywhere(address: SocketAddr, number: u64) -> Result<Duration, Fault> {
    let mut connection = Connection::open(address).await?;
    let mut request = Vec::new();
    requests::logout_of("everywhere", move |_| number)(0, &mut request);
    let asked = Instant::now();
    match connection.ask(&request).await? {
        200 => Ok(asked.elapsed()),
        other => Err(Fault::new(format!("status {other} for a sign-out"))),
    }
}

async fn streams(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let first = field.spare(plan.crowd, Whose::OnePerson).await?;
    let address = field.server()?.address;
    let before = field.server()?.memory()?;
    let mut opening = tokio::task::JoinSet::new();
    for begin in 0..AT_ONCE.min(plan.crowd) {
        let numbers = (first + begin..first + plan.crowd).step_by(usize::try_from(AT_ONCE).unwrap_or(1));
        opening.spawn(async move {
            let mut open = Vec::new();
            for number in numbers {
                open.push(stream(address, number).await?);
            }
            Ok::<_, Fault>(open)
        });
    }
    let mut open = Vec::new();
    while let Some(some) = opening.join_next().await {
        open.extend(some??);
    }
    let more = field.server()?.memory()?.saturating_sub(before);
    let mut listening = tokio::task::JoinSet::new();
    for mut connection in open {
        listening.spawn(async move { connection.until(b"event: ended").await });
    }
    let begun = Instant::now();
    sign_out_everywhere(address, first).await?;
    while let Some(told) = listening.join_next().await {
        told??;
    }
    let told = begun.elapsed();
    quiet(field).await;
    let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
    note("memory of the streams", "MB", megabytes(more));
    note(
        "everywhere until all streams are told",
        "ms",
        told.as_secs_f64() * 1000.0,
    );
    Ok(())
}

async fn stream(address: SocketAddr, number: u64) -> Result<Connection, Fault> {
    let mut connection = Connection::open(address).await?;
    let cookie = format!("{}={}", requests::COOKIE, people::cookie(number));
    match connection
        .begin(&requests::get_with("/auth/events", &cookie))
        .await?
    {
        200 => {}
        other => return Err(Fault::new(format!("status {other} for a stream"))),
    }
    connection.until(b"retry:").await?;
    connection.forget();
    Ok(connection)
}
