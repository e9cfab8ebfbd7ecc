//! Platform mode: an upstream that owns the session.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use exeunt::{
    config::KeyMaterial,
    platform::{PlatformSettings, api_url::ApiUrl},
};

use super::{args::ServeArgs, http, keygen, problems::Problems, secret, session, telemetry};

mod addresses;
mod args;
mod trust;

use addresses::{judge_default_public_url, public_api_url, public_url};
pub(super) use args::PlatformArgs;
use trust::{refuse_what_signs_nobody_in, tls, trust};

/// Everything the server needs to know in platform mode. What exists is valid.
#[derive(Debug)]
pub struct PlatformConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the built site lies, an existing directory.
    pub site_root: PathBuf,
    /// Where metrics are to be had (`EXEUNT_METRICS_ADDR`); `None`: nowhere.
    pub metrics: Option<SocketAddr>,
    /// What to log.
    pub log_filter: String,
    /// What is known of the platform.
    pub settings: PlatformSettings,
    /// What is allowed but worth a line in the log at start.
    pub notes: Vec<String>,
}

/// A page gives up on this server after ten seconds.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(8);

/// Whoever sets one of these means a platform; a provider in its place would be a surprise.
pub(super) fn refuse_what_needs_a_platform(given: &PlatformArgs, problems: &mut Problems) {
    for (variable, value) in [
        ("KAMIWAZA_PUBLIC_API_URL", &given.kamiwaza_public_api_url),
        ("KAMIWAZA_APP_URL", &given.kamiwaza_app_url),
        ("KAMIWAZA_APP_PATH", &given.kamiwaza_app_path),
        ("KAMIWAZA_USE_AUTH", &given.kamiwaza_use_auth),
        (
            "FORWARDAUTH_SIGNATURE_SECRET",
            &given.forwardauth_signature_secret,
        ),
        (
            "FORWARDAUTH_SIGNATURE_SECRET_FILE",
            &given.forwardauth_signature_secret_file,
        ),
        (
            "KAMIWAZA_TLS_REJECT_UNAUTHORIZED",
            &given.kamiwaza_tls_reject_unauthorized,
        ),
        ("EXEUNT_PLATFORM_CA_FILE", &given.platform_ca_file),
        ("EXEUNT_PLATFORM_SIGNED_STRING", &given.platform_signed_string),
        (
            "EXEUNT_PLATFORM_SIGNATURE_WINDOW",
            &given.platform_signature_window,
        ),
        ("EXEUNT_PLATFORM_CONTRACT", &given.platform_contract),
        (
            "EXEUNT_PLATFORM_FORWARDED_COOKIES",
            &given.platform_forwarded_cookies,
        ),
        ("EXEUNT_PLATFORM_RELAYED_COOKIES", &given.platform_relayed_cookies),
        ("EXEUNT_PLATFORM_TIMEOUT", &given.platform_timeout),
    ] {
        if value.is_some() {
            problems.add(
                variable,
                "is set, but KAMIWAZA_API_URL is not; set KAMIWAZA_API_URL too, or remove it",
            );
        }
    }
}

/// The settings of platform mode. `None` only if something is wrong.
pub(super) fn validate(mut given: ServeArgs, problems: &mut Problems) -> Option<PlatformConfig> {
    let mut notes = Vec::new();
    if given.provider.issuer.is_some() {
        problems.add(
            "KAMIWAZA_API_URL",
            "and EXEUNT_ISSUER are both set, but exclude each other; remove one of them",
        );
    }
    let platform = &given.platform;
    let api_url = problems.parse("KAMIWAZA_API_URL", platform.kamiwaza_api_url.as_deref());
    let public_api_url = public_api_url(platform, problems);
    let before = problems.count();
    if let Some(url) = public_url(&given, public_api_url.as_ref(), problems) {
        given.http.public_url = Some(url);
    }
    let is_said = given.http.public_url.is_some() || problems.count() > before;
    let http = http::validate(&given.http, problems);
    if !is_said {
        judge_default_public_url(http.listen, public_api_url.as_ref(), problems, &mut notes);
    }
    let telemetry = telemetry::validate(&given.telemetry, problems);
    telemetry::refuse_taken_addresses(&telemetry, http.listen, None, problems);
    let post_logout_uris = session::validate(&given.session, problems).post_logout_uris;
    let platform = &given.platform;
    let use_auth = switch(
        "KAMIWAZA_USE_AUTH",
        platform.kamiwaza_use_auth.as_deref(),
        problems,
    );
    let trust = trust(platform, &http, use_auth, problems, &mut notes);
    let tls = tls(platform, problems, &mut notes);
    let timeout = duration(
        "EXEUNT_PLATFORM_TIMEOUT",
        platform.platform_timeout.as_deref(),
        PlatformSettings::TIMEOUT,
        LONGEST_TIMEOUT,
        problems,
    );
    let contract =
        problems.parse_or_default("EXEUNT_PLATFORM_CONTRACT", platform.platform_contract.as_deref());
    refuse_what_signs_nobody_in(&trust, contract, use_auth, problems);
    let forwarded_cookies = problems.parse_or_default(
        "EXEUNT_PLATFORM_FORWARDED_COOKIES",
        platform.platform_forwarded_cookies.as_deref(),
    );
    let relayed_cookies = problems.parse_or_default(
        "EXEUNT_PLATFORM_RELAYED_COOKIES",
        platform.platform_relayed_cookies.as_deref(),
    );
    let key_material = key_material(&given, problems, &mut notes);
    note_what_stands_open(&given, &http, use_auth, &mut notes);
    let (api_url, public_api_url): (ApiUrl, _) = (api_url?, public_api_url?);
    if api_url.is_in_the_clear() {
        notes.push(
            "KAMIWAZA_API_URL is http: what the browser shows to the platform crosses the network in the clear. Use https unless \
             nobody else is on that network."
                .to_owned(),
        );
    }
    Some(PlatformConfig {
        listen: http.listen,
        site_root: http.site_root,
        metrics: telemetry.metrics,
        log_filter: telemetry.log_filter,
        settings: PlatformSettings {
            use_auth,
            contract,
            trust,
            forwarded_cookies,
            relayed_cookies,
            tls,
            timeout,
            post_logout_uris,
            trusted_proxies: http.trusted_proxies,
            ..PlatformSettings::new(http.public_url, api_url, public_api_url, key_material?)
        },
        notes,
    })
}

/// True unless it is said otherwise in one of the words that the platform knows.
fn switch(variable: &str, given: Option<&str>, problems: &mut Problems) -> bool {
    match given.map(str::to_ascii_lowercase).as_deref() {
        None | Some("1" | "true" | "yes" | "on") => true,
        Some("0" | "false" | "no" | "off") => false,
        Some(_) => {
            problems.add(variable, "is neither true nor false; write one of the two");
            true
        }
    }
}

fn duration(
    variable: &str,
    given: Option<&str>,
    default: Duration,
    longest: Duration,
    problems: &mut Problems,
) -> Duration {
    let Some(text) = given else { return default };
    match humantime::parse_duration(text) {
        Ok(duration) if !duration.is_zero() && duration <= longest => duration,
        Ok(_) => {
            let longest = humantime::format_duration(longest);
            problems.add(variable, format_args!("is zero or more than {longest}; set less"));
            default
        }
        Err(_) => {
            problems.add(variable, "is not a duration; write it like 2s, 30s or 1m");
            default
        }
    }
}

/// The keys that are set, or one that lives as long as the process: all that is sealed is what is pending for ten minutes.
fn key_material(given: &ServeArgs, problems: &mut Problems, notes: &mut Vec<String>) -> Option<KeyMaterial> {
    if given.keys.keys.is_some() || given.keys.keys_file.is_some() {
        return secret::read(
            "EXEUNT_KEYS",
            given.keys.keys.as_deref(),
            given.keys.keys_file.as_deref(),
            problems,
        );
    }
    notes.push(
        "EXEUNT_KEYS is unset: the report of a sign-out is lost if this server restarts meanwhile, and another instance cannot read \
         it. Where several run, set it (`server keygen` prints one)."
            .to_owned(),
    );
    keygen::random_key()
        .map(KeyMaterial::from)
        .map_err(|error| {
            problems.add(
                "EXEUNT_KEYS",
                format_args!(
                    "is unset, and the operating system gives no randomness ({error}); mend that, or set it"
                ),
            );
        })
        .ok()
}

fn note_what_stands_open(given: &ServeArgs, http: &http::Http, use_auth: bool, notes: &mut Vec<String>) {
    if !use_auth {
        let reach = if http.listen.ip().to_canonical().is_loopback() {
            "everybody on this machine is let in"
        } else {
            "EVERYBODY WHO REACHES THIS SERVER IS LET IN"
        };
        notes.push(format!(
            "KAMIWAZA_USE_AUTH is off: nobody has to sign in, and {reach}, as \"anonymous\"."
        ));
    }
    if given.store.store.is_some() || given.store.store_file.is_some() {
        notes.push("EXEUNT_STORE is not used in platform mode: the platform owns the sessions.".to_owned());
    }
}
