//! Every word that the app says. English; one place to translate or to quarrel with.

use exeunt_leptos::wire::{Layer, LayerStatus, SessionView};

use crate::verdict::Verdict;

pub(crate) const APP: &str = "Exeunt";
pub(crate) const SKIP: &str = "Skip to the page";
pub(crate) const NAV: &str = "Session";
pub(crate) const FOOT: &str = "is the stage direction that all leave.";

pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const TO_START: &str = "To the start page";

/// The home page.
pub(crate) mod home {
    pub(crate) const TITLE: &str = "Exeunt: sign-out that ends";
    pub(crate) const HEADLINE: &str = "Sign out, and everybody leaves.";
    pub(crate) const LEAD: &str = "You are signed in at more places than one: in each tab, in this app, in the tokens it \
        holds, and at the provider that let you in. An ordinary sign-out ends one of them. This one ends all that can be \
        ended, and hands you a receipt that says what was, and what was not.";
    pub(crate) const PLEASE: &str = "Please sign in to see that page.";
    pub(crate) const NOBODY: &str = "Nobody is on stage.";
    pub(crate) const NOBODY_MORE: &str = "You are not signed in to this app in this browser.";
    pub(crate) const UNKNOWN: &str = "Nobody can say just now.";
    pub(crate) const UNKNOWN_MORE: &str =
        "The server did not answer, so we cannot tell whether you are signed in.";
    pub(crate) const ON_STAGE: &str = "On stage";
    pub(crate) const ENDS: &str = "Ends by itself";
    pub(crate) const ACCOUNT: &str = "Your account";
    pub(crate) const CAST: &str = "In order of leaving";
    /// Who leaves, and how.
    pub(crate) const LEAVING: [(&str, &str); 6] = [
        ("This app", "its session is deleted before anything else is tried"),
        (
            "Every open tab",
            "finds the session gone as soon as it is looked at",
        ),
        (
            "The tokens",
            "revoked at the provider, and tried again where that fails",
        ),
        (
            "The provider",
            "your browser passes by it, so that its session ends too",
        ),
        (
            "Who stands behind it",
            "named, where it cannot be ended from here",
        ),
        (
            "You",
            "with a receipt in hand, and never signed in again without asking",
        ),
    ];
}

/// The account page.
pub(crate) mod account {
    pub(crate) const TITLE: &str = "Your account";
    pub(crate) const WHO: &str = "Who you are";
    pub(crate) const WHO_MORE: &str = "As your provider told it when you signed in.";
    pub(crate) const NAME: &str = "Name";
    pub(crate) const EMAIL: &str = "E-mail";
    pub(crate) const SUBJECT: &str = "Subject";
    pub(crate) const ROLES: &str = "Roles";
    pub(crate) const NOT_TOLD: &str = "not told";
    pub(crate) const NONE: &str = "none";
    pub(crate) const SESSION: &str = "This session";
    pub(crate) const ENDS: &str = "Ends by itself";
    pub(crate) const IDLE: &str = "If you do nothing";
    pub(crate) const ABSOLUTE: &str = "In any case";
    pub(crate) const NEVER: &str = "no limit";
    pub(crate) const WAYS: &str = "Three ways out";
    pub(crate) const HERE: &str = "Sign out of this app only";
    pub(crate) const HERE_MORE: &str = "The provider keeps you signed in, so other apps go on, and so does the next sign-in \
        here, perhaps without a password.";
    pub(crate) const BROWSER: &str = "Sign out";
    pub(crate) const BROWSER_MORE: &str =
        "This app and the provider's session in this browser. The usual choice.";
    pub(crate) const EVERYWHERE: &str = "Sign out everywhere";
    pub(crate) const EVERYWHERE_MORE: &str = "Your sessions in this app on every device, and the provider's session in \
        this browser. Other browsers stay signed in at the provider.";
    pub(crate) const CLOSED: &str = "This page is for people who are signed in.";
    pub(crate) const UNKNOWN: &str =
        "We cannot tell just now whether you are signed in, so this page stays closed.";
}

/// The page that reports a sign-out.
pub(crate) mod logged_out {
    pub(crate) const TITLE: &str = "Signing out";
    pub(crate) const LAYERS: &str = "What was ended, and what was not";
    pub(crate) const FINISH: &str = "Finish signing out";
    pub(crate) const OTHER_ACCOUNT: &str = "Use another account";
    pub(crate) const CONTINUE: &str = "Continue";
    pub(crate) const UNDER_WAY: &str = "Something is still under way, and this page follows it for a minute.";
    pub(crate) const REFRESH: &str = "Refresh this page";
    pub(crate) const PROVIDER: &str = "your provider";
    pub(crate) const UNREACHABLE: &str = "Could not reach the server";
    pub(crate) const UNREACHABLE_MORE: &str = "You may still be signed in. We took your data off this page, but nothing \
        was confirmed. We try again by ourselves as soon as the network is back.";
    pub(crate) const TRYING: &str = "Trying again\u{2026}";
}

/// Pages for what went wrong.
pub(crate) mod fault {
    pub(crate) const NOT_FOUND_TITLE: &str = "Not found";
    pub(crate) const NOT_FOUND: &str = "There is no such page.";
    pub(crate) const NOT_FOUND_MORE: &str = "It may have left, or never been on the programme.";
    pub(crate) const TITLE: &str = "Something is not right";
    pub(crate) const HEADLINE: &str = "We cannot tell just now.";
    pub(crate) const MORE: &str = "The server could not look up your session. Whether you are signed in is not known; \
        nothing was ended by this page. Trying again in a moment usually helps.";
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

/// The time left, for a countdown.
pub(crate) fn time_left(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02} left")
    } else {
        format!("{minutes}:{seconds:02} left")
    }
}

/// What the page `/logged-out` says first.
pub(crate) fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::StillSignedIn => "You are still signed in",
        Verdict::Unfinished => "Your sign-out is not finished",
        Verdict::SignedOut { .. } => "You are signed out of this app",
        Verdict::EndedByProvider => "Your provider signed you out of this app",
        Verdict::NotSignedIn => "You are not signed in here",
    }
}

/// What it says after that. Speaks of the provider only what the receipt holds.
pub(crate) fn explanation(verdict: Verdict, provider: &str) -> Vec<String> {
    match verdict {
        Verdict::StillSignedIn => vec!["This app holds a live session for this browser. Sign out to end it.".into()],
        Verdict::Unfinished => vec![
            "This browser no longer holds the key to your session, but the server could not confirm that the session \
             is gone. Finish it now; it takes one press."
                .into(),
        ],
        Verdict::SignedOut { provider: status, platform } => {
            let platform = platform.and_then(of_platform).map(Into::into);
            platform.into_iter().chain(status.map(|status| of_provider(status, provider))).collect()
        }
        Verdict::EndedByProvider => vec![format!(
            "{provider} told this app that your session is over, so it ended here. In this browser you may still be \
             signed in at {provider}; you can sign out there too."
        )],
        Verdict::NotSignedIn => vec!["This app holds no session for this browser. That says nothing of other sites.".into()],
    }
}

fn of_provider(status: LayerStatus, host: &str) -> String {
    match status {
        LayerStatus::Ended => format!("Your session at {host} is ended too."),
        LayerStatus::Returned => {
            format!("{host} was asked to sign you out there too, and sent you back here.")
        }
        LayerStatus::Unconfirmed => format!("But {host} has not confirmed that you are signed out there."),
        LayerStatus::Pending => format!("But {host} is still being asked to end your session there."),
        LayerStatus::Failed => {
            format!("But your session at {host} could not be ended: you may still be signed in there.")
        }
        LayerStatus::CannotBeEnded => {
            format!("But your session at {host} cannot be ended from here: you may still be signed in there.")
        }
        LayerStatus::Kept => format!("Your session at {host} was kept: you are still signed in there."),
    }
}

fn of_platform(status: LayerStatus) -> Option<&'static str> {
    match status {
        LayerStatus::Ended => None,
        LayerStatus::Kept => Some("Your session on the platform around it was kept."),
        LayerStatus::CannotBeEnded => Some("But the platform around it cannot be signed out of from here."),
        _ => Some("But the platform around it has not confirmed that you are signed out there."),
    }
}

/// The way in, from there.
pub(crate) fn sign_in(verdict: Verdict) -> &'static str {
    if verdict == Verdict::NotSignedIn {
        SIGN_IN
    } else {
        "Sign in again"
    }
}

/// What one goes on to the provider with, after it ended the session here.
pub(crate) fn sign_out_at(host: &str) -> String {
    format!("Sign out at {host} too")
}

/// What one asks the provider again with.
pub(crate) fn try_provider(host: &str) -> String {
    format!("Try {host} again")
}

/// What one asks the provider with whether its session is over.
pub(crate) fn probe_provider(host: &str) -> String {
    format!("Check whether you are still signed in at {host}")
}

/// A layer by name.
pub(crate) fn layer(layer: Layer) -> &'static str {
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

/// What became of a layer, in a word or two.
pub(crate) fn status(layer: Layer, status: LayerStatus) -> &'static str {
    match status {
        LayerStatus::Kept => match layer {
            Layer::RefreshToken | Layer::AccessToken => "still good",
            Layer::AppSession | Layer::OtherSessions | Layer::OpenTabs => "still signed in",
            Layer::ProviderSession | Layer::UpstreamIdp | Layer::Platform => "kept",
        },
        LayerStatus::Ended => "ended",
        LayerStatus::Returned => "asked, came back",
        LayerStatus::Unconfirmed => "not confirmed",
        LayerStatus::Pending => "still trying",
        LayerStatus::Failed => "failed",
        LayerStatus::CannotBeEnded => "out of reach",
    }
}

/// The same in a sentence, where the server gave none.
pub(crate) fn status_more(status: LayerStatus) -> Option<&'static str> {
    match status {
        LayerStatus::Ended | LayerStatus::Kept => None,
        LayerStatus::Returned => Some("It sent you back as after a sign-out; we cannot look inside."),
        LayerStatus::Unconfirmed => Some("It was asked. No answer has come back to us."),
        LayerStatus::Pending => Some("It did not answer yet. We keep trying."),
        LayerStatus::Failed => Some("It was tried and did not work."),
        LayerStatus::CannotBeEnded => Some("It offers no way to be ended from here."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i4_only_a_proof_is_called_ended() {
        use LayerStatus::{CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed};
        assert_eq!(
            of_provider(Ended, "id.example"),
            "Your session at id.example is ended too."
        );
        for status in [CannotBeEnded, Failed, Kept, Pending, Returned, Unconfirmed] {
            assert!(
                !of_provider(status, "id.example").contains("is ended"),
                "{status:?}"
            );
            for layer in [Layer::AppSession, Layer::AccessToken, Layer::ProviderSession] {
                assert_ne!(
                    super::status(layer, status),
                    super::status(layer, Ended),
                    "{status:?}"
                );
            }
        }
    }

    #[test]
    fn a_countdown_shows_hours_only_if_there_are_any() {
        assert_eq!(time_left(59), "0:59 left");
        assert_eq!(time_left(1800), "30:00 left");
        assert_eq!(time_left(43_199), "11:59:59 left");
    }
}
