//! What is wrong with the settings, all of it.

use std::{fmt, str::FromStr};

/// Every problem that was found, each as one line that names the variable and the mend.
#[derive(Debug, Default)]
pub struct Problems(Vec<String>);

impl Problems {
    /// Adds one: the message follows the name.
    pub(super) fn add(&mut self, variable: &str, message: impl fmt::Display) {
        self.0.push(format!("{variable} {message}"));
    }

    /// Each of them, one line.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a setting. `None` if it was not given, or is wrong: then that has been added.
    pub(super) fn parse<T>(&mut self, variable: &str, given: Option<&str>) -> Option<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        given?.parse().map_err(|error| self.add(variable, error)).ok()
    }

    /// Reads a setting with a default. If it is wrong, the default stands in, so that checking can go on.
    pub(super) fn parse_or_default<T>(&mut self, variable: &str, given: Option<&str>) -> T
    where
        T: FromStr<Err: fmt::Display> + Default,
    {
        self.parse(variable, given).unwrap_or_default()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = if self.0.len() == 1 {
            "a setting needs"
        } else {
            "some settings need"
        };
        writeln!(f, "Exeunt cannot start: {settings} mending.\n")?;
        for problem in &self.0 {
            writeln!(f, "  {problem}")?;
        }
        write!(f, "\n`server --help` explains every setting.")
    }
}

impl std::error::Error for Problems {}
