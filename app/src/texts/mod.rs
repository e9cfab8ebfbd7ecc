//! Every word that the app says: one table for each language, of one shape, so that none can lack a text.

mod account;
mod de;
#[cfg(feature = "ssr")]
mod device;
mod en;
mod gaps;
mod home;
mod logged_out;
mod own_sessions;
#[cfg(feature = "ssr")]
mod plain;
mod written;

pub(crate) use self::{
    account::Account,
    gaps::Gaps,
    home::Home,
    logged_out::{LoggedOut, Receipt},
    own_sessions::OwnSessions,
};
#[cfg(feature = "ssr")]
pub(crate) use self::{device::german_device, plain::german_page};

use exeunt_leptos::{wire::SessionView, words::Words};

use crate::Language;

/// The name of the app, which is not translated.
pub(crate) const APP: &str = "Exeunt";

/// All texts in one language.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Texts {
    /// Before anything else, for whoever goes by keyboard.
    pub(crate) skip: &'static str,
    /// What the navigation at the head is about.
    pub(crate) nav: &'static str,
    /// At the foot, after the name of the app.
    pub(crate) foot: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) to_start: &'static str,
    pub(crate) home: Home,
    pub(crate) account: Account,
    pub(crate) own_sessions: OwnSessions,
    pub(crate) logged_out: LoggedOut,
    pub(crate) receipt: Receipt,
    pub(crate) fault: Fault,
    pub(crate) time: Time,
    /// What the components of `exeunt-leptos` say.
    pub(crate) words: Words,
}

/// Pages for what went wrong.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Fault {
    pub(crate) not_found_title: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_more: &'static str,
    pub(crate) title: &'static str,
    pub(crate) headline: &'static str,
    pub(crate) more: &'static str,
}

/// Moments and durations.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Time {
    /// For `toLocaleString` in the browser.
    pub(crate) locale: &'static str,
    #[cfg(any(test, feature = "ssr"))]
    pub(crate) months: [&'static str; 12],
    /// Between day and month.
    #[cfg(any(test, feature = "ssr"))]
    pub(crate) after_day: &'static str,
    /// Between year and hour.
    #[cfg(any(test, feature = "ssr"))]
    pub(crate) at: &'static str,
    /// The time that is left, for a countdown.
    pub(crate) left: Gaps,
}

/// The texts in the language in force here. Ask where a component is made, not in its event handlers.
pub(crate) fn texts() -> &'static Texts {
    Texts::of(Language::current())
}

impl Texts {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::TEXTS,
            Language::German => &de::TEXTS,
        }
    }
}

impl Time {
    /// Hours only if there are any.
    pub(crate) fn left(&self, seconds: i64) -> String {
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let minutes_read = if hours > 0 {
            [&hours.to_string(), ":", &*two_digits(minutes)].concat()
        } else {
            minutes.to_string()
        };
        self.left
            .fill(&[&minutes_read, ":", &two_digits(seconds)].concat())
    }
}

/// As a clock shows it.
pub(crate) fn two_digits(number: i64) -> String {
    let zero = if number < 10 { "0" } else { "" };
    [zero, &number.to_string()].concat()
}

/// How the person is called.
pub(crate) fn name_of(session: &SessionView) -> String {
    session
        .name
        .as_ref()
        .or(session.email.as_ref())
        .unwrap_or(&session.user_id)
        .clone()
}

#[cfg(test)]
mod tests;
