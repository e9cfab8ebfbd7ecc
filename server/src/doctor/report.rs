//! All findings, for a person at a terminal or for a program.

use std::fmt;

use exeunt::provider::dialect::Habits;
use serde_json::json;

use super::finding::{Finding, Verdict};
use crate::config::{Problems, ServerConfig};

/// How wide a line of text may be.
const WIDTH: usize = 96;
/// Where the text of a finding begins.
const MARGIN: usize = 34;

/// What the doctor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who is who: what it is called, and its value.
    head: Vec<(&'static str, String)>,
    findings: Vec<Finding>,
    registrations: Vec<(&'static str, String)>,
}

impl Report {
    pub(super) fn new(
        config: &ServerConfig,
        dialect: Option<&'static Habits>,
        findings: Vec<Finding>,
        registrations: Vec<(&'static str, String)>,
    ) -> Self {
        let provider = &config.settings.provider;
        let mut head = vec![
            ("app", config.settings.public_url.to_string()),
            ("provider", provider.issuer.to_string()),
            ("client", provider.client_id.to_string()),
        ];
        if let Some(dialect) = dialect {
            let how = if provider.dialect == dialect.dialect() {
                "as EXEUNT_DIALECT says"
            } else {
                "recognised"
            };
            head.push(("dialect", format!("{} ({how})", dialect.dialect())));
        }
        Self {
            head,
            findings,
            registrations,
        }
    }

    /// When the settings themselves are wrong, there is nothing to try.
    pub(super) fn of_problems(problems: &Problems) -> Self {
        let finding = |problem: &str| {
            Finding::wrong(
                "settings",
                problem,
                "`server --help` explains every setting; nothing was tried yet.",
            )
        };
        Self {
            head: Vec::new(),
            findings: problems.iter().map(finding).collect(),
            registrations: Vec::new(),
        }
    }

    /// What was found, in the order in which it was looked at.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether something is wrong.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.count(Verdict::Wrong) > 0
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count()
    }

    /// As one JSON object: `about` (app, provider, client, dialect), `findings`, `register`, `summary`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "check": finding.check,
                    "verdict": finding.verdict.as_str(),
                    "seen": finding.seen,
                    "mend": finding.mend,
                })
            })
            .collect();
        let register: Vec<_> = self
            .registrations
            .iter()
            .map(|(name, address)| json!({"name": name, "value": address}))
            .collect();
        let summary = json!({
            "ok": self.count(Verdict::Ok),
            "warning": self.count(Verdict::Warning),
            "wrong": self.count(Verdict::Wrong),
        });
        let about: serde_json::Map<_, _> = self
            .head
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let whole = json!({"about": about, "findings": findings, "register": register, "summary": summary});
        // Pretty-printing a value fails only on a writer, and a String is none that does.
        serde_json::to_string_pretty(&whole).unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.head {
            writeln!(f, "{name:<10}{value}")?;
        }
        if !self.head.is_empty() {
            writeln!(f)?;
        }
        for finding in &self.findings {
            let mark = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Wrong => "WRONG",
            };
            let label = format!("{mark:<9}{}", finding.check.replace('_', " "));
            write_wrapped(f, &label, &finding.seen, MARGIN)?;
            if let Some(mend) = &finding.mend {
                let arrow = format!("{:MARGIN$}→", "");
                write_wrapped(f, &arrow, mend, MARGIN + 2)?;
            }
        }
        if !self.registrations.is_empty() {
            writeln!(f, "\nRegister at the provider, equal to the letter:")?;
        }
        for (name, address) in &self.registrations {
            writeln!(f, "  {name:<26}{address}")?;
        }
        let warnings = self.count(Verdict::Warning);
        write!(
            f,
            "\n{} wrong, {warnings} {}, {} ok.",
            self.count(Verdict::Wrong),
            if warnings == 1 { "warning" } else { "warnings" },
            self.count(Verdict::Ok)
        )
    }
}

/// A label, and beside it from column `margin` the text, in lines that break between words. An address is never broken.
fn write_wrapped(f: &mut fmt::Formatter<'_>, label: &str, text: &str, margin: usize) -> fmt::Result {
    write!(f, "{label:<margin$}")?;
    let mut column = margin;
    for (at, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if at > 0 && column + 1 + length > WIDTH {
            write!(f, "\n{:margin$}{word}", "")?;
            column = margin + length;
        } else {
            let space = if at > 0 { " " } else { "" };
            write!(f, "{space}{word}")?;
            column += space.len() + length;
        }
    }
    writeln!(f)
}
