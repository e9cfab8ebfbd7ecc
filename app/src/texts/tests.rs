//! What holds of the texts in every language.

use std::collections::BTreeSet;

use exeunt_leptos::wire::{
    Layer::{
        self, AccessToken, AppSession, OpenTabs, OtherSessions, Platform, ProviderSession, RefreshToken,
        UpstreamIdp,
    },
    LayerStatus::{self, CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed},
    ReceiptLayer,
};

use super::*;
use crate::verdict::Verdict;

const LAYERS: [Layer; 8] = [
    AppSession,
    OtherSessions,
    OpenTabs,
    RefreshToken,
    AccessToken,
    ProviderSession,
    UpstreamIdp,
    Platform,
];
const STATUSES: [LayerStatus; 7] = [Ended, Returned, Unconfirmed, Pending, Failed, CannotBeEnded, Kept];
const VERDICTS: [Verdict; 6] = [
    Verdict::StillSignedIn,
    Verdict::Unfinished,
    Verdict::SignedOut {
        provider: Some(Ended),
        platform: None,
    },
    Verdict::EndedByProvider,
    Verdict::RanOut,
    Verdict::NotSignedIn,
];
/// In German as in English, rightly.
const ALIKE: [&str; 6] = ["Name", "April", "August", "September", "November", "."];

/// What the functions of a language say, with `name` for the provider.
fn spoken(texts: &Texts, name: Option<&str>) -> Vec<String> {
    let page = &texts.logged_out;
    let mut all: Vec<String> = VERDICTS
        .map(|verdict| (page.headline)(verdict).to_owned())
        .to_vec();
    for status in STATUSES {
        all.push((page.of_provider)(status).name(name));
        all.extend((page.of_platform)(status).map(str::to_owned));
        for layer in LAYERS {
            all.push((texts.receipt.status)(layer, status).to_owned());
            all.extend((texts.receipt.more)(layer, status).map(|more| more.name(name)));
        }
    }
    all.extend(LAYERS.map(|layer| (texts.receipt.layer)(layer).to_owned()));
    let gaps = [
        page.ended_by_provider,
        page.ran_out,
        page.sign_out_at,
        page.try_provider,
        page.probe_provider,
    ];
    all.extend(gaps.map(|gaps| gaps.name(name)));
    all
}

/// The texts of the table itself, each with the name of its field, if it stands in one: read from its `Debug`, so that a
/// new text cannot be forgotten here.
fn written(texts: &Texts) -> Vec<(String, String)> {
    format!("{texts:#?}")
        .lines()
        .filter_map(|line| {
            let (field, text) = line.split_once('"')?;
            Some((
                field.trim().to_owned(),
                text.rsplit_once('"')?.0.replace("\\\"", "\""),
            ))
        })
        .collect()
}

fn all(language: Language) -> BTreeSet<String> {
    let texts = Texts::of(language);
    let written = written(texts)
        .into_iter()
        .map(|(_, text)| text)
        .filter(|text| !text.trim().is_empty());
    written.chain(spoken(texts, Some("id.example"))).collect()
}

#[test]
fn every_text_is_there() {
    for language in Language::ALL {
        let texts = Texts::of(language);
        let written = written(texts);
        assert!(written.len() > 120, "{} texts", written.len());
        for (field, text) in written {
            // What stands in no field is a part of a sentence with gaps.
            let may_be_empty = field.is_empty() || field == "unnamed:";
            assert!(may_be_empty || !text.is_empty(), "{language:?}: {field}");
        }
        for text in spoken(texts, None) {
            assert!(!text.trim().is_empty(), "{language:?}");
        }
    }
}

#[test]
fn every_text_is_translated() {
    let english = all(Language::English);
    let same: Vec<_> = all(Language::German)
        .into_iter()
        .filter(|text| english.contains(text) && !ALIKE.contains(&text.as_str()))
        .collect();
    assert_eq!(same, [""; 0]);
}

#[test]
fn no_text_holds_a_placeholder() {
    for language in Language::ALL {
        for text in all(language) {
            for mark in ["{", "}", "TODO", "???", "%s", "  ", "\\n"] {
                assert!(!text.contains(mark), "{mark:?} in {text:?}");
            }
        }
    }
}

#[test]
fn a_sentence_about_the_provider_names_it_or_calls_it_a_provider() {
    for language in Language::ALL {
        let texts = Texts::of(language);
        let page = &texts.logged_out;
        let mut gaps = vec![
            page.ended_by_provider,
            page.ran_out,
            page.sign_out_at,
            page.try_provider,
            page.probe_provider,
        ];
        gaps.extend(STATUSES.map(page.of_provider));
        for gap in gaps {
            assert!(gap.name(Some("id.example")).contains("id.example"), "{gap:?}");
            let unnamed = gap.name(None);
            assert!(
                unnamed.contains("provider") || unnamed.contains("Anbieter"),
                "{unnamed}"
            );
        }
    }
}

#[test]
fn i4_only_a_proof_is_called_ended() {
    for (language, word, claims) in [
        (
            Language::English,
            "ended",
            ["is ended", "was ended", "revoked it", "nobody"].as_slice(),
        ),
        (
            Language::German,
            "beendet",
            ["ist beendet", "wurde beendet", "hat es widerrufen", "niemand"].as_slice(),
        ),
    ] {
        let Texts {
            logged_out: page,
            receipt,
            ..
        } = Texts::of(language);
        let claim = |text: &str| claims.iter().any(|claim| text.contains(claim));
        assert!(claim(&(page.of_provider)(Ended).name(None)));
        for status in STATUSES.into_iter().filter(|status| *status != Ended) {
            assert!(
                !claim(&(page.of_provider)(status).name(None)),
                "{language:?} {status:?}"
            );
            assert!(
                !(page.of_platform)(status).is_some_and(claim),
                "{language:?} {status:?}"
            );
            for layer in LAYERS {
                assert_eq!((receipt.status)(layer, Ended), word);
                assert!(
                    !(receipt.status)(layer, status).contains(word),
                    "{language:?} {layer:?} {status:?}"
                );
                let more = (receipt.more)(layer, status).map(|more| more.name(None));
                assert!(
                    !more.as_deref().is_some_and(claim),
                    "{language:?} {layer:?} {status:?}: {more:?}"
                );
            }
        }
        for verdict in VERDICTS
            .into_iter()
            .filter(|verdict| !matches!(verdict, Verdict::SignedOut { .. }))
        {
            let headline = (page.headline)(verdict);
            assert!(!headline.contains("are signed out"), "{headline}");
            assert!(!headline.contains("Sie sind von dieser App"), "{headline}");
        }
    }
}

/// Whatever became of the platform and of the browser's sign-on there, no two sentences stand beside each other that could contradict.
#[test]
fn i4_of_a_platform_one_sentence_is_said_and_the_more_doubtful_one() {
    for language in [Language::English, Language::German] {
        let page = &Texts::of(language).logged_out;
        let said = |platform, provider| {
            let verdict = Verdict::SignedOut { provider, platform };
            page.explanation(verdict, Some("k.example"))
        };
        let of_provider = |status| (page.of_provider)(status).name(Some("k.example"));
        let of_platform = |status| (page.of_platform)(status).unwrap().to_owned();
        for platform in STATUSES.map(Some).into_iter().chain([None]) {
            for provider in STATUSES.map(Some).into_iter().chain([None]) {
                assert!(said(platform, provider).len() <= 1, "{platform:?} {provider:?}");
            }
        }
        assert_eq!(said(Some(Failed), Some(Returned)), [of_platform(Failed)]);
        assert_eq!(said(Some(Failed), Some(Unconfirmed)), [of_platform(Failed)]);
        assert_eq!(
            said(Some(Unconfirmed), Some(Returned)),
            [of_platform(Unconfirmed)]
        );
        assert_eq!(said(Some(Failed), Some(Failed)), [of_provider(Failed)]);
        assert_eq!(said(Some(Ended), Some(Failed)), [of_provider(Failed)]);
        assert_eq!(said(Some(Ended), Some(Unconfirmed)), [of_provider(Unconfirmed)]);
        assert_eq!(said(Some(Ended), Some(Returned)), [of_provider(Returned)]);
        assert_eq!(said(Some(Kept), None), [of_platform(Kept)]);
        assert_eq!(said(None, Some(Ended)), [of_provider(Ended)]);
    }
}

#[test]
fn what_the_server_wrote_in_english_is_shown_to_who_reads_english_only() {
    let line = ReceiptLayer {
        layer: AccessToken,
        status: Failed,
        detail: Some("id.example refused to revoke it.".into()),
    };
    let detail = |language| {
        Texts::of(language)
            .receipt
            .detail(&line, Some("id.example"))
            .unwrap_or_default()
    };
    assert_eq!(detail(Language::English), "id.example refused to revoke it.");
    assert_eq!(
        detail(Language::German),
        "id.example hat es nicht widerrufen. Diese App hat ihre Kopie gelöscht; es bleibt gültig, bis es abläuft."
    );
}

#[test]
fn a_countdown_shows_hours_only_if_there_are_any() {
    let english = &Texts::of(Language::English).time;
    assert_eq!(english.left(59), "0:59 left");
    assert_eq!(english.left(1800), "30:00 left");
    assert_eq!(english.left(43_199), "11:59:59 left");
    assert_eq!(english.left(3_600), "1:00:00 left");
    assert_eq!(Texts::of(Language::German).time.left(3_661), "noch 1:01:01");
}
