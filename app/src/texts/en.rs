//! English.

use exeunt_leptos::{
    wire::{Layer, LayerStatus},
    words::Words,
};

use super::{
    Account, Fault, Gaps, Home, LoggedOut, OwnSessions, Receipt, Texts, Time,
    written::{written, written_pairs},
};
use crate::verdict::Verdict;

pub(super) static TEXTS: Texts = Texts {
    skip: written("Skip to the page"),
    nav: written("Session"),
    foot: written("is the stage direction that all leave."),
    sign_in: "Sign in",
    sign_out: "Sign out",
    try_again: "Try again",
    to_start: "To the start page",
    home: Home {
        title: written("Exeunt: sign-out that ends"),
        headline: written("Sign out, and everybody leaves."),
        lead: written(
            "You are signed in at more places than one: in each tab, in this app, in tokens, and at the \
            provider that let you in. An ordinary sign-out ends one of them. This one ends all that can be ended, and hands \
            you a receipt that says what was, and what was not.",
        ),
        please: "Please sign in to see that page.",
        nobody: "Nobody is on stage.",
        nobody_more: "You are not signed in to this app in this browser.",
        unknown: "Nobody can say just now.",
        unknown_more: "The server did not answer, so we cannot tell whether you are signed in.",
        on_stage: "On stage",
        ends: "Ends by itself",
        account: "Your account",
        other_ways: "Other ways to sign out",
        cast: written("In order of leaving"),
        leaving: written_pairs([
            ("This app", "its session ends before anything else is tried"),
            ("Every open tab", "says within a second that the session is over"),
            (
                "Tokens it holds",
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
        ]),
    },
    account: Account {
        title: written("Your account"),
        who: "Who you are",
        who_more: "As this app was told.",
        name: "Name",
        email: "E-mail",
        subject: "Subject",
        roles: "Roles",
        not_told: "not told",
        none: "none",
        session: "This session",
        ends: "Ends by itself",
        idle: "If you do nothing",
        absolute: "In any case",
        platform_decides: "The platform around this app decides how long it lasts.",
        never: "no limit",
        ways: "Three ways out",
        closed: "This page is for people who are signed in.",
        unknown: "We cannot tell just now whether you are signed in, so this page stays closed.",
        all_sessions: "All your sessions in this app",
        stay: "Stay signed in",
        letter: "Write something",
        letter_more: "Try it: if your session ends while you write, your words leave the screen with everything else, and are \
            here again once you have signed in again. They are kept in this tab only, and nobody else reads them.",
        letter_label: "Your text",
        letter_clear: "Clear",
    },
    own_sessions: OwnSessions {
        title: written("Your sessions"),
        lead: "Where you are signed in to this app. The list follows what happens elsewhere.",
        here: "this browser",
        began: "Began",
        used: "Last used",
        ends: "Ends by itself",
        through: "Signed in through",
        end: "End it",
        end_sure: "End this session? Whoever uses it is signed out at once.",
        end_yes: "Yes, end this session",
        others: "End all others",
        others_sure: "End all your sessions but this one? Whoever uses them is signed out at once.",
        others_yes: "Yes, end all others",
        everywhere_sure: "End all your sessions in this app, this one too, and the provider's session in this browser?",
        everywhere_yes: "Yes, sign out everywhere",
        done: "Done: it is ended.",
        failed: "That did not work just now, and nothing was claimed to be ended. Please try again.",
        alone: "There is no other session.",
        history: "Ended lately",
        history_more: "What ended in the last 30 days, at most the twenty latest.",
        no_history: "Nothing has ended lately.",
        device: "Browser",
        ended: "Ended",
        why: "Why",
        unreadable: "Your sessions could not be read just now.",
        at_platform: Gaps {
            parts: &[
                "Your sessions belong to ",
                ". Where else you are signed in is shown there, and ended there.",
            ],
            unnamed: "the platform around this app",
        },
    },
    logged_out: LoggedOut {
        title: "Signing out",
        headline,
        still_signed_in: "This app holds a live session for this browser. Sign out to end it.",
        unfinished: "This browser no longer holds the key to your session, but the server could not confirm that the \
            session is gone. Finish it now; it takes one press.",
        ended_by_provider: Gaps {
            parts: &[
                "",
                " told this app that your session is over, so it ended here. In this browser you may still be signed in at ",
                "; you can sign out there too.",
            ],
            unnamed: PROVIDER,
        },
        ran_out: Gaps {
            parts: &[
                "Nobody used it for a while, so it ended. In this browser you may still be signed in at ",
                "; you can sign out there too.",
            ],
            unnamed: PROVIDER,
        },
        not_signed_in: "This app holds no session for this browser. That says nothing of other sites.",
        of_provider,
        of_platform,
        finish: "Finish signing out",
        sign_in_again: "Sign in again",
        other_account: "Use another account",
        go_on: "Continue",
        sign_out_at: Gaps {
            parts: &["Sign out at ", " too"],
            unnamed: PROVIDER,
        },
        try_provider: Gaps {
            parts: &["Try ", " again"],
            unnamed: PROVIDER,
        },
        probe_provider: Gaps {
            parts: &["Check whether you are still signed in at ", ""],
            unnamed: PROVIDER,
        },
        under_way: "Something is still under way. With scripts this page follows it for about a minute.",
        refresh: "Refresh this page",
        unreachable: "Could not reach the server",
        unreachable_more: "You may still be signed in. We took your data off this page, but nothing was confirmed. We try \
            again by ourselves as soon as the network is back.",
        trying: "Trying again\u{2026}",
    },
    receipt: Receipt {
        title: "What was ended, and what was not",
        layer,
        status,
        more,
        is_the_servers: true,
    },
    fault: Fault {
        not_found_title: written("Not found"),
        not_found: written("There is no such page."),
        not_found_more: written("It may have left, or never been on the programme."),
        title: "Something is not right",
        headline: "We cannot tell just now.",
        more: "The server could not look up your session. Whether you are signed in is not known; nothing was ended by \
            this page. Trying again in a moment usually helps.",
    },
    time: Time {
        locale: "en-GB",
        #[cfg(any(test, feature = "ssr"))]
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        #[cfg(any(test, feature = "ssr"))]
        after_day: " ",
        #[cfg(any(test, feature = "ssr"))]
        at: " at ",
        left: Gaps {
            parts: &["", " left"],
            unnamed: "",
        },
    },
    words: Words::ENGLISH,
};

const PROVIDER: &str = "your provider";

fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::StillSignedIn => "You are still signed in",
        Verdict::Unfinished => "Your sign-out is not finished",
        Verdict::SignedOut { .. } => "You are signed out of this app",
        Verdict::EndedByProvider => "Your provider signed you out of this app",
        Verdict::RanOut => "Your session here has run out",
        Verdict::NotSignedIn => "You are not signed in here",
    }
}

fn of_provider(status: LayerStatus) -> Gaps {
    let parts: &[&str] = match status {
        LayerStatus::Ended => &["Your session at ", " is ended too."],
        LayerStatus::Returned => &[
            "",
            " was asked to sign you out there too, and sent you back here.",
        ],
        LayerStatus::Unconfirmed => &["But ", " has not confirmed that you are signed out there."],
        LayerStatus::Pending => &["But ", " is still being asked to end your session there."],
        LayerStatus::Failed => &[
            "But your session at ",
            " could not be ended: you may still be signed in there.",
        ],
        LayerStatus::CannotBeEnded => &[
            "But your session at ",
            " cannot be ended from here: you may still be signed in there.",
        ],
        LayerStatus::Kept => &["Your session at ", " was kept: you are still signed in there."],
    };
    let unnamed = if status == LayerStatus::Returned {
        "Your provider"
    } else {
        PROVIDER
    };
    Gaps { parts, unnamed }
}

fn of_platform(status: LayerStatus) -> Option<&'static str> {
    match status {
        LayerStatus::Ended => None,
        LayerStatus::Kept => Some("Your session on the platform around it was kept."),
        LayerStatus::CannotBeEnded => Some("But the platform around it cannot be signed out of from here."),
        _ => Some("But the platform around it has not confirmed that you are signed out there."),
    }
}

fn layer(layer: Layer) -> &'static str {
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

fn status(layer: Layer, status: LayerStatus) -> &'static str {
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

/// Where the server gave no sentence, which is seldom.
fn more(_: Layer, status: LayerStatus) -> Option<Gaps> {
    let sentence: &'static [&'static str; 1] = match status {
        LayerStatus::Ended | LayerStatus::Kept => return None,
        LayerStatus::Returned => &["It sent you back as after a sign-out; we cannot look inside."],
        LayerStatus::Unconfirmed => &["It was asked. No answer has come back to us."],
        LayerStatus::Pending => &["It did not answer yet. We keep trying."],
        LayerStatus::Failed => &["It was tried and did not work."],
        LayerStatus::CannotBeEnded => &["It offers no way to be ended from here."],
    };
    Some(Gaps::whole(sentence))
}
