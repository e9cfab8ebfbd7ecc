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

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let script = field.provider.script();
    for _ in 0..plan.runs {
        let answering = logouts(field, plan).await?;
        quiet(field).await;
        for endpoint in ENDPOINTS {
            script.answer_always(endpoint, Answer::hang());
        }
        let hanging = logouts(field, plan).await;
        for endpoint in ENDPOINTS {
            script.answer_normally(endpoint);
        }
        script.release();
        let hanging = hanging?;
        // What is left is revoked when its time comes, which is not here: the server forgets what it waits for.
        field.serve_anew().await?;
        quiet(field).await;
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
    Ok(())
}

async fn logouts(field: &mut Field, plan: &Plan) -> Result<Load, Fault> {
    let first = field.spare(plan.ends, |_| Whose::OwnPerson).await?;
    let request = requests::logout_of("browser", move |turn| first + turn);
    let server = field.server()?.address;
    drive(server, CONNECTIONS, Extent::Times(plan.ends), 200, request).await
}
