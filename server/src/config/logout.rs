//! By which mechanisms sessions end, and how far a sign-out goes.

use std::time::Duration;

use clap::Args;
use exeunt::config::LogoutSettings;

use super::problems::Problems;

#[derive(Args)]
#[command(next_help_heading = "Sign-out")]
pub(super) struct LogoutArgs {
    /// Whether a back-channel logout leaves refresh tokens alone that were granted with offline_access: true or false.
    ///
    /// Every other end revokes them. Default: false
    #[arg(long, env = "EXEUNT_KEEP_OFFLINE_ACCESS", value_name = "BOOL")]
    pub(super) keep_offline_access: Option<String>,
    /// Whether the provider may end sessions through an iframe (Front-Channel Logout 1.0): auto, on or off.
    ///
    /// auto: if the provider advertises it. Default: auto
    #[arg(long, env = "EXEUNT_FRONT_CHANNEL_LOGOUT", value_name = "SWITCH")]
    pub(super) front_channel_logout: Option<String>,
    /// Whether, after a sign-out, the provider is asked if its session is really over: true or false.
    ///
    /// The browser passes by the provider once more, with prompt=none; only the answer login_required is taken as proof.
    /// Default: false
    #[arg(long, env = "EXEUNT_LOGOUT_PROBE", value_name = "BOOL")]
    pub(super) logout_probe: Option<String>,
    /// How long a session goes on before the provider is asked, by a refresh, whether it still stands; at least a minute.
    ///
    /// For providers that never call when they end a session. It needs refresh tokens. Default: never. Example: 5m
    #[arg(long, env = "EXEUNT_LIVENESS_CHECK", value_name = "DURATION")]
    pub(super) liveness_check: Option<String>,
    /// Whether pages watch the provider's session through its check_session_iframe (Session Management 1.0): true or
    /// false.
    ///
    /// Browsers that block third-party cookies make it useless. Default: false
    #[arg(long, env = "EXEUNT_SESSION_MANAGEMENT", value_name = "BOOL")]
    pub(super) session_management: Option<String>,
}

pub(super) fn validate(given: &LogoutArgs, problems: &mut Problems) -> LogoutSettings {
    LogoutSettings {
        keep_offline_access: yes_or_no(
            "EXEUNT_KEEP_OFFLINE_ACCESS",
            given.keep_offline_access.as_deref(),
            problems,
        ),
        front_channel: problems.parse_or_default(
            "EXEUNT_FRONT_CHANNEL_LOGOUT",
            given.front_channel_logout.as_deref(),
        ),
        probe: yes_or_no("EXEUNT_LOGOUT_PROBE", given.logout_probe.as_deref(), problems),
        liveness_check: liveness_check(given.liveness_check.as_deref(), problems),
        session_management: yes_or_no(
            "EXEUNT_SESSION_MANAGEMENT",
            given.session_management.as_deref(),
            problems,
        ),
    }
}

fn yes_or_no(variable: &str, given: Option<&str>, problems: &mut Problems) -> bool {
    match given {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            problems.add(variable, "is neither true nor false");
            false
        }
    }
}

/// More often than this, every page would cost a call to the provider.
const SHORTEST: Duration = Duration::from_secs(60);

fn liveness_check(given: Option<&str>, problems: &mut Problems) -> Option<Duration> {
    let refuse = |problems: &mut Problems| {
        problems.add(
            "EXEUNT_LIVENESS_CHECK",
            "is not a duration of at least a minute; write it like 5m or 1h",
        );
        None
    };
    match humantime::parse_duration(given?) {
        Ok(interval) if interval >= SHORTEST => Some(interval),
        _ => refuse(problems),
    }
}
