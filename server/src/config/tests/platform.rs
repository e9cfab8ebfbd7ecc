//! The settings of platform mode.

use std::time::Duration;

use exeunt::platform::{Contract, PlatformSettings, identity::Trust, settings::TlsTrust};

use super::{Action, KEY, Place, Stop};
use crate::config::{PlatformConfig, platform_notice};

const API: (&str, &str) = ("KAMIWAZA_API_URL", "http://host.docker.internal:8080");
const PUBLIC: (&str, &str) = ("KAMIWAZA_PUBLIC_API_URL", "https://k.example/api");
const SECRET: (&str, &str) = ("FORWARDAUTH_SIGNATURE_SECRET", "correct-horse-battery");

fn config(variables: &[(&str, &str)]) -> PlatformConfig {
    match Place::new().load(&[], &and(variables)) {
        Ok(Action::ServePlatform(config)) => *config,
        Err(Stop::Settings(problems)) => panic!("{problems}"),
        other => panic!("{other:?}"),
    }
}

fn and<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let replaced = |name: &str| more.iter().any(|(variable, _)| *variable == name);
    [API, PUBLIC]
        .into_iter()
        .filter(|(name, _)| !replaced(name))
        .chain(more.iter().copied())
        .collect()
}

fn noted(config: &PlatformConfig, variable: &str) -> bool {
    config.notes.iter().any(|note| note.contains(variable))
}

#[test]
fn neither_keys_nor_provider_nor_store_are_needed() {
    let place = Place::new();
    let config = match place.load(&[], &and(&[SECRET])) {
        Ok(Action::ServePlatform(config)) => *config,
        other => panic!("{other:?}"),
    };
    assert!(!place.path().join("data").exists(), "no store is made");
    let settings = &config.settings;
    assert!(settings.use_auth && settings.contract == Contract::Legacy);
    assert!(matches!(settings.trust, Trust::Signature(_)));
    assert!(matches!(settings.tls, TlsTrust::Public));
    assert_eq!(settings.timeout, PlatformSettings::TIMEOUT);
    assert_eq!(
        settings.api_url.join("auth/logout"),
        "http://host.docker.internal:8080/auth/logout"
    );
    assert!(noted(&config, "EXEUNT_KEYS") && noted(&config, "KAMIWAZA_API_URL is http"));
    assert!(platform_notice(&config).contains("http://localhost:3000/logged-out\n"));
}

#[test]
fn every_setting_reaches_its_place() {
    let place = Place::new();
    let secret = place.path().join("secret");
    std::fs::write(&secret, "correct-horse-battery\n").unwrap();
    let authority = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/auth/tests/store_postgres/tls/authority.pem"
    );
    let config = config(&[
        ("KAMIWAZA_APP_PATH", "/runtime/apps/a/"),
        ("KAMIWAZA_USE_AUTH", "No"),
        ("FORWARDAUTH_SIGNATURE_SECRET_FILE", secret.to_str().unwrap()),
        (
            "EXEUNT_PLATFORM_SIGNED_STRING",
            "{x-user-signature-ts}.{x-user-id}",
        ),
        ("EXEUNT_PLATFORM_SIGNATURE_WINDOW", "30s"),
        ("EXEUNT_PLATFORM_CA_FILE", authority),
        ("EXEUNT_PLATFORM_CONTRACT", "current"),
        ("EXEUNT_PLATFORM_FORWARDED_COOKIES", "gate"),
        ("EXEUNT_PLATFORM_RELAYED_COOKIES", "gate,other"),
        ("EXEUNT_PLATFORM_TIMEOUT", "2s"),
        ("EXEUNT_TRUSTED_PROXIES", "10.0.0.7"),
        ("EXEUNT_POST_LOGOUT_URIS", "/bye"),
        ("EXEUNT_KEYS", KEY),
    ]);
    let settings = &config.settings;
    assert_eq!(
        settings.public_url.to_string(),
        "https://k.example/runtime/apps/a"
    );
    assert!(!settings.use_auth && settings.contract == Contract::Current);
    assert!(matches!(&settings.trust, Trust::Signature(policy) if policy.window == Duration::from_secs(30)));
    assert!(matches!(settings.tls, TlsTrust::Also(_)));
    assert_eq!(settings.forwarded_cookies.to_string(), "gate");
    assert_eq!(settings.relayed_cookies.to_string(), "gate,other");
    assert_eq!(settings.timeout, Duration::from_secs(2));
    assert!(!settings.post_logout_uris.is_empty() && !settings.trusted_proxies.is_empty());
    assert!(!noted(&config, "EXEUNT_KEYS"));
}

#[test]
fn the_address_of_the_app_comes_from_the_settings_alone() {
    let port = ("LEPTOS_SITE_ADDR", "0.0.0.0:8080");
    for (variables, url) in [
        (
            &[("EXEUNT_PUBLIC_URL", "https://k.example:4443")][..],
            "https://k.example:4443",
        ),
        (
            &[("KAMIWAZA_APP_URL", "https://k.example:4443/")],
            "https://k.example:4443",
        ),
        (
            &[("KAMIWAZA_APP_PATH", "/runtime/apps/a"), port],
            "https://k.example/runtime/apps/a",
        ),
        (
            &[
                ("EXEUNT_PUBLIC_URL", "https://x.example"),
                ("KAMIWAZA_APP_PATH", "/a"),
            ],
            "https://x.example/a",
        ),
        (
            &[
                ("EXEUNT_PUBLIC_URL", "https://x.example/a"),
                ("KAMIWAZA_APP_PATH", "/a"),
            ],
            "https://x.example/a",
        ),
        (&[("KAMIWAZA_APP_PATH", "/")], "http://localhost:3000"),
    ] {
        assert_eq!(
            config(variables).settings.public_url.to_string(),
            url,
            "{variables:?}"
        );
    }
}

/// What differs from a right configuration | the variable that the message names | words of the mend.
const WRONG: &str = "
EXEUNT_ISSUER=https://id.example | KAMIWAZA_API_URL | remove one of them
KAMIWAZA_API_URL=k.example | KAMIWAZA_API_URL | write it in full
KAMIWAZA_PUBLIC_API_URL= | KAMIWAZA_PUBLIC_API_URL | as browsers reach it
KAMIWAZA_PUBLIC_API_URL=http://k.example | KAMIWAZA_PUBLIC_API_URL | use https
KAMIWAZA_APP_PATH=runtime/apps/a | KAMIWAZA_APP_PATH | begin it with a slash
KAMIWAZA_APP_PATH=/a b | EXEUNT_PUBLIC_URL | without spaces
KAMIWAZA_APP_PATH=/a & EXEUNT_PUBLIC_URL=https://k.example/b | KAMIWAZA_APP_PATH | remove one of them
KAMIWAZA_USE_AUTH=maybe | KAMIWAZA_USE_AUTH | neither true nor false
KAMIWAZA_TLS_REJECT_UNAUTHORIZED=maybe | KAMIWAZA_TLS_REJECT_UNAUTHORIZED | neither true nor false
FORWARDAUTH_SIGNATURE_SECRET=correct-horse | FORWARDAUTH_SIGNATURE_SECRET | 32 random bytes
FORWARDAUTH_SIGNATURE_SECRET_FILE=/x | FORWARDAUTH_SIGNATURE_SECRET_FILE | check path
EXEUNT_PLATFORM_SIGNED_STRING={x-user-id} | EXEUNT_PLATFORM_SIGNED_STRING | x-user-signature-ts
FORWARDAUTH_SIGNATURE_SECRET=correct-horse-battery & EXEUNT_PLATFORM_SIGNED_STRING={x-user-signature-ts}.{x-user-id} | EXEUNT_PLATFORM_SIGNED_STRING | x-user-email
LEPTOS_SITE_ADDR=0.0.0.0:3000 | KAMIWAZA_APP_URL | send browsers back
LEPTOS_SITE_ADDR=[::]:3000 & KAMIWAZA_APP_PATH=/ | KAMIWAZA_APP_URL | send browsers back
EXEUNT_PLATFORM_SIGNATURE_WINDOW=1h | EXEUNT_PLATFORM_SIGNATURE_WINDOW | set less
EXEUNT_PLATFORM_CA_FILE=/x | EXEUNT_PLATFORM_CA_FILE | check path
EXEUNT_PLATFORM_CONTRACT=new | EXEUNT_PLATFORM_CONTRACT | legacy nor current
EXEUNT_PLATFORM_FORWARDED_COOKIES=a b | EXEUNT_PLATFORM_FORWARDED_COOKIES | separated by commas
EXEUNT_PLATFORM_RELAYED_COOKIES=__Host-exeunt | EXEUNT_PLATFORM_RELAYED_COOKIES | remove it
EXEUNT_PLATFORM_TIMEOUT=10s | EXEUNT_PLATFORM_TIMEOUT | set less
EXEUNT_PLATFORM_TIMEOUT=5 | EXEUNT_PLATFORM_TIMEOUT | like 2s
EXEUNT_KEYS=x | EXEUNT_KEYS | server keygen
EXEUNT_PLATFORM_SECRET=x | EXEUNT_PLATFORM_SECRET | rename it
";

#[test]
fn each_wrong_setting_is_named_with_its_mend() {
    let place = Place::new();
    for case in WRONG.lines().filter(|line| !line.is_empty()) {
        let [variables, named, mend] = case.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{case}");
        };
        let variables: Vec<_> = variables
            .split('&')
            .filter_map(|pair| pair.trim().split_once('='))
            .collect();
        let message = place.refusal(&[], &and(&variables));
        let line = message
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{named} ")));
        assert!(line.is_some_and(|line| line.contains(mend)), "{case}\n{message}");
        assert!(!message.contains("correct-h"), "a secret shows: {message}");
    }
}

#[test]
fn without_a_platform_its_settings_are_mistakes() {
    for (variable, value) in [
        ("KAMIWAZA_PUBLIC_API_URL", "https://k.example/api"),
        ("KAMIWAZA_APP_URL", "https://k.example:4443"),
        ("KAMIWAZA_APP_PATH", "/a"),
        ("KAMIWAZA_USE_AUTH", "false"),
        ("KAMIWAZA_TLS_REJECT_UNAUTHORIZED", "false"),
        ("FORWARDAUTH_SIGNATURE_SECRET", "correct-horse-battery"),
        ("FORWARDAUTH_SIGNATURE_SECRET_FILE", "/x"),
        ("EXEUNT_PLATFORM_CA_FILE", "/x"),
        ("EXEUNT_PLATFORM_SIGNED_STRING", "{x-user-id}"),
        ("EXEUNT_PLATFORM_SIGNATURE_WINDOW", "30s"),
        ("EXEUNT_PLATFORM_CONTRACT", "current"),
        ("EXEUNT_PLATFORM_FORWARDED_COOKIES", "gate"),
        ("EXEUNT_PLATFORM_RELAYED_COOKIES", "gate"),
        ("EXEUNT_PLATFORM_TIMEOUT", "2s"),
    ] {
        let message = Place::new().refusal(&[], &[(variable, value)]);
        assert!(
            message.contains(&format!("  {variable} is set, but KAMIWAZA_API_URL is not")),
            "{variable}: {message}"
        );
    }
}

/// Where all happens on one machine the default is right; where only the gateway does, it is said.
#[test]
fn the_default_address_of_the_app_is_for_one_machine() {
    let said = "each person's own machine";
    assert!(noted(&config(&[SECRET]), said));
    for loopback in [
        "http://localhost:3001/api",
        "http://127.0.0.1:3001",
        "http://[::1]:3001",
    ] {
        assert!(
            !noted(&config(&[SECRET, ("KAMIWAZA_PUBLIC_API_URL", loopback)]), said),
            "{loopback}"
        );
    }
    assert!(!noted(&config(&[SECRET, ("KAMIWAZA_APP_PATH", "/a")]), said));
    // What is wrong is told once.
    let message = Place::new().refusal(
        &[],
        &and(&[("KAMIWAZA_APP_PATH", "a"), ("LEPTOS_SITE_ADDR", "0.0.0.0:3000")]),
    );
    assert!(!message.contains("KAMIWAZA_APP_URL is unset"), "{message}");
}

#[test]
fn commands_for_sessions_of_ours_do_not_run() {
    for command in [&["doctor"][..], &["reseal"], &["end", "--user", "ada"]] {
        match Place::new().load(command, &and(&[])) {
            Err(Stop::Settings(problems)) => assert!(problems.to_string().contains("KAMIWAZA_API_URL")),
            other => panic!("{command:?} gave {other:?}"),
        }
    }
}

#[test]
fn f8_7_k16_what_stands_open_is_said_loudly() {
    let open = config(&[
        ("KAMIWAZA_USE_AUTH", "off"),
        ("KAMIWAZA_TLS_REJECT_UNAUTHORIZED", "0"),
        ("LEPTOS_SITE_ADDR", "0.0.0.0:3000"),
        ("KAMIWAZA_APP_PATH", "/a"),
    ]);
    assert!(noted(&open, "EVERYBODY WHO REACHES THIS SERVER IS LET IN"));
    assert!(noted(&open, "NO CERTIFICATE OF THE PLATFORM IS CHECKED"));
    assert!(matches!(open.settings.tls, TlsTrust::Nothing));
    assert!(!noted(&config(&[("KAMIWAZA_USE_AUTH", "off")]), "EVERYBODY WHO"));
    assert!(noted(&config(&[]), "nobody can be signed in"));
    let network = config(&[("EXEUNT_TRUSTED_PROXIES", "10.0.0.0/8")]);
    assert!(noted(&network, "every machine in them"));
    assert!(!noted(
        &config(&[("EXEUNT_TRUSTED_PROXIES", "10.0.0.7")]),
        "every machine"
    ));
}

#[test]
fn i16_the_secret_is_no_option() {
    let message = Place::new().refusal(
        &["--forwardauth-signature-secret", "correct-horse-battery"],
        &and(&[]),
    );
    assert!(
        message.contains("FORWARDAUTH_SIGNATURE_SECRET cannot be given as an option"),
        "{message}"
    );
    assert!(!message.contains("correct-horse"));
}
