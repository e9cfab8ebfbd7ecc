//! Who may sign in, for how long, and where to after signing out.

use std::time::Duration;

use clap::Args;
use exeunt::config::{Limits, LimitsError, PostLogoutUris, RequireClaim, RolesClaim};

use super::problems::Problems;

#[derive(Args)]
#[command(next_help_heading = "Sessions")]
pub(super) struct SessionArgs {
    /// A claim that a person must have to sign in, as claim=value.
    ///
    /// The option may be repeated; in the variable several are separated by semicolons (values may hold commas). All must
    /// hold. A claim that is a list matches if the value is in it. Default: none, everybody may. Example: groups=staff
    #[arg(long, env = "EXEUNT_REQUIRE_CLAIM", value_name = "CLAIM=VALUE")]
    pub(super) require_claim: Vec<String>,
    /// Where a person's roles stand in the claims: a JSON pointer.
    ///
    /// Default: /roles. Example: /realm_access/roles
    #[arg(long, env = "EXEUNT_ROLES_CLAIM", value_name = "POINTER")]
    pub(super) roles_claim: Option<String>,
    /// How long a session lives without being used; at least two minutes.
    ///
    /// Default: 30m. Example: 1h30m
    #[arg(long, env = "EXEUNT_IDLE_TIMEOUT", value_name = "DURATION")]
    pub(super) idle_timeout: Option<String>,
    /// How long a session lives altogether, whatever happens.
    ///
    /// Default: 12h. Example: 7d
    #[arg(long, env = "EXEUNT_ABSOLUTE_TIMEOUT", value_name = "DURATION")]
    pub(super) absolute_timeout: Option<String>,
    /// Where a caller of logout may ask to continue to, beyond /logged-out: URLs compared exactly, or paths of this
    /// origin; separated by commas.
    ///
    /// Default: none. Example: https://www.example/bye,/start
    #[arg(long, env = "EXEUNT_POST_LOGOUT_URIS", value_name = "URIS")]
    pub(super) post_logout_uris: Option<String>,
}

/// The rules of a session, checked.
pub(super) struct Session {
    pub(super) require_claims: Vec<RequireClaim>,
    pub(super) roles_claim: RolesClaim,
    pub(super) limits: Limits,
    pub(super) post_logout_uris: PostLogoutUris,
}

pub(super) fn validate(given: &SessionArgs, problems: &mut Problems) -> Session {
    let claims = given
        .require_claim
        .iter()
        .flat_map(|list| list.split(';'))
        .map(str::trim);
    Session {
        require_claims: claims
            .filter(|claim| !claim.is_empty())
            .filter_map(|claim| problems.parse("EXEUNT_REQUIRE_CLAIM", Some(claim)))
            .collect(),
        roles_claim: problems.parse_or_default("EXEUNT_ROLES_CLAIM", given.roles_claim.as_deref()),
        limits: limits(given, problems),
        post_logout_uris: problems
            .parse_or_default("EXEUNT_POST_LOGOUT_URIS", given.post_logout_uris.as_deref()),
    }
}

fn limits(given: &SessionArgs, problems: &mut Problems) -> Limits {
    let default = Limits::default();
    let idle = duration(
        "EXEUNT_IDLE_TIMEOUT",
        given.idle_timeout.as_deref(),
        default.idle(),
        problems,
    );
    let absolute = duration(
        "EXEUNT_ABSOLUTE_TIMEOUT",
        given.absolute_timeout.as_deref(),
        default.absolute(),
        problems,
    );
    let (Some(idle), Some(absolute)) = (idle, absolute) else {
        return default;
    };
    Limits::new(idle, absolute).unwrap_or_else(|error| {
        let variable = match error {
            LimitsError::AbsoluteTooLong => "EXEUNT_ABSOLUTE_TIMEOUT",
            _ => "EXEUNT_IDLE_TIMEOUT",
        };
        problems.add(variable, error);
        default
    })
}

fn duration(
    variable: &str,
    given: Option<&str>,
    default: Duration,
    problems: &mut Problems,
) -> Option<Duration> {
    let Some(text) = given else { return Some(default) };
    let refuse = |_| {
        problems.add(
            variable,
            "is not a duration; write it like 90s, 30m, 12h, 1d or 1h30m",
        );
    };
    humantime::parse_duration(text).map_err(refuse).ok()
}
