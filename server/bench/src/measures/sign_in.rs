//! Sign-ins, from the first redirect to the session's cookie. The provider makes its signatures on the same cores.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::quiet;
use crate::{
    Fault,
    book::Book,
    connection::Connection,
    drive::{histogram, note as noted},
    field::Field,
    plan::{CONNECTIONS, Plan},
    requests,
};

pub(super) async fn measure(field: &Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let (address, provider) = (field.server()?.address, field.provider.origin());
    let left = Arc::new(AtomicU64::new(plan.sign_ins));
    let begun = Instant::now();
    let mut people = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (left, provider) = (Arc::clone(&left), provider.clone());
        people.spawn(async move {
            let mut waits = histogram()?;
            let mut app = Connection::open(address).await?;
            let there: SocketAddr = provider.trim_start_matches("http://").parse().map_err(Fault::because)?;
            let mut there = Connection::open(there).await?;
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let callback = until_callback(&mut app, &mut there, &provider).await?;
                let asked = Instant::now();
                expect(app.ask(&callback).await?, 303)?;
                noted(&mut waits, asked.elapsed());
                let cookies = cookies(&app);
                if !cookies.starts_with("exeunt=") && !cookies.contains("; exeunt=") {
                    return Err(Fault::new("nobody is signed in"));
                }
                // Nothing of it stays, or the store would grow from run to run.
                let end = format!(
                    "POST /api/auth/logout HTTP/1.1\r\nhost: localhost:3000\r\nsec-fetch-site: same-origin\r\n\
                     cookie: {cookies}\r\ncontent-length: 0\r\n\r\n"
                );
                expect(app.ask(end.as_bytes()).await?, 200)?;
            }
            Ok::<_, Fault>(waits)
        });
    }
    let mut waits = histogram()?;
    while let Some(person) = people.join_next().await {
        waits.add(person??).map_err(Fault::because)?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    quiet(field).await;
    let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = waits.len() as f64 / seconds;
    note("sign-ins, each with a sign-out", "/s", rate);
    #[expect(clippy::cast_precision_loss, reason = "below a minute")]
    let mut percentile = |measure, percentile| {
        note(measure, "µs", waits.value_at_percentile(percentile) as f64);
    };
    percentile("callback, median", 50.0);
    percentile("callback, 99 %", 99.0);
    Ok(())
}

/// To the provider and back; the callback is not called yet.
async fn until_callback(
    app: &mut Connection,
    there: &mut Connection,
    provider: &str,
) -> Result<Vec<u8>, Fault> {
    expect(
        app.ask(&requests::get_with("/auth/login", "none=none")).await?,
        303,
    )?;
    let attempt = cookies(app);
    let at_provider = location(app)?;
    let place = at_provider
        .strip_prefix(provider)
        .ok_or_else(|| Fault::new("the sign-in leads elsewhere"))?;
    expect(there.ask(&requests::get_with(place, "none=none")).await?, 303)?;
    let back = location(there)?;
    let callback = back
        .strip_prefix(requests::HERE)
        .ok_or_else(|| Fault::new("the provider leads elsewhere"))?;
    Ok(requests::get_with(callback, &attempt))
}

fn location(connection: &Connection) -> Result<String, Fault> {
    let location = connection.header("location").into_iter().next();
    location.ok_or_else(|| Fault::new("a redirect without a place"))
}

/// What the answer set, as the browser sends it back.
fn cookies(connection: &Connection) -> String {
    let pairs = connection.header("set-cookie");
    let pairs = pairs.iter().filter_map(|cookie| cookie.split(';').next());
    pairs
        .filter(|pair| !pair.ends_with('='))
        .collect::<Vec<_>>()
        .join("; ")
}

fn expect(status: u16, expected: u16) -> Result<(), Fault> {
    if status == expected {
        Ok(())
    } else {
        Err(Fault::new(format!("status {status} in place of {expected}")))
    }
}
