//! Where this page is.

use leptos::prelude::location;

/// The address of this page as the address bar shows it, without the origin: path, query and fragment, which no server sees.
/// In the browser only.
pub(crate) fn here() -> String {
    let place = location();
    [
        place.pathname().unwrap_or_default(),
        place.search().unwrap_or_default(),
        place.hash().unwrap_or_default(),
    ]
    .concat()
}
