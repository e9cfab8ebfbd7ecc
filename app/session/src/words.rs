//! The words of the components that speak by themselves. English, unless the app provides others.

mod report;

use leptos::prelude::{provide_context, use_context};

pub(crate) use self::report::report_words;
pub use self::report::{ReportWords, provide_report_words};

/// What the components of this crate say.
///
/// # Usage
/// English needs nothing. Another language, or other words, are one value that the app provides above the components:
/// ```
/// use exeunt_leptos::words::{EndedWords, Words, provide_words};
///
/// static OURS: Words = Words {
///     ended: EndedWords { title: "The play is over", ..Words::ENGLISH.ended },
///     ..Words::ENGLISH
/// };
///
/// # let owner = leptos::prelude::Owner::new();
/// # owner.set();
/// provide_words(&OURS);
/// ```
///
/// # Server-side rendering
/// Provide the same words on both sides, else the browser finds another text than it expects.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What is told when the session ended.
    pub ended: EndedWords,
    /// What is told before it ends.
    pub timer: TimerWords,
    /// The ways out.
    pub menu: MenuWords,
}

/// The dialog that tells that the session ended.
#[derive(Clone, Copy, Debug)]
pub struct EndedWords {
    /// Its title.
    pub title: &'static str,
    /// Why: the person signed out in this browser.
    pub logged_out: &'static str,
    /// Why: the provider said so, by whichever way.
    pub provider: &'static str,
    /// Why: an operator ended it.
    pub operator: &'static str,
    /// Why: the person ended it in another of their sessions.
    pub another_session: &'static str,
    /// Why: the person signed out everywhere, in another browser.
    pub everywhere: &'static str,
    /// Why: another sign-in in this browser took its place.
    pub replaced: &'static str,
    /// Why: it reached a limit.
    pub expired: &'static str,
    /// Why: the provider did not renew it.
    pub refresh_refused: &'static str,
    /// Why: that is not known.
    pub unknown: &'static str,
    /// Stands before the moment of the end.
    pub at: &'static str,
    /// That what was written is kept until the person signs in again. Said only where something is.
    pub kept: &'static str,
    /// The link that leads back in.
    pub sign_in_again: &'static str,
    /// The button that closes the dialog.
    pub close: &'static str,
}

/// The dialog that tells that the session will end soon.
#[derive(Clone, Copy, Debug)]
pub struct TimerWords {
    /// Its title.
    pub title: &'static str,
    /// The sentence with the time that is left: what stands before the time.
    pub left_before: &'static str,
    /// What stands after it.
    pub left_after: &'static str,
    /// That it cannot be extended any more.
    pub last: &'static str,
    /// What happens when the time is up.
    pub when_up: &'static str,
    /// The button that extends.
    pub stay: &'static str,
    /// That extending it did not work.
    pub failed: &'static str,
    /// The button that signs out.
    pub sign_out: &'static str,
    /// The button that closes the dialog.
    pub close: &'static str,
    /// One minute, without its number.
    pub minute: &'static str,
    /// Several.
    pub minutes: &'static str,
    /// One second, without its number.
    pub second: &'static str,
    /// Several.
    pub seconds: &'static str,
}

/// The menu of the ways out.
#[derive(Clone, Copy, Debug)]
pub struct MenuWords {
    /// Where one of them is chosen: the question.
    pub question: &'static str,
    /// [`Scope::Browser`](crate::wire::Scope::Browser).
    pub browser: &'static str,
    /// What that means.
    pub browser_more: &'static str,
    /// [`Scope::Everywhere`](crate::wire::Scope::Everywhere).
    pub everywhere: &'static str,
    /// What that means.
    pub everywhere_more: &'static str,
    /// [`Scope::App`](crate::wire::Scope::App).
    pub app: &'static str,
    /// What that means.
    pub app_more: &'static str,
}

impl Words {
    /// The words in English, which hold where nothing else was provided.
    pub const ENGLISH: Self = Self {
        ended: EndedWords {
            title: "Your session has ended",
            logged_out: "You signed out in another tab of this browser.",
            provider: "Your provider no longer vouches for it.",
            operator: "Whoever runs this app ended it.",
            another_session: "You ended it from another of your sessions.",
            everywhere: "You signed out everywhere, in another browser.",
            replaced: "Another sign-in in this browser took its place.",
            expired: "It reached its time limit.",
            refresh_refused: "Your provider did not renew it.",
            unknown: "This app does not know why.",
            at: "Ended at",
            kept: "What you were writing is kept here until you sign in again.",
            sign_in_again: "Sign in again",
            close: "Close",
        },
        timer: TimerWords {
            title: "Your session ends soon",
            left_before: "It ends in ",
            left_after: ".",
            last: "It cannot be extended any more: that is the longest it may last.",
            when_up: "You are signed out when the time is up.",
            stay: "Stay signed in",
            failed: "That did not work just now. Please try again.",
            sign_out: "Sign out",
            close: "Close",
            minute: "minute",
            minutes: "minutes",
            second: "second",
            seconds: "seconds",
        },
        menu: MenuWords {
            question: "How far would you like to sign out?",
            browser: "Sign out",
            browser_more: "This app and the provider's session in this browser. The usual choice.",
            everywhere: "Sign out everywhere",
            everywhere_more: "Every session of yours that this app keeps, and the provider's session in this browser. \
                Other browsers stay signed in at the provider.",
            app: "Sign out of this app only",
            app_more: "The provider keeps you signed in, so other apps go on, and so does the next sign-in here, perhaps \
                without a password.",
        },
    };
}

impl EndedWords {
    /// The sentence for a cause, by the word that the server has for it (see [`EndEntry::why`](crate::wire::EndEntry::why)). A
    /// word that is not known here gets no guess.
    #[must_use]
    pub fn cause(&self, why: &str) -> &'static str {
        match why {
            "logout" => self.logged_out,
            "back_channel" | "back_channel_offline" | "front_channel" | "session_management" => self.provider,
            "operator" => self.operator,
            "another_session" => self.another_session,
            "everywhere" => self.everywhere,
            "replaced" => self.replaced,
            "expired" => self.expired,
            "refresh_refused" | "refresh_mismatch" => self.refresh_refused,
            _ => self.unknown,
        }
    }
}

impl TimerWords {
    /// The sentence with the time that is left. `seconds` below nothing are none.
    #[must_use]
    pub fn left(&self, seconds: i64) -> String {
        [self.left_before, &self.duration(seconds), self.left_after].concat()
    }

    /// A time in minutes and seconds, by the number of its seconds; what is nothing of either is not said.
    /// ```
    /// use exeunt_leptos::words::Words;
    ///
    /// assert_eq!(Words::ENGLISH.timer.duration(121), "2\u{a0}minutes 1\u{a0}second");
    /// assert_eq!(Words::ENGLISH.timer.duration(60), "1\u{a0}minute");
    /// ```
    #[must_use]
    pub fn duration(&self, seconds: i64) -> String {
        let (minutes, seconds) = (seconds.max(0) / 60, seconds.max(0) % 60);
        let mut text = String::new();
        if minutes > 0 {
            count(&mut text, minutes, self.minute, self.minutes);
        }
        if seconds > 0 || minutes == 0 {
            count(&mut text, seconds, self.second, self.seconds);
        }
        text
    }
}

fn count(text: &mut String, number: i64, one: &str, several: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(&number.to_string());
    // A number and its unit stay on one line.
    text.push('\u{a0}');
    text.push_str(if number == 1 { one } else { several });
}

/// Lets the components below speak in other words. Call it above them, before they are made, on the server and in the browser
/// alike: see [`Words`].
pub fn provide_words(words: &'static Words) {
    provide_context(words);
}

/// The words in force here: those of [`provide_words`], else [`Words::ENGLISH`]. Ask where a component is made, not in its
/// event handlers.
#[must_use]
pub fn words() -> &'static Words {
    use_context().unwrap_or(&Words::ENGLISH)
}

#[cfg(test)]
mod tests {
    use leptos::prelude::Owner;

    use super::*;

    #[test]
    fn every_cause_has_its_sentence_and_a_new_one_gets_no_guess() {
        let words = Words::ENGLISH.ended;
        for (why, sentence) in [
            ("logout", words.logged_out),
            ("everywhere", words.everywhere),
            ("another_session", words.another_session),
            ("replaced", words.replaced),
            ("back_channel", words.provider),
            ("back_channel_offline", words.provider),
            ("front_channel", words.provider),
            ("session_management", words.provider),
            ("refresh_refused", words.refresh_refused),
            ("refresh_mismatch", words.refresh_refused),
            ("operator", words.operator),
            ("expired", words.expired),
            ("whim", words.unknown),
            ("", words.unknown),
        ] {
            assert_eq!(words.cause(why), sentence, "{why}");
        }
    }

    #[test]
    fn one_is_singular_and_what_is_nothing_is_not_said() {
        let words = Words::ENGLISH.timer;
        for (seconds, said) in [
            (300, "5 minutes"),
            (61, "1 minute 1 second"),
            (60, "1 minute"),
            (59, "59 seconds"),
            (1, "1 second"),
            (0, "0 seconds"),
            (-5, "0 seconds"),
            (150, "2 minutes 30 seconds"),
        ] {
            assert_eq!(words.duration(seconds).replace('\u{a0}', " "), said);
        }
        assert_eq!(words.left(60), "It ends in 1\u{a0}minute.");
    }

    #[test]
    fn english_holds_until_other_words_are_provided() {
        static OURS: Words = Words {
            ended: EndedWords {
                title: "Curtain",
                ..Words::ENGLISH.ended
            },
            ..Words::ENGLISH
        };
        let owner = Owner::new();
        owner.with(|| {
            assert_eq!(words().ended.title, Words::ENGLISH.ended.title);
            provide_words(&OURS);
            assert_eq!(words().ended.title, "Curtain");
            assert_eq!(words().ended.close, Words::ENGLISH.ended.close);
        });
    }
}
