//! The texts of the account page. Those of the ways out are the words of the menu in `exeunt-leptos`.

#[cfg_attr(test, derive(Debug))]
pub(crate) struct Account {
    pub(crate) title: &'static str,
    pub(crate) who: &'static str,
    pub(crate) who_more: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) roles: &'static str,
    /// For a value that the provider did not tell.
    pub(crate) not_told: &'static str,
    /// For no roles.
    pub(crate) none: &'static str,
    pub(crate) session: &'static str,
    pub(crate) ends: &'static str,
    pub(crate) idle: &'static str,
    pub(crate) absolute: &'static str,
    /// For limits that only a platform knows.
    pub(crate) platform_decides: &'static str,
    /// For a limit that there is not.
    pub(crate) never: &'static str,
    pub(crate) ways: &'static str,
    /// To whoever is not signed in.
    pub(crate) closed: &'static str,
    /// To whoever may be or not.
    pub(crate) unknown: &'static str,
    /// The link to the page with all sessions.
    pub(crate) all_sessions: &'static str,
    pub(crate) stay: &'static str,
    pub(crate) letter: &'static str,
    pub(crate) letter_more: &'static str,
    pub(crate) letter_label: &'static str,
    pub(crate) letter_clear: &'static str,
}
