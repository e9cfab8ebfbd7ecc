//! Where sessions are kept.

use std::{path::PathBuf, str::FromStr};

/// What is wrong with a choice of store. Never holds the value: the address of a database may contain a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreChoiceError {
    /// A store that is not built in.
    #[error("names a {0} store, which is not in this build; use sqlite:PATH or memory:")]
    NotBuilt(&'static str),
    /// `sqlite:` without a path.
    #[error("names no file; write sqlite:PATH, like sqlite:/var/lib/exeunt/exeunt.sqlite")]
    NoPath,
    /// `sqlite:` with something that is not a plain path.
    #[error(
        "does not name a plain file; write sqlite:PATH without // before it and without ? or options behind it"
    )]
    NotPlain,
    /// `sqlite::memory:`.
    #[error("asks sqlite for a store in memory; write memory: for that")]
    SqliteMemory,
    /// None of the above.
    #[error("is not a store; use sqlite:PATH, postgres://… or memory:")]
    Unknown,
    /// The address of a PostgreSQL database that cannot be used.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] super::PostgresUrlError),
}

/// Where sessions are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreChoice {
    /// In memory, gone with the process: `memory:`.
    Memory,
    /// In a SQLite file: `sqlite:PATH`, relative to the working directory unless it begins with a slash.
    Sqlite(PathBuf),
    /// In a PostgreSQL database: `postgres://…`.
    #[cfg(feature = "postgres")]
    Postgres(super::PostgresUrl),
}

impl Default for StoreChoice {
    /// `sqlite:.exeunt/exeunt.sqlite`.
    fn default() -> Self {
        Self::Sqlite(PathBuf::from(".exeunt/exeunt.sqlite"))
    }
}

impl FromStr for StoreChoice {
    type Err = StoreChoiceError;

    fn from_str(text: &str) -> Result<Self, StoreChoiceError> {
        let (scheme, rest) = text.split_once(':').ok_or(StoreChoiceError::Unknown)?;
        match (scheme, rest) {
            ("memory", "") => Ok(Self::Memory),
            ("sqlite", ":memory:") => Err(StoreChoiceError::SqliteMemory),
            ("sqlite", "") => Err(StoreChoiceError::NoPath),
            ("sqlite", path)
                if path.trim() != path || path.starts_with("//") || path.contains(['?', '\0']) =>
            {
                Err(StoreChoiceError::NotPlain)
            }
            ("sqlite", path) if path.ends_with('/') => Err(StoreChoiceError::NoPath),
            ("sqlite", path) => Ok(Self::Sqlite(PathBuf::from(path))),
            #[cfg(feature = "postgres")]
            ("postgres" | "postgresql", _) => Ok(Self::Postgres(text.parse()?)),
            #[cfg(not(feature = "postgres"))]
            ("postgres" | "postgresql", _) => Err(StoreChoiceError::NotBuilt("PostgreSQL")),
            ("redis" | "rediss", _) => Err(StoreChoiceError::NotBuilt("Redis")),
            _ => Err(StoreChoiceError::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_and_memory_are_read() {
        assert_eq!("memory:".parse(), Ok(StoreChoice::Memory));
        assert_eq!(
            "sqlite:a/b.sqlite".parse(),
            Ok(StoreChoice::Sqlite("a/b.sqlite".into()))
        );
        assert_eq!("sqlite:/a/b".parse(), Ok(StoreChoice::Sqlite("/a/b".into())));
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn i16_a_database_is_read_and_not_shown() {
        for scheme in ["postgres", "postgresql"] {
            let choice: StoreChoice = format!("{scheme}://me:hunter2@db/exeunt").parse().unwrap();
            assert!(matches!(choice, StoreChoice::Postgres(_)), "{scheme}");
            assert!(!format!("{choice:?}").contains("hunter2"));
        }
    }

    #[test]
    fn everything_else_is_refused_without_being_repeated() {
        for (text, error) in [
            #[cfg(feature = "postgres")]
            (
                "postgres://me:hunter2@db/exeunt?hunter2=1",
                StoreChoiceError::Postgres(super::super::PostgresUrlError::UnknownParameter),
            ),
            #[cfg(not(feature = "postgres"))]
            (
                "postgres://me:hunter2@db/exeunt",
                StoreChoiceError::NotBuilt("PostgreSQL"),
            ),
            ("rediss://:hunter2@db", StoreChoiceError::NotBuilt("Redis")),
            ("mysql://me:hunter2@db", StoreChoiceError::Unknown),
            ("hunter2", StoreChoiceError::Unknown),
            ("sqlite:", StoreChoiceError::NoPath),
            ("sqlite:dir/", StoreChoiceError::NoPath),
            ("sqlite::memory:", StoreChoiceError::SqliteMemory),
            ("sqlite://hunter2", StoreChoiceError::NotPlain),
            ("sqlite:a?mode=hunter2", StoreChoiceError::NotPlain),
        ] {
            let found = text.parse::<StoreChoice>().unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(!format!("{found} {found:?}").contains("hunter2"));
        }
    }
}
