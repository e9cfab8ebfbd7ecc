//! Sign-outs while the provider answers, and while it takes every request and says nothing.

use exeunt_dev_provider::script::{Answer, Endpoint};

use super::quiet;
use crate::{
    Fault,
    book::Book,
    drive::{Extent, Load, drive, histogram, percentile},
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

/// How many sign-outs come first each time and do not count: a server that has just started opens its connections.
const BEFORE: u64 = 100;

/// Answering, hanging, hanging, answering: what grows or fades meanwhile falls on both alike.
const TURNS: [Provider; 4] = [
    Provider::Answering,
    Provider::Hanging,
    Provider::Hanging,
    Provider::Answering,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provider {
    Answering,
    Hanging,
}

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let each = BEFORE + plan.ends;
    for _ in 0..plan.runs {
        // All at once and beforehand: after many writes the engine and the disk have work of their own for a while. So what comes first
        // does not count either.
        let first = field.spare(each * 5, |_| Whose::OwnPerson).await?;
        logouts(field, first..first + each).await?;
        let (mut answering, mut hanging) = (histogram()?, histogram()?);
        for (turn, provider) in (1..).zip(TURNS) {
            let begin = first + turn * each;
            fresh(field).await?;
            let waits = match provider {
                Provider::Answering => &mut answering,
                Provider::Hanging => {
                    for endpoint in ENDPOINTS {
                        field.provider.script().answer_always(endpoint, Answer::hang());
                    }
                    &mut hanging
                }
            };
            let turn = logouts(field, begin..begin + each).await;
            for endpoint in ENDPOINTS {
                field.provider.script().answer_normally(endpoint);
            }
            field.provider.script().release();
            waits.add(turn?.waits).map_err(Fault::because)?;
        }
        let [answering, hanging] = [answering, hanging].map(|waits| percentile(&waits, 99.0));
        let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
        note("logout, provider answering, 99 %", "µs", answering);
        note("logout, provider hanging, 99 %", "µs", hanging);
        note("logout, 99 %, hanging to answering", "ratio", hanging / answering);
    }
    // What is left is revoked when its time comes, which is not here: the server forgets what it waits for.
    field.serve_anew().await?;
    quiet(field).await;
    Ok(())
}

/// The first of them do not count.
async fn logouts(field: &Field, numbers: std::ops::Range<u64>) -> Result<Load, Fault> {
    let server = field.server()?.address;
    let ask = async |numbers: std::ops::Range<u64>| {
        let request = requests::logout_of("browser", move |turn| numbers.start + turn);
        let times = Extent::Times(numbers.end - numbers.start);
        drive(server, CONNECTIONS, times, 200, request).await
    };
    let counted = numbers.start + BEFORE;
    ask(numbers.start..counted).await?;
    ask(counted..numbers.end).await
}

/// Both kinds begin with a server of their own; where the sessions are in its memory, with the same one.
async fn fresh(field: &mut Field) -> Result<(), Fault> {
    if field.store.is_some() {
        field.serve_anew().await?;
    }
    quiet(field).await;
    Ok(())
}
