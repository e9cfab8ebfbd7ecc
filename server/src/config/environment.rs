//! Reads the settings from a map of variables.

use std::ffi::OsString;

use super::{
    args::{self, ServeArgs},
    problems::Problems,
};

/// What our own variables begin with. An unknown one is a mistake that would otherwise go unnoticed.
const OURS: &str = "EXEUNT_";

/// Settings that are never read from the command line: it is visible to every user of the machine.
const SECRETS: [(&str, &str); 3] = [
    ("client_secret", "EXEUNT_CLIENT_SECRET"),
    ("keys", "EXEUNT_KEYS"),
    ("forwardauth_signature_secret", "FORWARDAUTH_SIGNATURE_SECRET"),
];

/// The settings of the environment, overridden by those of the command line.
pub(super) fn read(
    env: impl IntoIterator<Item = (OsString, OsString)>,
    command_line: &clap::ArgMatches,
    problems: &mut Problems,
) -> Result<ServeArgs, clap::Error> {
    for (id, name) in SECRETS {
        if command_line.contains_id(id) {
            problems.add(
                name,
                format_args!(
                    "cannot be given as an option, which every user of this machine can read; set the variable or {name}_FILE"
                ),
            );
        }
    }
    // The address of a database; a path is no secret.
    let store = command_line.get_one::<String>("store");
    if store.is_some_and(|store| store.contains("://")) {
        problems.add(
            "EXEUNT_STORE",
            "cannot be an address that is given as an option, which every user of this machine can read; set the variable or \
             EXEUNT_STORE_FILE",
        );
    }
    let known = variables();
    let mut options = Vec::new();
    for (name, value) in env {
        let Some(name) = name.to_str() else { continue };
        if let Some((_, option)) = known.iter().find(|(variable, _)| variable == name) {
            match value.to_str() {
                Some("") => {}
                Some(value) => options.push(OsString::from(format!("--{option}={value}"))),
                None => problems.add(name, "is not UTF-8; write it again"),
            }
        } else if name.starts_with(OURS) && !is_service_link(name, &value.to_string_lossy()) {
            let nearest = known
                .iter()
                .map(|(variable, _)| variable)
                .min_by_key(|known| strsim::damerau_levenshtein(name, known));
            let nearest = nearest.map_or("", String::as_str);
            problems.add(
                name,
                format_args!("is not a setting; rename it ({nearest} is the nearest) or remove it"),
            );
        }
    }
    ServeArgs::merge(options, command_line)
}

/// Every variable that is read, with the option that means the same.
pub(super) fn variables() -> Vec<(String, String)> {
    let command = args::settings_command();
    let of = |arg: &clap::Arg| Some((arg.get_env()?.to_str()?.to_owned(), arg.get_long()?.to_owned()));
    command.get_arguments().filter_map(of).collect()
}

/// Kubernetes tells each container about the services of its namespace in variables that are named after them, so a
/// service called "exeunt" or "exeunt-…" makes some that begin like ours. They are no mistake of the operator.
fn is_service_link(name: &str, value: &str) -> bool {
    let is_address = |value: &str| {
        ["tcp://", "udp://", "sctp://"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let published_port = |rest: &str| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(is_number) && matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"))
    };
    name.ends_with("_SERVICE_HOST")
        || (name.ends_with("_SERVICE_PORT") || name.contains("_SERVICE_PORT_")) && is_number(value)
        || name.ends_with("_PORT") && is_address(value)
        || name.split("_PORT_").skip(1).any(published_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_kubernetes_sets_are_no_mistakes() {
        for (name, value) in [
            ("EXEUNT_SERVICE_HOST", "10.0.0.1"),
            ("EXEUNT_SERVICE_PORT", "80"),
            ("EXEUNT_SERVICE_PORT_HTTP", "80"),
            ("EXEUNT_PORT", "tcp://10.0.0.1:80"),
            ("EXEUNT_PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("EXEUNT_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("EXEUNT_REDIS_PORT_6379_TCP_PROTO", "tcp"),
        ] {
            assert!(is_service_link(name, value), "{name}");
        }
        for (name, value) in [
            ("EXEUNT_PORT", "3000"),
            ("EXEUNT_SERVICE_PORT", "http"),
            ("EXEUNT_PORT_X", "1"),
        ] {
            assert!(!is_service_link(name, value), "{name}");
        }
    }
}
