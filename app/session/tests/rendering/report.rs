//! `LoggedOutReport`: never more than is known.

use exeunt_leptos::{
    LoggedOutReport, SessionError,
    wire::{
        Layer::{AppSession, ProviderSession},
        LayerStatus::{self, CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed},
        LoggedOutView, Receipt, ReceiptLayer,
    },
};
use leptos::prelude::*;

use super::{Document, World, document, nobody};

fn view(app_session: LayerStatus, provider: LayerStatus) -> LoggedOutView {
    let line = |(layer, status, detail): (_, _, Option<&str>)| ReceiptLayer {
        layer,
        status,
        detail: detail.map(Into::into),
    };
    LoggedOutView {
        signed_in: false,
        unfinished: false,
        receipt: Some(Receipt {
            ended_at: 0,
            layers: [
                (AppSession, app_session, None),
                (ProviderSession, provider, Some("It said <so>.")),
            ]
            .map(line)
            .into(),
        }),
        provider: None,
        provider_tries_left: 0,
        continue_to: None,
        can_probe: false,
        ended_by_provider: false,
        ran_out: false,
    }
}

async fn report(report: Result<LoggedOutView, SessionError>) -> Document {
    let world = World { report, ..nobody() };
    document(world, "", || view! { <LoggedOutReport/> }).await
}

#[tokio::test]
async fn it_tells_of_each_layer_what_the_receipt_says() {
    let page = report(Ok(view(Ended, Returned))).await;
    assert_eq!(page.status, 200);
    page.has("<li>This app, in this browser: ended</li>");
    page.has("<li>Session at the provider: asked, came back. It said &lt;so&gt;.</li>");
    page.lacks("<form");
}

#[tokio::test]
async fn i4_only_what_ended_is_called_ended() {
    for status in [CannotBeEnded, Failed, Kept, Pending, Returned, Unconfirmed] {
        let page = report(Ok(view(Ended, status))).await;
        assert_eq!(
            page.html.matches(": ended").count(),
            1,
            "{status:?}: {}",
            page.html
        );
    }
}

#[tokio::test]
async fn i4_a_living_session_is_told_alone_and_can_be_ended() {
    let page = report(Ok(LoggedOutView {
        signed_in: true,
        ..view(Ended, Ended)
    }))
    .await;
    page.has("You are still signed in.");
    page.has(r#"action="/api/auth/logout""#);
    page.lacks("<li>");
}

#[tokio::test]
async fn an_end_that_is_not_certain_can_be_finished() {
    let page = report(Ok(LoggedOutView {
        unfinished: true,
        ..view(Failed, Unconfirmed)
    }))
    .await;
    page.has("This app, in this browser: failed");
    page.has("Finish signing out");
    page.has(r#"action="/api/auth/logout""#);
}

#[tokio::test]
async fn where_nothing_is_known_nothing_is_said() {
    let nothing = LoggedOutView {
        receipt: None,
        ..view(Ended, Ended)
    };
    let page = report(Ok(nothing)).await;
    page.lacks("<li>");
    page.lacks("<p>");
    let page = report(Err(SessionError::Unavailable)).await;
    page.has("You may still be signed in.");
    page.lacks("<li>");
}
