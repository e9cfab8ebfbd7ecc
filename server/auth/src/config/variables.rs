//! The settings of an app that has no command line of its own: by the names that the reference server reads.

use std::{fmt::Display, str::FromStr};

use super::{ProviderSettings, Settings};

/// A setting is missing or wrong. Never holds its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VariableError {
    /// It has no default and was not given.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// It was given and cannot be used.
    #[error("{variable} {why}")]
    Wrong {
        /// Its name.
        variable: &'static str,
        /// What is wrong with it and how to mend it.
        why: String,
    },
}

impl Settings {
    /// Reads what has no default: `EXEUNT_PUBLIC_URL`, `EXEUNT_ISSUER`, `EXEUNT_CLIENT_ID` and `EXEUNT_KEYS`; and
    /// `EXEUNT_CLIENT_SECRET`, without which this is a public client. The rest is as [`Settings::new`] leaves it.
    ///
    /// Where they come from is for the caller to say; from the environment [`Settings::from_environment`] takes them.
    /// ```no_run
    /// use exeunt::config::Settings;
    ///
    /// let settings = Settings::from_variables(|name| std::fs::read_to_string(format!("/run/settings/{name}")).ok())?;
    /// # Ok::<(), exeunt::config::VariableError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If one is missing or wrong: the first.
    pub fn from_variables(given: impl Fn(&str) -> Option<String>) -> Result<Self, VariableError> {
        let given = |name| given(name).map(|text| (name, text));
        let needed = |name: &'static str| given(name).ok_or(VariableError::Missing(name));
        let public_url = parse(needed("EXEUNT_PUBLIC_URL")?)?;
        let provider = ProviderSettings::new(
            parse(needed("EXEUNT_ISSUER")?)?,
            parse(needed("EXEUNT_CLIENT_ID")?)?,
            given("EXEUNT_CLIENT_SECRET").map(parse).transpose()?,
        );
        Ok(Self::new(public_url, provider, parse(needed("EXEUNT_KEYS")?)?))
    }
}

impl Settings {
    /// [`Settings::from_variables`] from the environment of this process. What is set and is no UTF-8 counts as not set.
    ///
    /// # Errors
    ///
    /// If one is missing or wrong: the first.
    pub fn from_environment() -> Result<Self, VariableError> {
        Self::from_variables(|name| std::env::var_os(name)?.into_string().ok())
    }
}

fn parse<T: FromStr<Err: Display>>((variable, text): (&'static str, String)) -> Result<T, VariableError> {
    text.parse().map_err(|error: T::Err| VariableError::Wrong {
        variable,
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const ALL: [(&str, &str); 5] = [
        ("EXEUNT_PUBLIC_URL", "https://app.example/some/app"),
        ("EXEUNT_ISSUER", "https://id.example"),
        ("EXEUNT_CLIENT_ID", "my-app"),
        ("EXEUNT_CLIENT_SECRET", "very secret"),
        ("EXEUNT_KEYS", KEY),
    ];

    /// With one of them changed, or taken out.
    fn read(name: &str, value: Option<&str>) -> Result<Settings, VariableError> {
        Settings::from_variables(|asked| {
            if asked == name {
                return value.map(str::to_owned);
            }
            let (_, value) = ALL.iter().find(|(known, _)| *known == asked)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn what_is_given_is_read_and_the_rest_has_its_default() {
        let settings = read("", None).unwrap();
        assert_eq!(settings.public_url.to_string(), "https://app.example/some/app");
        assert_eq!(settings.provider.issuer.as_str(), "https://id.example");
        assert!(settings.provider.client_secret.is_some());
        assert_eq!(settings.limits.idle().as_secs(), 30 * 60);
        let public = read("EXEUNT_CLIENT_SECRET", None).unwrap();
        assert!(public.provider.client_secret.is_none());
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for name in [
            "EXEUNT_PUBLIC_URL",
            "EXEUNT_ISSUER",
            "EXEUNT_CLIENT_ID",
            "EXEUNT_KEYS",
        ] {
            assert_eq!(read(name, None).unwrap_err(), VariableError::Missing(name));
        }
        for (name, wrong) in [
            ("EXEUNT_PUBLIC_URL", "http://app.example"),
            ("EXEUNT_ISSUER", "id.example"),
            ("EXEUNT_CLIENT_ID", ""),
            ("EXEUNT_CLIENT_SECRET", " very secret"),
            ("EXEUNT_KEYS", "short"),
        ] {
            let error = read(name, Some(wrong)).unwrap_err().to_string();
            assert!(error.starts_with(name), "{error}");
            assert!(!error.contains("very secret"), "{error}");
        }
    }
}
