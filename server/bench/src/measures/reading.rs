//! What changes nothing: the liveness check, the session check, a page.

use crate::{
    Fault,
    book::Book,
    drive::{Extent, Load, drive},
    field::Field,
    plan::{CONNECTIONS, Plan},
    requests,
};

/// How many people open pages: each one's idle limit moves once a minute, with the first page.
const READERS: u64 = 64;

/// How often liveness and session checks take turns.
const TURNS: u32 = 4;

/// Asks a while without counting.
pub(super) async fn warm_up(field: &Field, plan: &Plan) -> Result<(), Fault> {
    check(field, plan).await?;
    if field.has_pages() {
        page(field, plan).await?;
    }
    Ok(())
}

pub(super) async fn measure(field: &Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let (alive, checked) = in_turns(field, plan).await?;
    let page = if field.has_pages() {
        Some(page(field, plan).await?)
    } else {
        None
    };
    let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
    note("liveness checks", "/s", alive.rate());
    note("session checks", "/s", checked.rate());
    note(
        "session checks to liveness checks",
        "ratio",
        checked.rate() / alive.rate(),
    );
    note("session check, median", "µs", checked.percentile(50.0));
    note("session check, 99 %", "µs", checked.percentile(99.0));
    if let Some(page) = page {
        note("pages", "/s", page.rate());
        note("page, median", "µs", page.percentile(50.0));
        note("page, 99 %", "µs", page.percentile(99.0));
    }
    Ok(())
}

/// Both in turns (alive, checked, checked, alive), each a while in all: what else the machine does changes within seconds, and their
/// ratio shall not depend on it.
async fn in_turns(field: &Field, plan: &Plan) -> Result<(Load, Load), Fault> {
    let (mut alive, mut checked) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        if turn % 2 == 0 {
            alive.push(live(field, plan).await?);
            checked.push(check(field, plan).await?);
        } else {
            checked.push(check(field, plan).await?);
            alive.push(live(field, plan).await?);
        }
    }
    Ok((Load::of(&alive)?, Load::of(&checked)?))
}

/// Each time another session, far from the last one.
pub(super) fn anybody(sessions: u64) -> impl Fn(u64) -> u64 + Send + Sync + 'static {
    move |turn| turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) % sessions
}

async fn live(field: &Field, plan: &Plan) -> Result<Load, Fault> {
    drive(
        field.server()?.address,
        CONNECTIONS,
        Extent::For(plan.load / 2),
        200,
        requests::get("/healthz"),
    )
    .await
}

async fn check(field: &Field, plan: &Plan) -> Result<Load, Fault> {
    let request = requests::get_as("/api/session", anybody(field.sessions));
    drive(
        field.server()?.address,
        CONNECTIONS,
        Extent::For(plan.load / 2),
        200,
        request,
    )
    .await
}

async fn page(field: &Field, plan: &Plan) -> Result<Load, Fault> {
    let request = requests::page_as("/account", |turn| turn % READERS);
    drive(
        field.server()?.address,
        CONNECTIONS,
        Extent::For(plan.load),
        200,
        request,
    )
    .await
}
