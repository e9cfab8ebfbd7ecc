//! Sign-outs while the provider answers, and while it takes every request and says nothing.

use exeunt_dev_provider::script::{Answer, Endpoint};

use super::quiet;
use crate::{
    Fault,
    book::Book,
    drive::{Extent, Load, drive},
    field::Field,
    people::Whose,
    plan::Plan,
    requests,
};

/// One after the other, as people sign out who know nothing of each other.
const CONNECTIONS: usize = 2;

const ENDPOINTS: [Endpoint; 4] = [
    Endpoint::Discovery,
    Endpoint::Jwks,
    Endpoint::Revocation,
    Endpoint::EndSession,
];

/// How many sign-outs of each kind come first and do not count: a server that has just started opens its connections.
const BEFORE: u64 = 100;

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    for run in 0..plan.runs {
        // All at once and beforehand: after many writes the engine and the disk have work of their own for a while.
        let each = BEFORE + 2 * plan.ends;
        let first = field.spare(2 * each, |_| Whose::OwnPerson).await?;
        let (answering, hanging) = if run % 2 == 0 {
            let answering = answering(field, first, each).await?;
            (answering, hanging(field, first + each, each).await?)
        } else {
            let hanging = hanging(field, first + each, each).await?;
            (answering(field, first, each).await?, hanging)
        };
        let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
        note(
            "logout, provider answering, 99 %",
            "µs",
            answering.percentile(99.0),
        );
        note("logout, provider hanging, 99 %", "µs", hanging.percentile(99.0));
        let ratio = hanging.percentile(99.0) / answering.percentile(99.0);
        note("logout, 99 %, hanging to answering", "ratio", ratio);
    }
    // What is left is revoked when its time comes, which is not here: the server forgets what it waits for.
    field.serve_anew().await?;
    quiet(field).await;
    Ok(())
}

async fn answering(field: &mut Field, first: u64, each: u64) -> Result<Load, Fault> {
    fresh(field).await?;
    logouts(field, first, each).await
}

async fn hanging(field: &mut Field, first: u64, each: u64) -> Result<Load, Fault> {
    fresh(field).await?;
    let script = field.provider.script();
    for endpoint in ENDPOINTS {
        script.answer_always(endpoint, Answer::hang());
    }
    let hanging = logouts(field, first, each).await;
    for endpoint in ENDPOINTS {
        script.answer_normally(endpoint);
    }
    script.release();
    hanging
}

/// Both kinds begin with a server of their own; where the sessions are in its memory, with the same one.
async fn fresh(field: &mut Field) -> Result<(), Fault> {
    if field.store.is_some() {
        field.serve_anew().await?;
    }
    quiet(field).await;
    Ok(())
}

async fn logouts(field: &Field, first: u64, each: u64) -> Result<Load, Fault> {
    let server = field.server()?.address;
    let ask = async |numbers: std::ops::Range<u64>| {
        let request = requests::logout_of("browser", move |turn| numbers.start + turn);
        let times = Extent::Times(numbers.end - numbers.start);
        drive(server, CONNECTIONS, times, 200, request).await
    };
    ask(first..first + BEFORE).await?;
    ask(first + BEFORE..first + each).await
}
