//! The page with a person's own sessions.

use exeunt_leptos::wire::{EndEntry, SessionEntry};

use super::*;

/// When the person asks for the page: the server's time of the session.
const NOW: i64 = 1_767_270_000;

const DONE: &str = "Done: it is ended.";

fn session(id: &str, device: &str, current: bool) -> SessionEntry {
    SessionEntry {
        id: id.into(),
        current,
        device: device.into(),
        issuer: "https://id.example/realm".into(),
        created_at: NOW - 600,
        last_used_at: NOW - 60,
        expires_at: NOW + 600,
    }
}

fn end(why: &str, ended_at: i64) -> EndEntry {
    EndEntry {
        device: "Unknown browser".into(),
        created_at: NOW - 7200,
        ended_at,
        why: why.into(),
    }
}

/// Three browsers, and these ends.
fn with_ends(recent_ends: Vec<EndEntry>) -> World {
    let sessions = vec![
        session("a", "Firefox on Linux", true),
        session("b", "Safari on iPhone", false),
        session("c", "Chrome on Windows", false),
    ];
    World {
        list: Ok(Some(SessionList {
            sessions,
            recent_ends,
            platform: None,
        })),
        ..signed_in()
    }
}

/// The labels of all that ends a session, in their order.
fn labels(html: &str) -> Vec<&str> {
    let labels = html.split("aria-label=\"").skip(1);
    labels
        .map(|rest| rest.split('"').next().unwrap())
        .filter(|label| label.contains(": "))
        .collect()
}

#[tokio::test]
async fn what_ends_a_session_is_called_by_its_browser_in_the_language_of_the_reader() {
    let (_, html) = answer_in("en", with_ends(Vec::new()), "/sessions").await;
    assert_eq!(
        labels(&html),
        [
            "End it: Safari on iPhone",
            "Yes, end this session: Safari on iPhone",
            "End it: Chrome on Windows",
            "Yes, end this session: Chrome on Windows",
        ]
    );
    let (_, html) = answer_in("de", with_ends(Vec::new()), "/sessions").await;
    assert_eq!(
        labels(&html),
        [
            "Beenden: Safari auf dem iPhone",
            "Ja, diese Sitzung beenden: Safari auf dem iPhone",
            "Beenden: Chrome unter Windows",
            "Ja, diese Sitzung beenden: Chrome unter Windows",
        ]
    );
}

#[tokio::test]
async fn browsers_are_named_in_the_language_of_the_page() {
    let world = with_ends(vec![end("logout", NOW - 60)]);
    let (_, html) = answer_in("de", world.clone(), "/sessions").await;
    has(&html, "Firefox unter Linux");
    has(&html, "<td>Unbekannter Browser</td>");
    lacks(&html, " on ");
    lacks(&html, "Unknown");
    let (_, html) = answer_in("en", world, "/sessions").await;
    has(&html, "Firefox on Linux");
    has(&html, "<td>Unknown browser</td>");
}

#[tokio::test]
async fn i20_after_a_form_without_scripts_the_page_says_that_it_is_done() {
    let world = with_ends(vec![end("expired", NOW), end("another_session", NOW - 2)]);
    let address = format!("/sessions?ended={}", NOW - 2);
    has(&page(world.clone(), &address).await, DONE);
    let (_, html) = answer_in("de", world.clone(), &address).await;
    has(&html, "Erledigt: Das ist beendet.");
    lacks(&page(world, "/sessions").await, DONE);
}

#[tokio::test]
async fn i4_an_address_alone_is_not_believed() {
    let ends = vec![
        end("expired", NOW),
        end("another_session", NOW - 2),
        end("logout", NOW - 5),
        end("another_session", NOW - 61),
        end("another_session", NOW - 3600),
    ];
    for told in [
        // Nothing ended then; it ended in another way; too long ago to be of this press; no moment.
        (NOW - 1).to_string(),
        NOW.to_string(),
        (NOW - 5).to_string(),
        (NOW - 61).to_string(),
        (NOW - 3600).to_string(),
        (NOW + 1).to_string(),
        i64::MAX.to_string(),
        i64::MIN.to_string(),
        "99999999999999999999".to_owned(),
        String::new(),
        "true".to_owned(),
    ] {
        let html = page(with_ends(ends.clone()), &format!("/sessions?ended={told}")).await;
        lacks(&html, DONE);
    }
    let unreadable = World {
        list: Err(SessionError::Unavailable),
        ..signed_in()
    };
    let (_, html) = answer(unreadable, &format!("/sessions?ended={}", NOW - 2)).await;
    lacks(&html, DONE);
}
