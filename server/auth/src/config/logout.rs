//! How far a sign-out goes, and by which mechanisms a session can end.

use std::{fmt, str::FromStr, time::Duration};

/// What is wrong with a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of auto, on, off")]
pub struct SwitchError;

/// On, off, or as the provider's metadata suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// On if the provider advertises it. The default.
    #[default]
    Auto,
    /// On.
    On,
    /// Off.
    Off,
}

impl Switch {
    /// Whether it is on, given what the provider advertises.
    #[must_use]
    pub const fn is_on(self, advertised: bool) -> bool {
        match self {
            Self::Auto => advertised,
            Self::On => true,
            Self::Off => false,
        }
    }

    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl FromStr for Switch {
    type Err = SwitchError;

    fn from_str(text: &str) -> Result<Self, SwitchError> {
        [Self::Auto, Self::On, Self::Off]
            .into_iter()
            .find(|switch| switch.as_str() == text)
            .ok_or(SwitchError)
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sessions end.
#[derive(Clone, Debug, Default)]
pub struct LogoutSettings {
    /// Whether a back-channel logout leaves refresh tokens alone that were granted with `offline_access`
    /// (`EXEUNT_KEEP_OFFLINE_ACCESS`, no).
    /// [Back-Channel Logout 1.0, section 2.7](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions)
    pub keep_offline_access: bool,
    /// Front-Channel Logout 1.0 (`EXEUNT_FRONT_CHANNEL_LOGOUT`, auto).
    pub front_channel: Switch,
    /// Whether, after the provider sent the browser back, it is asked with `prompt=none` if its session is really over
    /// (`EXEUNT_LOGOUT_PROBE`, no).
    pub probe: bool,
    /// How long a session may go on without the provider being asked, by a refresh, whether it still stands
    /// (`EXEUNT_LIVENESS_CHECK`, never).
    pub liveness_check: Option<Duration>,
    /// Session Management 1.0: whether pages watch the provider's `check_session_iframe` (`EXEUNT_SESSION_MANAGEMENT`, no).
    pub session_management: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_follows_the_provider_only_on_auto() {
        for (text, advertised, on) in [
            ("auto", true, true),
            ("auto", false, false),
            ("on", false, true),
            ("off", true, false),
        ] {
            assert_eq!(text.parse::<Switch>().unwrap().is_on(advertised), on, "{text}");
        }
        assert_eq!("yes".parse::<Switch>(), Err(SwitchError));
    }
}
