//! Platform mode: an upstream that owns the session. Not in this build.

use clap::Args;

use super::problems::Problems;

#[derive(Args)]
#[command(next_help_heading = "Platform (KAMIWAZA_*)")]
pub(super) struct PlatformArgs {
    /// Not in this build: the platform whose session the app shares. Leave it unset.
    #[arg(long, env = "KAMIWAZA_API_URL", value_name = "URL")]
    pub(super) kamiwaza_api_url: Option<String>,
}

/// Refuses it: to go on without would sign people in elsewhere than the operator means.
pub(super) fn refuse(given: &PlatformArgs, issuer_is_set: bool, problems: &mut Problems) {
    if given.kamiwaza_api_url.is_none() {
        return;
    }
    if issuer_is_set {
        problems.add(
            "KAMIWAZA_API_URL",
            "and EXEUNT_ISSUER are both set, but exclude each other; remove one of them",
        );
    }
    problems.add(
        "KAMIWAZA_API_URL",
        "is set, but this build has no platform mode; remove it and set EXEUNT_ISSUER",
    );
}
