//! Wrong settings, right settings, and what must never show.

use std::{ffi::OsString, path::Path};

use tempfile::TempDir;

use super::{Action, ServerConfig, Stop, environment, load, registration_notice};

mod development;
mod platform;
mod right;
mod secrets;
mod wrong;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
const SECRET: &str = "correct-horse-battery";

/// A place for site and store, so that tests share nothing with each other or the working directory.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(place.path().join("site")).unwrap();
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn store(&self) -> String {
        format!("sqlite:{}", self.path().join("data/exeunt.sqlite").display())
    }

    /// Loads with these options and variables; site and store are set unless they are among them.
    fn load(&self, options: &[&str], variables: &[(&str, &str)]) -> Result<Action, Stop> {
        let site = self.path().join("site").display().to_string();
        let defaults = [("LEPTOS_SITE_ROOT", site), ("EXEUNT_STORE", self.store())];
        let given = |name: &str| variables.iter().any(|(variable, _)| *variable == name);
        let defaults = defaults.into_iter().filter(|(name, _)| !given(name));
        let all = variables
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .chain(defaults);
        load(
            std::iter::once("server")
                .chain(options.iter().copied())
                .map(OsString::from),
            all.map(|(name, value)| (name.into(), value.into())),
        )
    }

    fn config(&self, options: &[&str], variables: &[(&str, &str)]) -> ServerConfig {
        match self.load(options, variables) {
            Ok(Action::Serve(config)) => *config,
            Ok(other) => panic!("{other:?}"),
            Err(Stop::Settings(problems)) => panic!("{problems}"),
            Err(Stop::CommandLine(answer)) => panic!("{answer}"),
        }
    }

    fn refusal(&self, options: &[&str], variables: &[(&str, &str)]) -> String {
        match self.load(options, variables) {
            Err(Stop::Settings(problems)) => problems.to_string(),
            other => panic!("{variables:?} gave {other:?}"),
        }
    }
}

/// What a real provider needs.
const REAL: [(&str, &str); 4] = [
    ("EXEUNT_ISSUER", "https://id.example/realms/main"),
    ("EXEUNT_CLIENT_ID", "app"),
    ("EXEUNT_CLIENT_SECRET", SECRET),
    ("EXEUNT_KEYS", KEY),
];

fn real_and<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let replaced = |name: &str| more.iter().any(|(variable, _)| *variable == name);
    REAL.into_iter()
        .filter(|(name, _)| !replaced(name))
        .chain(more.iter().copied())
        .collect()
}

#[test]
fn help_and_example_file_know_every_variable() {
    let place = Place::new();
    let Err(Stop::CommandLine(help)) = place.load(&["--help"], &[]) else {
        panic!("no help")
    };
    let help = help.to_string();
    let example = include_str!("../../../../.env.example");
    let of_the_design = "EXEUNT_PUBLIC_URL LEPTOS_SITE_ADDR LEPTOS_SITE_ROOT EXEUNT_ISSUER EXEUNT_CLIENT_ID \
        EXEUNT_CLIENT_SECRET EXEUNT_SCOPES EXEUNT_DIALECT EXEUNT_END_SESSION_ENDPOINT EXEUNT_ID_TOKEN_ALG \
        EXEUNT_TRUSTED_AUDIENCES EXEUNT_REQUIRE_CLAIM EXEUNT_ROLES_CLAIM EXEUNT_STORE EXEUNT_KEYS \
        EXEUNT_IDLE_TIMEOUT EXEUNT_ABSOLUTE_TIMEOUT EXEUNT_POST_LOGOUT_URIS EXEUNT_TRUSTED_PROXIES \
        EXEUNT_METRICS_ADDR KAMIWAZA_";
    let read = environment::variables();
    let read = read.iter().map(|(variable, _)| variable.as_str());
    for variable in of_the_design.split_whitespace().chain(read) {
        assert!(help.contains(variable), "{variable} is missing in --help");
        assert!(
            example.contains(variable),
            "{variable} is missing in .env.example"
        );
    }
}

#[test]
fn keygen_needs_no_settings() {
    let place = Place::new();
    assert!(matches!(
        place.load(&["keygen"], &[("EXEUNT_TYPO", "x")]),
        Ok(Action::Keygen)
    ));
}

#[test]
fn i7_the_notice_names_what_to_register_below_the_public_url() {
    let place = Place::new();
    let notice = registration_notice(&place.config(
        &[],
        &real_and(&[("EXEUNT_PUBLIC_URL", "https://app.example/base")]),
    ));
    assert!(
        notice.contains("https://app.example/base/auth/callback\n"),
        "{notice}"
    );
    assert!(
        notice.contains("https://app.example/base/logged-out\n")
            && notice.contains("https://app.example/base/auth/backchannel-logout\n")
            && notice.contains("https://id.example/realms/main")
    );
    let notice = registration_notice(&place.config(&[], &[]));
    assert!(
        notice.contains("EXEUNT_ISSUER") && notice.contains("development provider"),
        "{notice}"
    );
}
