//! What the components of `exeunt-leptos` say in German.

use exeunt_leptos::words::{EndedWords, MenuWords, TimerWords, Words};

pub(super) const WORDS: Words = Words {
    ended: EndedWords {
        title: "Ihre Sitzung ist zu Ende",
        logged_out: "Sie haben sich in einem anderen Tab dieses Browsers abgemeldet.",
        provider: "Ihr Anbieter bürgt nicht mehr für diese Sitzung.",
        operator: "Wer diese App betreibt, hat sie beendet.",
        another_session: "Sie haben sie von einer anderen Ihrer Sitzungen aus beendet.",
        everywhere: "Sie haben sich in einem anderen Browser überall abgemeldet.",
        replaced: "Eine andere Anmeldung in diesem Browser ist an ihre Stelle getreten.",
        expired: "Die Zeit dieser Sitzung ist abgelaufen.",
        refresh_refused: "Ihr Anbieter hat sie nicht erneuert.",
        unknown: "Den Grund kennt diese App nicht.",
        at: "Beendet am",
        kept: "Was Sie geschrieben haben, bleibt hier erhalten, bis Sie sich wieder anmelden.",
        sign_in_again: "Wieder anmelden",
        close: "Schließen",
    },
    timer: TimerWords {
        title: "Ihre Sitzung endet bald",
        left_before: "Diese Sitzung endet in ",
        left_after: ".",
        last: "Verlängern lässt sie sich nicht mehr: Länger darf sie nicht dauern.",
        when_up: "Wenn die Zeit um ist, werden Sie abgemeldet.",
        stay: "Angemeldet bleiben",
        failed: "Das hat gerade nicht geklappt. Bitte versuchen Sie es noch einmal.",
        sign_out: "Abmelden",
        close: "Schließen",
        minute: "Minute",
        minutes: "Minuten",
        second: "Sekunde",
        seconds: "Sekunden",
    },
    menu: MenuWords {
        question: "Wie weit möchten Sie sich abmelden?",
        browser: "Abmelden",
        browser_more: "Gilt für diese App und für die Sitzung beim Anbieter in diesem Browser. Die übliche Wahl.",
        everywhere: "Überall abmelden",
        everywhere_more: "Gilt für alle Ihre Sitzungen, die diese App führt, und für die Sitzung beim Anbieter in \
            diesem Browser. Andere Browser bleiben beim Anbieter angemeldet.",
        app: "Nur von dieser App abmelden",
        app_more: "Beim Anbieter bleiben Sie angemeldet. Andere Apps laufen weiter, und die nächste Anmeldung hier geht \
            vielleicht ohne Passwort.",
    },
};
