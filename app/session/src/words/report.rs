//! What the report of a sign-out says.

use leptos::prelude::{provide_context, use_context};

use crate::wire::{Layer, LayerStatus};

/// What a [`LoggedOutReport`](crate::LoggedOutReport) says. A value of its own, so that an app whose own page tells it need not carry
/// these words.
///
/// # Usage
/// As with [`Words`](super::Words): English needs nothing.
/// ```
/// use exeunt_leptos::words::{ReportWords, provide_report_words};
///
/// static OURS: ReportWords = ReportWords { finish: "Leave for good", ..ReportWords::ENGLISH };
///
/// # let owner = leptos::prelude::Owner::new();
/// # owner.set();
/// provide_report_words(&OURS);
/// ```
///
/// # Server-side rendering
/// As with [`Words`](super::Words).
#[derive(Clone, Copy, Debug)]
pub struct ReportWords {
    /// A layer by name.
    pub layer: fn(Layer) -> &'static str,
    /// What became of it, in a word or two. Nothing but [`LayerStatus::Ended`] may be called ended.
    pub status: fn(LayerStatus) -> &'static str,
    /// Whether the sentences that the server adds are shown: they are English.
    pub shows_details: bool,
    /// That the session of this browser is alive.
    pub still_signed_in: &'static str,
    /// The button that signs out then.
    pub sign_out: &'static str,
    /// That an end was begun and is not certain.
    pub unfinished: &'static str,
    /// The button that finishes it.
    pub finish: &'static str,
    /// That the server could not be asked.
    pub unknown: &'static str,
}

impl ReportWords {
    /// The words in English, which hold where nothing else was provided.
    pub const ENGLISH: Self = Self {
        layer,
        status,
        shows_details: true,
        still_signed_in: "You are still signed in.",
        sign_out: "Sign out",
        unfinished: "Your sign-out is not finished: the server could not confirm that your session is gone.",
        finish: "Finish signing out",
        unknown: "The server could not be asked. You may still be signed in.",
    };
}

/// Lets the reports below speak in other words. Call it above them, before they are made, on the server and in the browser alike.
pub fn provide_report_words(words: &'static ReportWords) {
    provide_context(words);
}

/// The words in force here.
pub(crate) fn report_words() -> &'static ReportWords {
    use_context().unwrap_or(&ReportWords::ENGLISH)
}

const fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::AppSession => "This app, in this browser",
        Layer::OtherSessions => "This app, on your other devices",
        Layer::OpenTabs => "Open tabs",
        Layer::RefreshToken => "Refresh token",
        Layer::AccessToken => "Access token",
        Layer::ProviderSession => "Session at the provider",
        Layer::UpstreamIdp => "Who stands behind the provider",
        Layer::Platform => "The platform around the app",
    }
}

const fn status(status: LayerStatus) -> &'static str {
    match status {
        LayerStatus::Ended => "ended",
        LayerStatus::Returned => "asked, came back",
        LayerStatus::Unconfirmed => "not confirmed",
        LayerStatus::Pending => "still trying",
        LayerStatus::Failed => "failed",
        LayerStatus::CannotBeEnded => "out of reach",
        LayerStatus::Kept => "kept",
    }
}
