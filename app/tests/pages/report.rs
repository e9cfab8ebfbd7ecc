//! `/logged-out`: what it says of a sign-out, and what it offers.

use super::*;

#[tokio::test]
async fn i4_a_report_that_cannot_be_read_claims_nothing() {
    let world = World {
        report: Err(SessionError::Unavailable),
        ..nobody()
    };
    let (status, html) = answer(world, "/logged-out").await;
    assert_eq!(status, 503);
    has(&html, "We cannot tell just now.");
    lacks(&html, "You are signed out");
    lacks(&html, "You are not signed in");
}

#[tokio::test]
async fn i4_a_living_session_is_said_to_live() {
    let view = LoggedOutView {
        signed_in: true,
        ..reported(&[(Layer::AppSession, LayerStatus::Ended)])
    };
    let html = page(
        World {
            report: Ok(view),
            ..signed_in()
        },
        "/logged-out",
    )
    .await;
    has(&html, "You are still signed in");
    has(&html, r#"action="/api/auth/logout""#);
    lacks(&html, "signed out of this app");
    lacks(&html, "is-ended");
}

#[tokio::test]
async fn i4_an_unfinished_end_is_said_to_be_unfinished_and_can_be_finished() {
    let view = LoggedOutView {
        unfinished: true,
        ..reported(&[(Layer::AppSession, LayerStatus::Failed)])
    };
    let html = report(view).await;
    has(&html, "Your sign-out is not finished");
    has(&html, "Finish signing out");
    has(&html, r#"action="/api/auth/logout""#);
    lacks(&html, "signed out of this app");
}

#[tokio::test]
async fn i4_without_a_receipt_the_page_speaks_of_this_app_only() {
    let html = report(nothing_known()).await;
    let shown = html.split("</html>").next().unwrap_or_default();
    has(shown, "You are not signed in here");
    lacks(shown, "id.example");
    lacks(shown, "signed out");
}

#[tokio::test]
async fn i4_of_the_provider_the_page_says_what_the_receipt_says() {
    use LayerStatus::{CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed};
    let cases = [
        (Ended, "Your session at id.example is ended too."),
        (
            Returned,
            "id.example was asked to sign you out there too, and sent you back here.",
        ),
        (
            Unconfirmed,
            "But id.example has not confirmed that you are signed out there.",
        ),
        (
            Pending,
            "But id.example is still being asked to end your session there.",
        ),
        (Failed, "could not be ended: you may still be signed in there."),
        (
            CannotBeEnded,
            "cannot be ended from here: you may still be signed in there.",
        ),
        (
            Kept,
            "Your session at id.example was kept: you are still signed in there.",
        ),
    ];
    for (status, _) in cases {
        let html = report(reported(&[
            (Layer::AppSession, Ended),
            (Layer::ProviderSession, status),
        ]))
        .await;
        has(&html, "You are signed out of this app");
        for (other, sentence) in cases {
            if other == status {
                has(&html, sentence);
            } else {
                lacks(&html, sentence);
            }
        }
    }
}

#[tokio::test]
async fn every_line_of_a_receipt_says_its_status_in_words() {
    let html = report(reported(&[
        (Layer::AppSession, LayerStatus::Ended),
        (Layer::RefreshToken, LayerStatus::Pending),
        (Layer::UpstreamIdp, LayerStatus::CannotBeEnded),
    ]))
    .await;
    for words in [">ended<", ">still trying<", ">out of reach<", ">Refresh token<"] {
        has(&html, words);
    }
}

#[tokio::test]
async fn i4_what_was_kept_is_called_what_it_is() {
    let html = report(reported(&[
        (Layer::AppSession, LayerStatus::Ended),
        (Layer::OtherSessions, LayerStatus::Kept),
        (Layer::RefreshToken, LayerStatus::Kept),
    ]))
    .await;
    for words in [">still signed in<", ">still good<"] {
        has(&html, words);
    }
    lacks(&html, ">kept<");
}

#[tokio::test]
async fn i20_what_is_under_way_can_be_looked_at_again_without_scripts() {
    let with_token = |status| {
        reported(&[
            (Layer::AppSession, LayerStatus::Ended),
            (Layer::AccessToken, status),
        ])
    };
    let html = report(with_token(LayerStatus::Pending)).await;
    has(&html, r#"<a href="">Refresh this page</a>"#);
    has(&html, "With scripts this page follows it for about a minute.");
    for settled in [LayerStatus::Ended, LayerStatus::Failed, LayerStatus::Unconfirmed] {
        lacks(&report(with_token(settled)).await, "Refresh this page");
    }
}

#[tokio::test]
async fn the_provider_is_probed_only_where_that_is_offered_and_the_app_session_is_gone() {
    let view = |can_probe, status| LoggedOutView {
        can_probe,
        ended_by_provider: false,
        ran_out: false,
        ..reported(&[
            (Layer::AppSession, status),
            (Layer::ProviderSession, LayerStatus::Returned),
        ])
    };
    let html = report(view(true, LayerStatus::Ended)).await;
    has(&html, r#"href="/auth/logout/probe""#);
    has(&html, "Check whether you are still signed in at id.example");
    for other in [view(false, LayerStatus::Ended), view(true, LayerStatus::Failed)] {
        lacks(&report(other).await, "/auth/logout/probe");
    }
}

#[tokio::test]
async fn i19_signing_in_again_is_offered_and_never_begun() {
    let html = report(reported(&[(Layer::AppSession, LayerStatus::Ended)])).await;
    has(
        &html,
        r#"<a rel="external" href="/auth/login" class="button primary">"#,
    );
    has(&html, r#"href="/auth/login?prompt=select_account""#);
    lacks(&html, "http-equiv");
}

#[tokio::test]
async fn the_provider_can_be_tried_again_while_tries_are_left() {
    let layers = [
        (Layer::AppSession, LayerStatus::Ended),
        (Layer::ProviderSession, LayerStatus::Unconfirmed),
    ];
    let html = report(LoggedOutView {
        provider_tries_left: 1,
        ..reported(&layers)
    })
    .await;
    has(&html, r#"href="/auth/logout/continue""#);
    has(&html, "Try id.example again");
    lacks(&report(reported(&layers)).await, "/auth/logout/continue");
}

#[tokio::test]
async fn i3_after_a_back_channel_end_the_page_offers_to_go_on_to_the_provider() {
    let html = report(LoggedOutView {
        ended_by_provider: true,
        ..nothing_known()
    })
    .await;
    has(&html, "Your provider signed you out of this app");
    has(&html, "you may still be signed in at id.example");
    has(&html, "Sign out at id.example too");
    has(&html, r#"action="/api/auth/logout""#);
    has(&html, "Sign in again");
    // With a receipt that was done, or something else came after it.
    let view = LoggedOutView {
        ended_by_provider: true,
        ..reported(&[(Layer::AppSession, LayerStatus::Ended)])
    };
    let html = report(view).await;
    has(&html, "You are signed out of this app");
    lacks(&html, "Sign out at id.example too");
}

#[tokio::test]
async fn f4_4_i3_after_the_idle_limit_the_page_offers_to_go_on_to_the_provider() {
    let html = report(LoggedOutView {
        ran_out: true,
        ..nothing_known()
    })
    .await;
    has(&html, "Your session here has run out");
    has(&html, "you may still be signed in at id.example");
    has(&html, "Sign out at id.example too");
    has(&html, r#"action="/api/auth/logout""#);
    has(&html, "Sign in again");
    lacks(&html, "signed out of this app");
    lacks(&report(nothing_known()).await, "/api/auth/logout");
}

#[tokio::test]
async fn i7_going_on_leads_to_web_addresses_only() {
    let to = |address: &str| LoggedOutView {
        continue_to: Some(address.into()),
        can_probe: false,
        ended_by_provider: false,
        ran_out: false,
        ..nothing_known()
    };
    has(
        &report(to("https://www.example.org/?a=1&b=2")).await,
        r#"href="https://www.example.org/?a=1&amp;b=2""#,
    );
    lacks(&report(to("javascript:alert(1)")).await, ">Continue<");
}

/// A server renders on several threads, and each answer of the store may wake another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_is_whole_whichever_threads_go_on_with_it() {
    let world = World {
        report: Ok(LoggedOutView {
            signed_in: true,
            ..nothing_known()
        }),
        ..signed_in()
    };
    let renders: Vec<_> = (0..64)
        .map(|_| tokio::spawn(answer(world.clone(), "/logged-out")))
        .collect();
    for render in renders {
        let (status, html) = render.await.unwrap();
        assert_eq!(status, StatusCode::OK);
        has(&html, "You are still signed in");
        has(&html, "</html>");
    }
}
