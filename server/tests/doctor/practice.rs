//! A provider, and settings that name it.

use std::ffi::OsString;

use exeunt::clock::SystemClock;
use exeunt_dev_provider::script::{ScriptedProvider, ScriptedProviderBuilder};
use server::{
    config::{self, Action, ServerConfig},
    doctor::{self, Finding, Report, Verdict},
};

pub(crate) const HERE: &str = "http://localhost:3000";
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

pub(crate) struct Practice {
    pub(crate) provider: ScriptedProvider,
    pub(crate) place: tempfile::TempDir,
}

impl Practice {
    /// A provider at which everything is registered as it should be.
    pub(crate) async fn open() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(
        change: impl FnOnce(ScriptedProviderBuilder) -> ScriptedProviderBuilder,
    ) -> Self {
        let provider = change(ScriptedProvider::builder()).start().await;
        provider.set_redirect_uris([format!("{HERE}/auth/callback")]);
        provider.set_post_logout_redirect_uris([format!("{HERE}/logged-out")]);
        Self {
            provider,
            place: tempfile::tempdir().unwrap(),
        }
    }

    /// What the environment of the program holds; `more` replaces what is named in it.
    pub(crate) fn variables(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = [
            ("EXEUNT_ISSUER", self.provider.issuer()),
            ("EXEUNT_CLIENT_ID", self.provider.client_id()),
            ("EXEUNT_CLIENT_SECRET", self.provider.client_secret()),
            ("EXEUNT_KEYS", KEY.to_owned()),
            ("EXEUNT_STORE", "memory:".to_owned()),
            ("LEPTOS_SITE_ROOT", self.place.path().display().to_string()),
        ]
        .into_iter()
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name))
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        all.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        all
    }

    pub(crate) fn config(&self, more: &[(&str, &str)]) -> ServerConfig {
        let variables = self.variables(more);
        let loaded = config::load(
            ["server", "doctor"].map(OsString::from),
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into())),
        );
        match loaded {
            Ok(Action::Doctor(examination)) => {
                examination.config.unwrap_or_else(|problems| panic!("{problems}"))
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn examine(&self, more: &[(&str, &str)]) -> Report {
        doctor::examine(&self.config(more), &SystemClock).await.unwrap()
    }
}

/// The one finding of a check.
pub(crate) fn finding<'a>(report: &'a Report, check: &str) -> &'a Finding {
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.check == check)
        .collect();
    assert_eq!(found.len(), 1, "{check} in\n{report}");
    found[0]
}

/// Only this check is wrong, and its mend says so.
pub(crate) fn assert_only_wrong(report: &Report, check: &str, mend: &str) {
    let wrong: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.verdict == Verdict::Wrong)
        .map(|finding| finding.check)
        .collect();
    assert_eq!(wrong, [check], "{report}");
    let text = finding(report, check).mend.clone().unwrap_or_default();
    assert!(text.contains(mend), "{mend:?} in {text:?}");
}
