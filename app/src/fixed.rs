//! What stands in a page as the server wrote it.

use leptos::{prelude::*, tachys::html::InertElement};

/// One element that never changes while its page stands there: outside of every gate and of whatever else is made anew in the
/// browser. The server writes it; the browser, which only ever brings pages to life, steps over it, and needs neither the code
/// that makes it nor the texts in it (`texts::written`).
#[cfg(feature = "ssr")]
pub(crate) fn fixed<V: IntoView>(view: impl FnOnce() -> V) -> InertElement {
    InertElement::new(view().into_view().to_html())
}

/// Steps over it.
#[cfg(not(feature = "ssr"))]
pub(crate) fn fixed<V: IntoView>(_view: impl FnOnce() -> V) -> InertElement {
    InertElement::new("")
}
