//! The pages in the language of the reader.

use super::*;

/// Words that English pages cannot do without and German ones do not have.
const ENGLISH: [&str; 38] = [
    "the",
    "you",
    "your",
    "is",
    "are",
    "not",
    "and",
    "of",
    "to",
    "at",
    "sign",
    "signed",
    "signing",
    "session",
    "with",
    "from",
    "this",
    "that",
    "for",
    "page",
    "again",
    "here",
    "there",
    "ended",
    "kept",
    "asked",
    "still",
    "everywhere",
    "account",
    "provider",
    "left",
    "skip",
    "out",
    "try",
    "or",
    "nobody",
    "january",
    "refused",
];

/// What a person reads or hears of a document: its title, its text, its labels.
fn read(html: &str) -> String {
    let document = html.split("</html>").next().unwrap_or_default();
    let mut text = String::new();
    for part in document.split('<').skip(1) {
        let (tag, after) = part.split_once('>').unwrap_or((part, ""));
        if let Some(label) = tag.split("aria-label=\"").nth(1) {
            text.push_str(label.split('"').next().unwrap_or_default());
            text.push(' ');
        }
        if !tag.starts_with("script") {
            text.push_str(after);
            text.push(' ');
        }
    }
    text
}

#[track_caller]
fn is_german(html: &str) {
    has(html, r#"<html lang="de" dir="ltr""#);
    let text = read(html);
    for word in text.split(|letter: char| !letter.is_alphabetic()) {
        let word = word.to_lowercase();
        assert!(!ENGLISH.contains(&&*word), "{word:?} stands in\n{text}");
    }
}

/// A report with a line of each layer and, below it, what the server says of it in English.
fn told_in_english(status: LayerStatus) -> LoggedOutView {
    use Layer::{
        AccessToken, AppSession, OpenTabs, OtherSessions, Platform, ProviderSession, RefreshToken,
        UpstreamIdp,
    };
    let others = [
        OtherSessions,
        OpenTabs,
        RefreshToken,
        AccessToken,
        ProviderSession,
        UpstreamIdp,
        Platform,
    ];
    let layers: Vec<_> = std::iter::once((AppSession, LayerStatus::Ended))
        .chain(others.map(|layer| (layer, status)))
        .collect();
    let mut view = reported(&layers);
    for line in view.receipt.iter_mut().flat_map(|receipt| &mut receipt.layers) {
        line.detail = Some("This is what the server said of it.".into());
    }
    LoggedOutView {
        can_probe: true,
        provider_tries_left: 2,
        continue_to: Some("https://www.example.org/".into()),
        ..view
    }
}

#[tokio::test]
async fn who_asks_for_german_reads_german_on_every_page_in_every_state() {
    let unknown = World {
        session: Err(SessionError::Unavailable),
        report: Err(SessionError::Unavailable),
        ..nobody()
    };
    for (world, status) in [(nobody(), 200), (signed_in(), 200), (unknown, 503)] {
        for address in ["/", "/account", "/?return_to=/account", "/logged-out"] {
            let (answered, html) = answer_in("de-AT, en;q=0.5", world.clone(), address).await;
            assert_eq!(answered, status, "{address}");
            is_german(&html);
        }
        let (answered, html) = answer_in("de", world, "/nowhere").await;
        assert_eq!(answered, 404);
        is_german(&html);
        has(&html, "Diese Seite gibt es nicht.");
    }
}

#[tokio::test]
async fn a_report_in_german_holds_nothing_of_what_the_server_wrote_in_english() {
    use LayerStatus::{CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed};
    let mut views = vec![
        LoggedOutView {
            signed_in: true,
            ..nothing_known()
        },
        LoggedOutView {
            unfinished: true,
            ..reported(&[(Layer::AppSession, Failed)])
        },
        LoggedOutView {
            ended_by_provider: true,
            ..nothing_known()
        },
    ];
    for status in [CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed] {
        views.push(told_in_english(status));
        views.push(LoggedOutView {
            provider: None,
            ..told_in_english(status)
        });
    }
    for view in views {
        let world = World {
            report: Ok(view),
            ..nobody()
        };
        let (status, html) = answer_in("de", world, "/logged-out").await;
        assert_eq!(status, 200);
        is_german(&html);
    }
}

#[tokio::test]
async fn i4_in_german_too_only_a_proof_is_called_ended() {
    use LayerStatus::{CannotBeEnded, Failed, Kept, Pending, Returned, Unconfirmed};
    for status in [CannotBeEnded, Failed, Kept, Pending, Returned, Unconfirmed] {
        let world = World {
            report: Ok(told_in_english(status)),
            ..nobody()
        };
        let (_, html) = answer_in("de", world, "/logged-out").await;
        has(&html, "Sie sind von dieser App abgemeldet");
        // The app's own session, and nothing else.
        assert_eq!(html.matches(">beendet<").count(), 1, "{status:?}");
        lacks(&html, "ist beendet");
        lacks(&html, "hat es widerrufen");
    }
}

#[tokio::test]
async fn a_receipt_in_english_shows_what_the_server_wrote() {
    let world = World {
        report: Ok(told_in_english(LayerStatus::Failed)),
        ..nobody()
    };
    let (_, html) = answer_in("en, de;q=0.5", world, "/logged-out").await;
    has(&html, r#"<html lang="en" dir="ltr""#);
    assert_eq!(
        read(&html).matches("This is what the server said of it.").count(),
        8
    );
}

#[tokio::test]
async fn a_receipt_names_the_provider_in_german() {
    let mut view = told_in_english(LayerStatus::Unconfirmed);
    // Where there is a platform too, its sentence stands alone.
    if let Some(receipt) = &mut view.receipt {
        receipt.layers.retain(|line| line.layer != Layer::Platform);
    }
    let world = World {
        report: Ok(view),
        ..nobody()
    };
    let (_, html) = answer_in("de", world, "/logged-out").await;
    has(
        &html,
        "id.example hat uns nicht bestätigt, dass Sie dort abgemeldet sind.",
    );
    has(
        &html,
        "id.example hat aber nicht bestätigt, dass Sie dort abgemeldet sind.",
    );
    has(&html, "Prüfen, ob Sie bei id.example noch angemeldet sind");
}

#[tokio::test]
async fn dates_are_in_the_language_of_the_page() {
    let (_, html) = answer_in("de", signed_in(), "/account").await;
    has(
        &html,
        r#"<time datetime="2026-01-01T12:45:00Z">1. Januar 2026 um 12:45 UTC</time>"#,
    );
}

#[tokio::test]
async fn who_asks_for_what_is_not_there_reads_english() {
    for languages in ["", "fr", "de;q=0", "*", "\u{1f3ad}", ";;,q"] {
        let (_, html) = answer_in(languages, nobody(), "/").await;
        has(&html, r#"<html lang="en" dir="ltr""#);
        has(&html, "Sign out, and everybody leaves.");
    }
}

/// As the relying party writes it.
fn leaving_page() -> PlainPage {
    PlainPage {
        title: "Signing out at id.example".into(),
        text: "You are signed out of this app. The next step ends your session at the provider, in this browser.".into(),
        form: Some(PlainForm {
            action: "https://id.example/end".into(),
            fields: vec![("state".into(), "Sign in".into())],
            button: "Continue to id.example".into(),
        }),
        actions: vec![("Not now".into(), "/logged-out".into())],
        ..PlainPage::default()
    }
}

#[test]
fn a_page_without_scripts_is_in_the_language_of_its_reader() {
    let html = plain_page(leaving_page().for_reader_of(Language::German));
    is_german(&html);
    has(&html, "<h1>Abmeldung bei id.example</h1>");
    has(&html, "Weiter zu id.example");
    has(&html, r#"href="/logged-out""#);
    // What is sent is not what is read.
    has(&html, r#"value="Sign in""#);
    let html = plain_page(leaving_page().for_reader_of(Language::English));
    has(&html, r#"<html lang="en" dir="ltr""#);
    has(&html, "<h1>Signing out at id.example</h1>");
}

#[test]
fn a_page_that_is_not_known_in_german_stays_english_as_a_whole_and_says_so() {
    let unknown = PlainPage {
        text: "A sentence that nobody put into German.".into(),
        ..leaving_page()
    };
    let html = plain_page(unknown.for_reader_of(Language::German));
    has(&html, r#"<html lang="en" dir="ltr""#);
    has(&html, "<h1>Signing out at id.example</h1>");
    has(&html, "is the stage direction that all leave.");
    lacks(&html, "Jetzt nicht");
}
