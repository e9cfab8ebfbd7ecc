//! Where the type of a view ends.

#[cfg(feature = "ssr")]
use leptos::prelude::{AnyView, IntoAny, IntoView};

/// Ends the type of the view here, on the server only. There a whole app in one type is more than the compiler follows,
/// and a page written as one value more than the stack of an unoptimised build holds; in the browser each erased type
/// would cost code. The HTML is the same.
#[cfg(feature = "ssr")]
pub(crate) fn erase(view: impl IntoView + 'static) -> AnyView {
    view.into_any()
}

/// Leaves the view as it is.
#[cfg(not(feature = "ssr"))]
pub(crate) fn erase<T>(view: T) -> T {
    view
}
