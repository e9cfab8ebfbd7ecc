//! Bars, as SVG that a reader of a light and of a dark page can see.

use std::fmt::Write as _;

use crate::{
    book::{Book, Record},
    tables::{grouped, value},
};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 120.0;
const BAR: f64 = 14.0;
const GAP: f64 = 4.0;
const GROUP: f64 = 16.0;
const HEAD: f64 = 64.0;

/// The colours follow the reader's page; each is told from its neighbours also by who sees no colours: the lightness differs.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}\
    .note{fill:#59636e}.b0{fill:#9cc3f0}.b1{fill:#3f7fc8}.b2{fill:#123f75}.s{stroke:#1f2328;stroke-width:1.2}\
    @media (prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}.b0{fill:#2f5f99}.b1{fill:#5c9ce6}\
    .b2{fill:#b9d8fb}.s{stroke:#e6edf3}}";

/// A figure of one measure: a group for each store, a bar for each size.
#[must_use]
pub(crate) fn bars(book: &Book, measure: &str, title: &str) -> Option<String> {
    let records: Vec<&Record> = book
        .records
        .iter()
        .filter(|record| record.measure == measure)
        .collect();
    let unit = &records.first()?.unit;
    let most = records.iter().map(|record| record.spread().1).fold(0.0, f64::max);
    let mut sizes: Vec<u64> = records.iter().map(|record| record.sessions).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut stores: Vec<&str> = Vec::new();
    for record in &records {
        if !stores.contains(&record.store.as_str()) {
            stores.push(&record.store);
        }
    }
    let mut body = String::new();
    let mut y = HEAD;
    let scale = (WIDTH - LEFT - RIGHT) / most.max(f64::MIN_POSITIVE);
    for store in stores {
        let top = y;
        for (index, size) in sizes.iter().enumerate() {
            let Some(record) = book.find(store, *size, measure) else {
                continue;
            };
            let (least, greatest) = record.spread();
            let (width, middle) = (record.median() * scale, y + BAR / 2.0);
            let _ = write!(
                body,
                "<rect class=\"b{}\" x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\" rx=\"2\"/>\
                 <path class=\"s\" d=\"M{:.1} {middle}H{:.1}\"/>\
                 <text class=\"note\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                index.min(2),
                LEFT + least * scale,
                LEFT + greatest * scale,
                LEFT + greatest * scale + 8.0,
                middle + 4.5,
                value(record.median()),
            );
            y += BAR + GAP;
        }
        let _ = write!(
            body,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{store}</text>",
            LEFT - 12.0,
            f64::midpoint(top, y - GAP) + 4.5,
        );
        y += GROUP;
    }
    let mut key = String::new();
    let mut x = LEFT;
    for (index, size) in sizes.iter().enumerate() {
        let _ = write!(
            key,
            "<rect class=\"b{}\" x=\"{x}\" y=\"36\" width=\"12\" height=\"12\" rx=\"2\"/>\
             <text class=\"note\" x=\"{}\" y=\"46.5\">{} sessions</text>",
            index.min(2),
            x + 18.0,
            grouped(*size),
        );
        x += 170.0;
    }
    let unit = if unit == "ratio" {
        String::new()
    } else {
        format!(", {}", unit.replace("/s", "a second"))
    };
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" role=\"img\" \
         aria-label=\"{title}\"><style>{STYLE}</style><text class=\"title\" x=\"12\" y=\"22\">{title}{unit}</text>{key}{body}</svg>\n"
    ))
}
