//! Ends: a person's own sign-out, and the provider's word over the back channel.

use exeunt::clock::{Clock as _, SystemClock};
use exeunt_dev_provider::script::Signing;
use serde_json::json;

use super::quiet;
use crate::{
    Fault,
    book::Book,
    drive::{Extent, drive},
    field::Field,
    people::{self, Whose},
    plan::{CONNECTIONS, Plan},
    requests,
};

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let ends = Extent::Times(plan.ends);
    let first = field.spare(plan.ends, |_| Whose::OwnPerson).await?;
    let request = requests::logout_of("browser", move |turn| first + turn);
    let logout = drive(field.server()?.address, CONNECTIONS, ends.clone(), 200, request).await?;
    quiet(field).await;

    let first = field.spare(plan.ends, |_| Whose::OwnPerson).await?;
    let tokens = (first..first + plan.ends)
        .map(|number| logout_token(field, number))
        .collect();
    let told = drive(
        field.server()?.address,
        CONNECTIONS,
        ends,
        200,
        requests::back_channel(tokens),
    )
    .await?;
    quiet(field).await;

    let mut note = |measure, unit, value| book.note(&field.name, field.sessions, measure, unit, value);
    note("logouts", "/s", logout.rate());
    note("logout, median", "µs", logout.percentile(50.0));
    note("logout, 99 %", "µs", logout.percentile(99.0));
    note("back-channel logouts", "/s", told.rate());
    note("back-channel logout, median", "µs", told.percentile(50.0));
    note("back-channel logout, 99 %", "µs", told.percentile(99.0));
    Ok(())
}

/// As the provider signs it; made before the time is taken.
fn logout_token(field: &Field, number: u64) -> String {
    let now = SystemClock.now().seconds();
    let claims = json!({
        "iss": field.provider.issuer(), "aud": field.provider.client_id(), "iat": now, "exp": now + 120,
        "jti": people::cookie(number), "sub": people::subject(number), "sid": people::sid(number),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let claims = claims.as_object().cloned().unwrap_or_default();
    field.provider.script().sign(Signing::Normal, &claims, |header| {
        header.insert("typ".to_owned(), "logout+jwt".into());
    })
}
