//! German. It addresses the reader as "Sie".

mod words;

use exeunt_leptos::wire::{Layer, LayerStatus};

use super::{
    Account, Fault, Gaps, Home, LoggedOut, OwnSessions, Receipt, Texts, Time,
    written::{written, written_pairs},
};
use crate::verdict::Verdict;

pub(super) static TEXTS: Texts = Texts {
    skip: written("Zum Inhalt der Seite"),
    nav: written("Sitzung"),
    foot: written("ist die Bühnenanweisung, dass alle abgehen."),
    sign_in: "Anmelden",
    sign_out: "Abmelden",
    try_again: "Noch einmal versuchen",
    to_start: "Zur Startseite",
    home: Home {
        title: written("Exeunt: Abmelden bis zum Schluss"),
        headline: written("Sie melden sich ab, und alle verlassen die Bühne."),
        lead: written(
            "Sie sind an mehr als einem Ort angemeldet: in jedem Tab, in dieser App, in Token und bei \
            dem Anbieter, der Sie hereingelassen hat. Eine gewöhnliche Abmeldung beendet eines davon. Diese beendet alles, \
            was sich beenden lässt, und gibt Ihnen eine Quittung, auf der steht, was beendet wurde und was nicht.",
        ),
        please: "Bitte melden Sie sich an, um diese Seite zu sehen.",
        nobody: "Niemand ist auf der Bühne.",
        nobody_more: "Sie sind in diesem Browser nicht bei dieser App angemeldet.",
        unknown: "Das lässt sich gerade nicht sagen.",
        unknown_more: "Der Server hat nicht geantwortet. Deshalb wissen wir nicht, ob Sie angemeldet sind.",
        on_stage: "Auf der Bühne",
        ends: "Endet von selbst",
        account: "Ihr Konto",
        other_ways: "Anders abmelden",
        cast: written("In der Reihenfolge des Abgangs"),
        leaving: written_pairs([
            (
                "Diese App",
                "ihre Sitzung endet, bevor irgendetwas anderes versucht wird",
            ),
            (
                "Jeder offene Tab",
                "sagt binnen einer Sekunde, dass die Sitzung zu Ende ist",
            ),
            (
                "Token, die sie hält",
                "werden beim Anbieter widerrufen; was nicht gelingt, wird wiederholt",
            ),
            (
                "Der Anbieter",
                "Ihr Browser kommt bei ihm vorbei, damit auch dessen Sitzung endet",
            ),
            (
                "Wer dahinter steht",
                "wird genannt, wenn sich dort von hier aus nichts beenden lässt",
            ),
            (
                "Sie",
                "mit einer Quittung in der Hand, und niemand meldet Sie ungefragt wieder an",
            ),
        ]),
    },
    account: Account {
        title: written("Ihr Konto"),
        who: "Wer Sie sind",
        who_more: "So wurde es dieser App mitgeteilt.",
        name: "Name",
        email: "E-Mail",
        subject: "Kennung",
        roles: "Rollen",
        not_told: "nicht mitgeteilt",
        none: "keine",
        session: "Diese Sitzung",
        ends: "Endet von selbst",
        idle: "Wenn Sie nichts tun",
        absolute: "In jedem Fall",
        platform_decides: "Wie lange sie dauert, bestimmt die Plattform um diese App.",
        never: "unbegrenzt",
        ways: "Drei Wege hinaus",
        closed: "Diese Seite ist für alle, die angemeldet sind.",
        unknown: "Wir wissen gerade nicht, ob Sie angemeldet sind. Deshalb bleibt diese Seite geschlossen.",
        all_sessions: "Alle Ihre Sitzungen in dieser App",
        stay: "Angemeldet bleiben",
        letter: "Schreiben Sie etwas",
        letter_more: "Probieren Sie es aus: Endet Ihre Sitzung, während Sie schreiben, so verschwindet Ihr Text mit allem \
            anderen vom Bildschirm. Nach der nächsten Anmeldung ist er wieder da. Er bleibt nur in diesem Tab, und sonst \
            liest ihn niemand.",
        letter_label: "Ihr Text",
        letter_clear: "Leeren",
    },
    own_sessions: OwnSessions {
        title: written("Ihre Sitzungen"),
        lead: "Wo Sie bei dieser App angemeldet sind. Die Liste zeigt auch, was anderswo geschieht.",
        here: "dieser Browser",
        began: "Begonnen",
        used: "Zuletzt benutzt",
        ends: "Endet von selbst",
        through: "Angemeldet über",
        end: "Beenden",
        end_sure: "Diese Sitzung beenden? Wer sie benutzt, ist sofort abgemeldet.",
        end_yes: "Ja, diese Sitzung beenden",
        others: "Alle anderen beenden",
        others_sure: "Alle Ihre Sitzungen außer dieser beenden? Wer sie benutzt, ist sofort abgemeldet.",
        others_yes: "Ja, alle anderen beenden",
        everywhere_sure: "Alle Ihre Sitzungen in dieser App beenden, auch diese, und die Sitzung beim Anbieter in diesem \
            Browser?",
        everywhere_yes: "Ja, überall abmelden",
        done: "Erledigt: Das ist beendet.",
        failed: "Das hat gerade nicht geklappt, und nichts gilt als beendet. Bitte versuchen Sie es noch einmal.",
        alone: "Es gibt keine andere Sitzung.",
        history: "Vor Kurzem beendet",
        history_more: "Was in den letzten 30 Tagen zu Ende ging, höchstens die zwanzig letzten.",
        no_history: "Vor Kurzem ist nichts zu Ende gegangen.",
        device: "Im Browser",
        ended: "Beendet",
        why: "Warum",
        unreadable: "Ihre Sitzungen lassen sich gerade nicht lesen.",
        at_platform: Gaps {
            parts: &[
                "Ihre Sitzungen gehören zu ",
                ". Wo Sie sonst noch angemeldet sind, steht dort und wird dort beendet.",
            ],
            unnamed: "der Plattform um diese App",
        },
    },
    logged_out: LoggedOut {
        title: "Abmeldung",
        headline,
        still_signed_in: "Diese App hält für diesen Browser eine laufende Sitzung. Melden Sie sich ab, um sie zu beenden.",
        unfinished: "Dieser Browser hat den Schlüssel zu Ihrer Sitzung nicht mehr, aber der Server konnte nicht bestätigen, \
            dass sie weg ist. Schließen Sie die Abmeldung jetzt ab; ein Knopfdruck genügt.",
        ended_by_provider: Gaps {
            parts: &[
                "",
                " hat dieser App mitgeteilt, dass Ihre Sitzung vorbei ist; deshalb endete sie hier. In diesem Browser sind \
                 Sie dort vielleicht noch angemeldet; auch dort können Sie sich abmelden.",
            ],
            unnamed: "Ihr Anbieter",
        },
        ran_out: Gaps {
            parts: &[
                "Eine Weile hat sie niemand benutzt, deshalb endete sie. In diesem Browser sind Sie bei ",
                " vielleicht noch angemeldet; auch dort können Sie sich abmelden.",
            ],
            unnamed: "Ihrem Anbieter",
        },
        not_signed_in: "Diese App hält für diesen Browser keine Sitzung. Über andere Websites sagt das nichts.",
        of_provider,
        of_platform,
        finish: "Abmeldung abschließen",
        sign_in_again: "Wieder anmelden",
        other_account: "Ein anderes Konto verwenden",
        go_on: "Weiter",
        sign_out_at: Gaps {
            parts: &["Auch bei ", " abmelden"],
            unnamed: "Ihrem Anbieter",
        },
        try_provider: Gaps {
            parts: &["Noch einmal bei ", " versuchen"],
            unnamed: "Ihrem Anbieter",
        },
        probe_provider: Gaps {
            parts: &["Prüfen, ob Sie bei ", " noch angemeldet sind"],
            unnamed: "Ihrem Anbieter",
        },
        under_way: "Etwas ist noch im Gange. Mit Skripten verfolgt diese Seite es etwa eine Minute lang.",
        refresh: "Diese Seite neu laden",
        unreachable: "Der Server war nicht zu erreichen",
        unreachable_more: "Vielleicht sind Sie noch angemeldet. Wir haben Ihre Daten von dieser Seite genommen, aber nichts \
            wurde bestätigt. Sobald das Netz wieder da ist, versuchen wir es von selbst noch einmal.",
        trying: "Neuer Versuch\u{2026}",
    },
    receipt: Receipt {
        title: "Was beendet wurde und was nicht",
        layer,
        status,
        more,
        is_the_servers: false,
    },
    fault: Fault {
        not_found_title: written("Nicht gefunden"),
        not_found: written("Diese Seite gibt es nicht."),
        not_found_more: written("Vielleicht ist sie abgegangen, oder sie stand nie auf dem Programm."),
        title: "Etwas stimmt nicht",
        headline: "Das können wir gerade nicht sagen.",
        more: "Der Server konnte Ihre Sitzung nicht nachschlagen. Ob Sie angemeldet sind, ist nicht bekannt; beendet hat diese \
            Seite nichts. Meist hilft es, es gleich noch einmal zu versuchen.",
    },
    time: Time {
        locale: "de",
        #[cfg(any(test, feature = "ssr"))]
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        #[cfg(any(test, feature = "ssr"))]
        after_day: ". ",
        #[cfg(any(test, feature = "ssr"))]
        at: " um ",
        left: Gaps {
            parts: &["noch ", ""],
            unnamed: "",
        },
    },
    words: words::WORDS,
};

fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::StillSignedIn => "Sie sind noch angemeldet",
        Verdict::Unfinished => "Ihre Abmeldung ist noch nicht abgeschlossen",
        Verdict::SignedOut { .. } => "Sie sind von dieser App abgemeldet",
        Verdict::EndedByProvider => "Ihr Anbieter hat Sie von dieser App abgemeldet",
        Verdict::RanOut => "Ihre Sitzung hier ist abgelaufen",
        Verdict::NotSignedIn => "Sie sind hier nicht angemeldet",
    }
}

fn of_provider(status: LayerStatus) -> Gaps {
    match status {
        LayerStatus::Ended => at_provider(&["Auch Ihre Sitzung bei ", " ist beendet."]),
        LayerStatus::Returned => provider(&[
            "",
            " wurde gebeten, Sie auch dort abzumelden, und hat Sie hierher zurückgeschickt.",
        ]),
        LayerStatus::Unconfirmed => {
            provider(&["", " hat aber nicht bestätigt, dass Sie dort abgemeldet sind."])
        }
        LayerStatus::Pending => provider(&["", " wird aber noch gebeten, Ihre Sitzung dort zu beenden."]),
        LayerStatus::Failed => at_provider(&[
            "Ihre Sitzung bei ",
            " ließ sich aber nicht beenden: Vielleicht sind Sie dort noch angemeldet.",
        ]),
        LayerStatus::CannotBeEnded => at_provider(&[
            "Ihre Sitzung bei ",
            " lässt sich aber von hier aus nicht beenden: Vielleicht sind Sie dort noch angemeldet.",
        ]),
        LayerStatus::Kept => at_provider(&[
            "Ihre Sitzung bei ",
            " besteht weiter: Sie sind dort noch angemeldet.",
        ]),
    }
}

/// The provider does something.
const fn provider(parts: &'static [&'static str]) -> Gaps {
    Gaps {
        parts,
        unnamed: "Ihr Anbieter",
    }
}

/// Something is at the provider.
const fn at_provider(parts: &'static [&'static str]) -> Gaps {
    Gaps {
        parts,
        unnamed: "Ihrem Anbieter",
    }
}

fn of_platform(status: LayerStatus) -> Option<&'static str> {
    match status {
        LayerStatus::Ended => None,
        LayerStatus::Kept => Some("Ihre Sitzung auf der umgebenden Plattform besteht weiter."),
        LayerStatus::CannotBeEnded => {
            Some("Von der umgebenden Plattform können Sie sich aber von hier aus nicht abmelden.")
        }
        _ => Some("Die umgebende Plattform hat aber nicht bestätigt, dass Sie dort abgemeldet sind."),
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::AppSession => "Diese App, in diesem Browser",
        Layer::OtherSessions => "Diese App, auf Ihren anderen Geräten",
        Layer::OpenTabs => "Offene Tabs",
        Layer::RefreshToken => "Aktualisierungstoken",
        Layer::AccessToken => "Zugriffstoken",
        Layer::ProviderSession => "Sitzung beim Anbieter",
        Layer::UpstreamIdp => "Wer hinter dem Anbieter steht",
        Layer::Platform => "Die Plattform um die App",
    }
}

fn status(layer: Layer, status: LayerStatus) -> &'static str {
    match status {
        LayerStatus::Kept => match layer {
            Layer::RefreshToken | Layer::AccessToken => "noch gültig",
            Layer::AppSession | Layer::OtherSessions | Layer::OpenTabs => "noch angemeldet",
            Layer::ProviderSession | Layer::UpstreamIdp | Layer::Platform => "besteht weiter",
        },
        LayerStatus::Ended => "beendet",
        LayerStatus::Returned => "gefragt, zurückgekehrt",
        LayerStatus::Unconfirmed => "nicht bestätigt",
        LayerStatus::Pending => "wird noch versucht",
        LayerStatus::Failed => "nicht gelungen",
        LayerStatus::CannotBeEnded => "außer Reichweite",
    }
}

/// Each stands for all that the server may know beyond the status, so it says what all of that has in common.
fn more(layer: Layer, status: LayerStatus) -> Option<Gaps> {
    match layer {
        Layer::RefreshToken | Layer::AccessToken => of_token(layer, status),
        Layer::ProviderSession => of_provider_session(status),
        Layer::AppSession if status == LayerStatus::Failed => Some(Gaps::whole(&[
            "Diese App hat ihren eigenen Speicher nicht erreicht. Dieser Browser hält die Sitzung nicht mehr, aber beendet \
             ist sie noch nicht.",
        ])),
        Layer::OtherSessions if status == LayerStatus::Ended => Some(at_provider(&[
            "Das gilt für diese App. Bei ",
            " sind Sie in anderen Browsern vielleicht noch angemeldet.",
        ])),
        Layer::OtherSessions if status == LayerStatus::Kept => Some(Gaps::whole(&[
            "In anderen Browsern sind Sie bei dieser App noch angemeldet.",
        ])),
        Layer::OtherSessions if status == LayerStatus::Failed => Some(Gaps::whole(&[
            "Diese Sitzungen ließen sich gerade nicht beenden.",
        ])),
        Layer::OpenTabs if status == LayerStatus::Unconfirmed => Some(Gaps::whole(&[
            "Andere Tabs merken es, sobald sie diese App das nächste Mal etwas fragen.",
        ])),
        Layer::UpstreamIdp if status == LayerStatus::CannotBeEnded => Some(at_provider(&[
            "Bei ",
            " haben Sie sich über einen weiteren Dienst angemeldet. Ob Sie bei diesem Dienst angemeldet bleiben, entscheidet er selbst.",
        ])),
        Layer::AppSession | Layer::OtherSessions | Layer::OpenTabs | Layer::UpstreamIdp | Layer::Platform => {
            of_any(status)
        }
    }
}

fn of_token(layer: Layer, status: LayerStatus) -> Option<Gaps> {
    Some(match status {
        // Whoever trusts its signature alone does not hear of it.
        LayerStatus::Ended if layer == Layer::AccessToken => provider(&[
            "",
            " hat es widerrufen. Ein Dienst, der dort nicht nachfragt, nimmt es vielleicht noch an, bis es bald abläuft.",
        ]),
        LayerStatus::Ended => provider(&["", " hat es widerrufen."]),
        LayerStatus::Pending => provider(&[
            "",
            " wird gebeten, es zu widerrufen. Diese App versucht es einen Tag lang.",
        ]),
        LayerStatus::Kept => Gaps::whole(&["Es wurde nicht widerrufen und bleibt gültig, bis es abläuft."]),
        LayerStatus::CannotBeEnded => provider(&[
            "",
            " bietet keinen Weg, es zu widerrufen. Diese App hat ihre Kopie gelöscht; es bleibt gültig, bis es abläuft.",
        ]),
        LayerStatus::Failed => provider(&[
            "",
            " hat es nicht widerrufen. Diese App hat ihre Kopie gelöscht; es bleibt gültig, bis es abläuft.",
        ]),
        LayerStatus::Returned | LayerStatus::Unconfirmed => return of_any(status),
    })
}

fn of_provider_session(status: LayerStatus) -> Option<Gaps> {
    Some(match status {
        LayerStatus::Ended => provider(&[
            "",
            " sagt, dass dort in diesem Browser niemand mehr angemeldet ist.",
        ]),
        LayerStatus::Returned => provider(&[
            "",
            " hat Sie wie nach einer Abmeldung zurückgeschickt. Ob Sie dort angemeldet geblieben sind, wissen wir nicht.",
        ]),
        LayerStatus::Unconfirmed => {
            provider(&["", " hat uns nicht bestätigt, dass Sie dort abgemeldet sind."])
        }
        LayerStatus::Pending => return of_any(status),
        LayerStatus::Failed => at_provider(&["Vielleicht sind Sie bei ", " noch angemeldet."]),
        LayerStatus::CannotBeEnded => provider(&[
            "",
            " bietet keinen Weg, Sie von hier aus abzumelden. Sie sind dort noch angemeldet; melden Sie sich auf der Website \
             des Anbieters ab.",
        ]),
        LayerStatus::Kept => at_provider(&["Sie bleiben bei ", " angemeldet, wie Sie es wollten."]),
    })
}

fn of_any(status: LayerStatus) -> Option<Gaps> {
    let sentence: &'static [&'static str; 1] = match status {
        LayerStatus::Ended | LayerStatus::Kept => return None,
        LayerStatus::Returned => {
            &["Sie wurden wie nach einer Abmeldung zurückgeschickt; hineinsehen können wir nicht."]
        }
        LayerStatus::Unconfirmed => &["Eine Bestätigung ist bei uns nicht angekommen."],
        LayerStatus::Pending => &["Bisher kam keine Antwort. Wir versuchen es weiter."],
        LayerStatus::Failed => &["Es wurde versucht und ist nicht gelungen."],
        LayerStatus::CannotBeEnded => &["Von hier aus lässt sich das nicht beenden."],
    };
    Some(Gaps::whole(sentence))
}
