//! The pages without scripts that the relying party writes, in German. It writes them in English and knows no other
//! language, so each of its texts is found here by its English. A `{}` is what it fills in: the provider's host.

use crate::{PlainForm, PlainPage};

/// English, German.
const GERMAN: [(&str, &str); 54] = [
    ("Sign in", "Anmelden"),
    ("Try again", "Noch einmal versuchen"),
    ("Use another account", "Ein anderes Konto verwenden"),
    ("To the first page", "Zur Startseite"),
    ("To the app", "Zur App"),
    ("Not now", "Jetzt nicht"),
    ("Continue to {}", "Weiter zu {}"),
    ("Signing out at {}", "Abmeldung bei {}"),
    (
        "You are signed out of this app. The next step ends your session at the provider, in this browser.",
        "Sie sind von dieser App abgemeldet. Der nächste Schritt beendet Ihre Sitzung beim Anbieter, in diesem Browser.",
    ),
    (
        "You are signed in to this app again. The next step ends your session at the provider all the same, in this browser.",
        "Sie sind bei dieser App wieder angemeldet. Der nächste Schritt beendet Ihre Sitzung beim Anbieter trotzdem, in diesem \
         Browser.",
    ),
    ("You signed out here", "Sie haben sich hier abgemeldet"),
    (
        "Nothing signs you in again by itself. Press the button if you want to sign in.",
        "Nichts meldet Sie von selbst wieder an. Drücken Sie auf die Schaltfläche, wenn Sie sich anmelden möchten.",
    ),
    ("Signing in at {}", "Anmeldung bei {}"),
    ("You are led there now.", "Sie werden jetzt dorthin geleitet."),
    ("{} decides who you are", "{} entscheidet, wer Sie sind"),
    (
        "This app cannot ask it for another account. Sign out there first; then it asks who you are.",
        "Diese App kann dort kein anderes Konto verlangen. Melden Sie sich zuerst dort ab; dann werden Sie gefragt, wer Sie sind.",
    ),
    ("Sign out at {}", "Bei {} abmelden"),
    ("Not yet", "Noch nicht"),
    (
        "Signing in begins when you press the link.",
        "Die Anmeldung beginnt, wenn Sie dem Link folgen.",
    ),
    (
        "The provider is asked when you press the link.",
        "Der Anbieter wird gefragt, wenn Sie dem Link folgen.",
    ),
    (
        "That provider is not known here",
        "Dieser Anbieter ist hier nicht bekannt",
    ),
    (
        "A link asked this app to sign you in at a provider that it does not use.",
        "Ein Link wollte, dass diese App Sie bei einem Anbieter anmeldet, den sie nicht nutzt.",
    ),
    ("That did not come from this app", "Das kam nicht von dieser App"),
    (
        "Nothing was changed. Go back to the app and press the button there.",
        "Nichts wurde geändert. Gehen Sie zurück zur App und drücken Sie dort auf die Schaltfläche.",
    ),
    (
        "This page cannot be shown just now",
        "Diese Seite lässt sich gerade nicht zeigen",
    ),
    (
        "The server could not read your session. You may still be signed in. Please try again in a moment.",
        "Der Server konnte Ihre Sitzung nicht lesen. Vielleicht sind Sie noch angemeldet. Bitte versuchen Sie es gleich noch \
         einmal.",
    ),
    ("This sign-in is over", "Diese Anmeldung ist vorbei"),
    (
        "It took longer than ten minutes, was finished already, or began in another browser. Please start again.",
        "Sie hat länger als zehn Minuten gedauert, war schon abgeschlossen oder begann in einem anderen Browser. Bitte fangen \
         Sie noch einmal an.",
    ),
    ("That was not a proper answer", "Das war keine gültige Antwort"),
    (
        "What came back does not fit the sign-in that was begun here. Nothing was changed. Please start again.",
        "Was zurückkam, passt nicht zu der Anmeldung, die hier begonnen wurde. Nichts wurde geändert. Bitte fangen Sie noch \
         einmal an.",
    ),
    ("Sign-in was declined", "Die Anmeldung wurde abgelehnt"),
    (
        "The provider says that access was denied. You are not signed in.",
        "Der Anbieter sagt, dass der Zugang verweigert wurde. Sie sind nicht angemeldet.",
    ),
    (
        "You are not signed in at the provider",
        "Sie sind beim Anbieter nicht angemeldet",
    ),
    (
        "It wants to ask you something first. Please sign in.",
        "Er möchte Sie zuerst etwas fragen. Bitte melden Sie sich an.",
    ),
    (
        "The provider could not sign you in",
        "Der Anbieter konnte Sie nicht anmelden",
    ),
    (
        "It reported an error. Please try again in a moment.",
        "Er hat einen Fehler gemeldet. Bitte versuchen Sie es gleich noch einmal.",
    ),
    (
        "This account may not sign in here",
        "Dieses Konto darf sich hier nicht anmelden",
    ),
    (
        "You signed in at the provider, but this app admits only certain accounts. Use another one, or ask whoever runs the app.",
        "Beim Anbieter haben Sie sich angemeldet, aber diese App lässt nur bestimmte Konten zu. Verwenden Sie ein anderes, \
         oder fragen Sie, wer die App betreibt.",
    ),
    ("The clocks do not agree", "Die Uhren gehen verschieden"),
    (
        "The provider's clock and this server's differ too much. Whoever runs the app should check the clocks. You are not signed in.",
        "Die Uhr des Anbieters und die dieses Servers weichen zu weit voneinander ab. Wer die App betreibt, sollte die Uhren \
         prüfen. Sie sind nicht angemeldet.",
    ),
    (
        "The provider cannot be reached",
        "Der Anbieter ist nicht zu erreichen",
    ),
    (
        "It did not answer as it should. You are not signed in. Please try again in a moment.",
        "Er hat nicht geantwortet, wie er sollte. Sie sind nicht angemeldet. Bitte versuchen Sie es gleich noch einmal.",
    ),
    (
        "The provider's answer cannot be trusted",
        "Der Antwort des Anbieters ist nicht zu trauen",
    ),
    (
        "It did not pass the checks of this app. You are not signed in.",
        "Sie hat die Prüfungen dieser App nicht bestanden. Sie sind nicht angemeldet.",
    ),
    ("You signed out meanwhile", "Sie haben sich inzwischen abgemeldet"),
    (
        "This sign-in began before you signed out, so it was not finished. Sign in again if you want to.",
        "Diese Anmeldung begann vor Ihrer Abmeldung und wurde deshalb nicht abgeschlossen. Wenn Sie möchten, melden Sie sich \
         wieder an.",
    ),
    (
        "Your session at the provider is over",
        "Ihre Sitzung beim Anbieter ist vorbei",
    ),
    (
        "The provider says that it allows no session here any more. You are not signed in. Please sign in again.",
        "Der Anbieter sagt, dass er hier keine Sitzung mehr erlaubt. Sie sind nicht angemeldet. Bitte melden Sie sich wieder \
         an.",
    ),
    (
        "Signing in does not work just now",
        "Die Anmeldung geht gerade nicht",
    ),
    (
        "This server has a problem of its own. You are not signed in. Please try again in a moment.",
        "Dieser Server hat selbst ein Problem. Sie sind nicht angemeldet. Bitte versuchen Sie es gleich noch einmal.",
    ),
    (
        "This app cannot extend your session",
        "Diese App kann Ihre Sitzung nicht verlängern",
    ),
    (
        "The platform around this app decides how long it lasts.",
        "Wie lange sie dauert, bestimmt die Plattform um diese App.",
    ),
    (
        "This app cannot end your other sessions",
        "Diese App kann Ihre anderen Sitzungen nicht beenden",
    ),
    (
        "The platform around this app has them. Sign out there to end them.",
        "Sie gehören der Plattform um diese App. Melden Sie sich dort ab, um sie zu beenden.",
    ),
];

/// The page in German, if all its texts are known.
pub(crate) fn german_page(page: &PlainPage) -> Option<PlainPage> {
    let actions = page
        .actions
        .iter()
        .map(|(label, href)| Some((german(label)?, href.clone())));
    let form = page.form.as_ref().map(|form| {
        Some(PlainForm {
            button: german(&form.button)?,
            ..form.clone()
        })
    });
    Some(PlainPage {
        language: crate::Language::German,
        title: german(&page.title)?,
        text: german(&page.text)?,
        form: match form {
            Some(form) => Some(form?),
            None => None,
        },
        actions: actions.collect::<Option<_>>()?,
        ..page.clone()
    })
}

fn german(english: &str) -> Option<String> {
    GERMAN.iter().find_map(|(from, to)| match from.split_once("{}") {
        None => (*from == english).then(|| (*to).to_owned()),
        Some((before, after)) => {
            let filled = english.strip_prefix(before)?.strip_suffix(after)?;
            Some(to.replace("{}", filled))
        }
    })
}
