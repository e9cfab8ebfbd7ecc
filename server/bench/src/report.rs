//! What is left of a run: the values, the tables, the figures.

use std::{fs, path::Path, process::Command};

use crate::{Fault, book::Book, figure, tables};

/// File name, measure, title.
const FIGURES: [(&str, &str, &str); 6] = [
    ("session-checks", "session checks", "Session checks over HTTP"),
    (
        "logouts",
        "logout, median",
        "A logout, from the press to the answer, median",
    ),
    (
        "back-channel",
        "back-channel logout, median",
        "A back-channel logout by sid, median",
    ),
    ("pages", "pages", "Pages rendered over HTTP"),
    (
        "writes",
        "sessions ended in the store",
        "Sessions ended in the store, durable",
    ),
    (
        "memory",
        "anonymous resident memory",
        "Anonymous resident memory of the server",
    ),
];

/// What was measured here before, on this machine: a run of some stores replaces only what it measures. Empty if there is
/// nothing, or if it is of another machine.
#[must_use]
pub(crate) fn earlier(folder: &Path) -> Book {
    let (machine, date) = (machine(), today());
    let records = fs::read_to_string(folder.join("results.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<Book>(&text).ok())
        .filter(|book| book.machine == machine)
        .map_or_else(Vec::new, |book| book.records);
    Book {
        machine,
        date,
        records,
    }
}

/// Writes everything into this folder.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write(book: &Book, folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder)?;
    let text = serde_json::to_string_pretty(book).map_err(Fault::because)?;
    fs::write(folder.join("results.json"), text + "\n")?;
    fs::write(folder.join("results.md"), tables::markdown(book))?;
    for (name, measure, title) in FIGURES {
        if let Some(figure) = figure::bars(book, measure, title) {
            fs::write(folder.join(name).with_extension("svg"), figure)?;
        }
    }
    Ok(())
}

/// Processor, cores, memory and system; no name.
#[must_use]
pub(crate) fn machine() -> String {
    let read = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines()
            .find_map(|line| {
                Some(
                    line.strip_prefix(key)?
                        .trim_start_matches([' ', '\t', ':'])
                        .to_owned(),
                )
            })
            .unwrap_or_else(|| "unknown".to_owned())
    };
    let kibibytes: u64 = read("/proc/meminfo", "MemTotal")
        .trim_end_matches(" kB")
        .parse()
        .unwrap_or(0);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{cores} cores ({}), {} GB of memory, Linux {}",
        read("/proc/cpuinfo", "model name"),
        kibibytes.div_ceil(1024 * 1024),
        fs::read_to_string("/proc/sys/kernel/osrelease")
            .unwrap_or_default()
            .trim()
            .split('-')
            .next()
            .unwrap_or_default(),
    )
}

/// Today, by the system's clock.
#[must_use]
pub(crate) fn today() -> String {
    let date = Command::new("date").arg("+%Y-%m-%d").output();
    date.map_or_else(
        |_| "an unknown day".to_owned(),
        |date| String::from_utf8_lossy(&date.stdout).trim().to_owned(),
    )
}
