//! What was measured, as Markdown.

use std::fmt::Write as _;

use crate::book::{Book, Record};

/// The whole file.
#[must_use]
pub(crate) fn markdown(book: &Book) -> String {
    let mut text = format!(
        "# What was measured\n\nWritten by `make bench` on {}: {}. The median of the runs, and in brackets the least and the \
         greatest. [README.md](README.md) says how, and what it means.\n",
        book.date, book.machine
    );
    let mut stores: Vec<&str> = Vec::new();
    for record in &book.records {
        if !stores.contains(&record.store.as_str()) {
            stores.push(&record.store);
        }
    }
    for store in stores {
        let _ = write!(text, "\n## {store}\n\n");
        table(&mut text, book, store);
    }
    text
}

fn table(text: &mut String, book: &Book, store: &str) {
    let of_store: Vec<&Record> = book
        .records
        .iter()
        .filter(|record| record.store == store)
        .collect();
    let mut sizes: Vec<u64> = of_store.iter().map(|record| record.sessions).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let _ = write!(text, "| sessions in the store |");
    for size in &sizes {
        let _ = write!(text, " {} |", grouped(*size));
    }
    let _ = write!(text, "\n|---|{}\n", "---:|".repeat(sizes.len()));
    let mut measures: Vec<&Record> = Vec::new();
    for record in of_store {
        if !measures.iter().any(|known| known.measure == record.measure) {
            measures.push(record);
        }
    }
    for measure in measures {
        let _ = write!(text, "| {} |", measure.measure);
        for size in &sizes {
            match book.find(store, *size, &measure.measure) {
                Some(record) => {
                    let _ = write!(text, " {} |", cell(record));
                }
                None => text.push_str(" |"),
            }
        }
        text.push('\n');
    }
}

/// A value with its spread.
#[must_use]
pub(crate) fn cell(record: &Record) -> String {
    let (least, greatest) = record.spread();
    let unit = if record.unit == "ratio" { "" } else { &record.unit };
    let space = if unit.is_empty() || unit.starts_with('/') {
        ""
    } else {
        " "
    };
    let value = value(record.median());
    if record.runs.len() == 1 {
        return format!("{value}{space}{unit}");
    }
    format!(
        "{value}{space}{unit} ({}–{})",
        self::value(least),
        self::value(greatest)
    )
}

/// Three digits that mean something.
#[must_use]
pub(crate) fn value(value: f64) -> String {
    if value >= 1000.0 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded, and no measure is below zero"
        )]
        let whole = value.round() as u64;
        grouped(whole)
    } else if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A number as people read it.
#[must_use]
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
