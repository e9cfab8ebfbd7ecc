//! Where platform and app are reached.

use std::net::SocketAddr;

use exeunt::{config::PublicUrl, platform::api_url::PublicApiUrl};

use super::{PlatformArgs, Problems, ServeArgs};

/// As browsers reach it; without a setting of its own as this server does, if browsers can.
pub(super) fn public_api_url(given: &PlatformArgs, problems: &mut Problems) -> Option<PublicApiUrl> {
    if let Some(text) = &given.kamiwaza_public_api_url {
        return problems.parse("KAMIWAZA_PUBLIC_API_URL", Some(text));
    }
    let inside = given.kamiwaza_api_url.as_deref()?.parse().ok();
    if inside.is_none() {
        problems.add(
            "KAMIWAZA_PUBLIC_API_URL",
            "is unset, and browsers cannot use KAMIWAZA_API_URL; set it to the platform's API as browsers reach it, over https",
        );
    }
    inside
}

/// Where people find the app, as `EXEUNT_PUBLIC_URL` would say it; `None`: it says it itself, or the default holds.
pub(super) fn public_url(
    given: &ServeArgs,
    api: Option<&PublicApiUrl>,
    problems: &mut Problems,
) -> Option<String> {
    let platform = &given.platform;
    let path = platform
        .kamiwaza_app_path
        .as_deref()
        .map(|path| path.trim_end_matches('/'))
        .filter(|path| !path.is_empty());
    let said = given
        .http
        .public_url
        .as_deref()
        .map(|url| ("EXEUNT_PUBLIC_URL", url))
        .or_else(|| Some(("KAMIWAZA_APP_URL", platform.kamiwaza_app_url.as_deref()?)));
    let Some(path) = path else {
        return said.map(|(_, url)| url.to_owned());
    };
    if !path.starts_with('/') {
        problems.add(
            "KAMIWAZA_APP_PATH",
            "is not a path; begin it with a slash, like /runtime/apps/my-app",
        );
        return None;
    }
    let Some((variable, url)) = said else {
        return Some(format!("{}{path}", api?.origin()));
    };
    // What is no address is told by whoever reads it next.
    let Ok(parsed) = url.parse::<PublicUrl>() else {
        return Some(url.to_owned());
    };
    match parsed.base_path() {
        "" => Some(format!("{}{path}", parsed.origin())),
        same if same == path => Some(url.to_owned()),
        _ => {
            problems.add(
                "KAMIWAZA_APP_PATH",
                format_args!("and the path of {variable} differ; remove one of them"),
            );
            None
        }
    }
}

/// Nobody said where people find the app. What holds then is right where all happens on one machine, and nowhere else: every return
/// from the platform would lead to the person's own machine.
pub(super) fn judge_default_public_url(
    listen: SocketAddr,
    api: Option<&PublicApiUrl>,
    problems: &mut Problems,
    notes: &mut Vec<String>,
) {
    if !listen.ip().to_canonical().is_loopback() {
        problems.add(
            "KAMIWAZA_APP_URL",
            "is unset, and so are KAMIWAZA_APP_PATH and EXEUNT_PUBLIC_URL; set one of them, so that the platform can send browsers back",
        );
    } else if api.is_some_and(|api| !api.is_loopback()) {
        notes.push(
            "KAMIWAZA_APP_PATH, KAMIWAZA_APP_URL and EXEUNT_PUBLIC_URL are all unset: the platform sends browsers back to \
             http://localhost:3000, which is each person's own machine. Set one of them."
                .to_owned(),
        );
    }
}
