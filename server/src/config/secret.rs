//! Secrets, which may stand in a variable or in a file.

use std::{fmt, fs, str::FromStr};

use super::problems::Problems;

/// Reads a secret from its variable or from the file that `<variable>_FILE` names.
pub(super) fn read<T>(
    variable: &str,
    value: Option<&str>,
    file: Option<&str>,
    problems: &mut Problems,
) -> Option<T>
where
    T: FromStr<Err: fmt::Display>,
{
    let file_variable = format!("{variable}_FILE");
    let Some(file) = file else {
        return problems.parse(variable, value);
    };
    if value.is_some() {
        problems.add(
            variable,
            format_args!("and {file_variable} are both set; remove one of them"),
        );
        return None;
    }
    match fs::read_to_string(file) {
        Ok(text) => {
            // Editors and `echo` end a file with a newline that is no part of the secret.
            let text = text
                .strip_suffix('\n')
                .map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
            problems.parse(&file_variable, Some(text))
        }
        // Not the path: by mistake it may be the secret itself.
        Err(error) => {
            problems.add(
                &file_variable,
                format_args!("cannot be read ({}); check path and permissions", error.kind()),
            );
            None
        }
    }
}
