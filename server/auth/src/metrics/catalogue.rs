//! Everything that is measured: names, meanings, and which words may stand in which label. Seconds are the only unit.

use super::{
    provider::Fault,
    store::{OPERATIONS, Outcome},
    words::{AttemptOutcome, BackChannelAnswer, LOGIN_OUTCOMES, LoginStart, RefreshOutcome},
};
use crate::{
    logout::{
        Reason,
        receipt::{Layer, Status},
    },
    provider::outbound::Endpoint,
};

/// How a number moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up, since the process began.
    Counter,
    /// Up and down.
    Gauge,
    /// How many took how long.
    Histogram,
}

/// A label.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// What it is called.
    pub name: &'static str,
    /// Every word that may stand in it. Empty where the program around this crate says which.
    pub values: &'static [&'static str],
}

/// Something that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// What it is called; the unit stands at its end.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it means, in one line.
    pub help: &'static str,
    /// What it is told apart by.
    pub labels: &'static [Label],
}

impl Metric {
    /// Every combination of the words of its labels.
    pub(super) fn combinations(&self) -> Vec<Vec<(&'static str, &'static str)>> {
        self.labels.iter().fold(vec![Vec::new()], |combinations, label| {
            let with = |before: &Vec<_>| {
                let before = before.clone();
                label.values.iter().map(move |value| {
                    let mut combination = before.clone();
                    combination.push((label.name, *value));
                    combination
                })
            };
            combinations.iter().flat_map(with).collect()
        })
    }
}

/// The words of an enumeration.
macro_rules! words {
    ($all:expr) => {{
        const WORDS: [&str; $all.len()] = {
            let mut words = [""; $all.len()];
            let mut place = 0;
            while place < words.len() {
                words[place] = $all[place].as_str();
                place += 1;
            }
            words
        };
        &WORDS
    }};
}

macro_rules! metrics {
    ($($constant:ident: $kind:ident $name:literal, $help:literal, [$($label:literal: $values:expr),*];)+) => {
        $(
            #[doc = $help]
            pub const $constant: Metric = Metric {
                name: $name,
                kind: Kind::$kind,
                help: $help,
                labels: &[$(Label { name: $label, values: $values }),*],
            };
        )+

        /// All of them.
        pub const ALL: &[Metric] = &[$($constant),+];
    };
}

metrics! {
    BUILD_INFO: Gauge "exeunt_build_info", "1, with the version of the program.", ["version": &[]];

    SESSIONS: Gauge "exeunt_sessions", "Living sessions in the store.", [];
    SESSIONS_BEGUN: Counter "exeunt_sessions_begun_total", "Sessions that began.", [];
    SESSIONS_ENDED: Counter "exeunt_sessions_ended_total", "Sessions that ended, by why.",
        ["cause": words!(Reason::ALL)];
    LOGOUT_LAYERS: Counter "exeunt_logout_layers_total", "What persons who signed out were told of each layer.",
        ["layer": words!(Layer::ALL), "status": words!(Status::ALL)];

    LOGIN_ATTEMPTS: Counter "exeunt_login_attempts_total", "Sign-ins that were asked for: begun, or why not.",
        ["outcome": words!(LoginStart::ALL)];
    LOGINS: Counter "exeunt_logins_total", "Sign-ins that came back from the provider, by how they ended.",
        ["outcome": &LOGIN_OUTCOMES];
    REFRESHES: Counter "exeunt_refreshes_total", "Refreshes that were asked of the provider, by how they ended.",
        ["outcome": words!(RefreshOutcome::ALL)];
    BACK_CHANNEL_REQUESTS: Counter "exeunt_back_channel_requests_total",
        "Back-channel logout requests, by what came of them.",
        ["answer": words!(BackChannelAnswer::ALL)];

    OUTBOX_ENTRIES: Gauge "exeunt_outbox_entries", "Ended sessions whose tokens wait to be revoked.", [];
    OUTBOX_OLDEST_AGE: Gauge "exeunt_outbox_oldest_age_seconds",
        "For how long the oldest of them has waited; 0 if none waits.", [];
    OUTBOX_ATTEMPTS: Counter "exeunt_outbox_attempts_total", "Attempts to revoke the tokens of a session, by how they ended.",
        ["outcome": words!(AttemptOutcome::ALL)];

    PROVIDER_REQUESTS: Histogram "exeunt_provider_request_duration_seconds",
        "How long requests to the provider took, until the last byte of the answer or until they were given up.",
        ["endpoint": words!(Endpoint::ALL)];
    PROVIDER_FAULTS: Counter "exeunt_provider_faults_total", "Requests to the provider that gave nothing usable, by why.",
        ["endpoint": words!(Endpoint::ALL), "kind": words!(Fault::ALL)];

    STORE_OPERATIONS: Histogram "exeunt_store_operation_duration_seconds", "How long operations of the store took.",
        ["operation": &OPERATIONS, "outcome": words!(Outcome::ALL)];

    EVENT_STREAMS: Gauge "exeunt_event_streams", "Streams of events that tabs listen to at this instance.", [];
    HTTP_REQUESTS: Histogram "exeunt_http_request_duration_seconds",
        "How long requests took until their answer began, by the route that the app declares.",
        [
            "route": &[],
            "method": &crate::http::measuring::METHODS,
            "status": &["1xx", "2xx", "3xx", "4xx", "5xx"]
        ];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn is_word(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    }

    #[test]
    fn names_are_as_prometheus_wants_them_and_differ() {
        let mut names = BTreeSet::new();
        for metric in ALL {
            assert!(
                metric.name.starts_with("exeunt_") && is_word(metric.name),
                "{}",
                metric.name
            );
            assert!(names.insert(metric.name), "{} is there twice", metric.name);
            assert_eq!(
                metric.kind == Kind::Counter,
                metric.name.ends_with("_total"),
                "{}",
                metric.name
            );
            assert_eq!(
                metric.kind == Kind::Histogram,
                metric.name.ends_with("_duration_seconds"),
                "{}",
                metric.name
            );
            assert!(
                metric.labels.iter().all(|label| is_word(label.name)),
                "{}",
                metric.name
            );
        }
    }

    #[test]
    fn the_words_of_a_label_differ_and_a_counter_knows_all_of_its() {
        for metric in ALL {
            for label in metric.labels {
                let different: BTreeSet<_> = label.values.iter().collect();
                assert_eq!(
                    different.len(),
                    label.values.len(),
                    "{} {}",
                    metric.name,
                    label.name
                );
                assert!(
                    metric.kind != Kind::Counter || !label.values.is_empty(),
                    "{} {} is open",
                    metric.name,
                    label.name
                );
            }
        }
        assert_eq!(
            LOGOUT_LAYERS.combinations().len(),
            Layer::ALL.len() * Status::ALL.len()
        );
        assert_eq!(SESSIONS_BEGUN.combinations(), [Vec::new()]);
    }
}
