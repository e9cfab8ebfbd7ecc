//! The path below which the app lives.

use std::sync::Arc;

use leptos::prelude::{document, use_context};

/// The path below which the app lives: empty, or like `/some/app` (no slash at its end). Known at run time only, so
/// every link, form and redirect goes through [`Base::href`].
///
/// # Usage
/// ```
/// use exeunt_leptos::Base;
/// use leptos::prelude::*;
///
/// #[component]
/// fn ToAccount() -> impl IntoView {
///     view! { <a href=Base::current().href("/account")>"Your account"</a> }
/// }
/// ```
///
/// # Server-side rendering
/// The server provides it as a context. It stands as `data-base` on `<html>`, where the browser finds it before it
/// hydrates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base(Arc<str>);

impl Base {
    /// The attribute of `<html>` that carries it to the browser.
    pub const ATTRIBUTE: &'static str = "data-base";

    /// Takes a prefix as configured; slashes at its end do not count.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self(prefix.trim_end_matches('/').into())
    }

    /// The one in force here: from the context, else (in the browser) from the document. Ask where a component is made, not
    /// in its event handlers.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| {
            if cfg!(feature = "ssr") {
                Self::default()
            } else {
                Self::of_document()
            }
        })
    }

    /// As the server wrote it into the document; empty if it did not.
    ///
    /// # Panics
    /// On the server, where there is no document.
    #[must_use]
    pub fn of_document() -> Self {
        let written = document()
            .document_element()
            .and_then(|html| html.get_attribute(Self::ATTRIBUTE));
        Self::new(&written.unwrap_or_default())
    }

    /// The address of a path of the app (`/…`) as the browser must ask for it. The path is not judged: see
    /// [`is_own_path`](crate::is_own_path).
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        [&self.0, path].concat()
    }

    /// The prefix itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lets calls of server functions go to this app and not to whatever lives at the root. Call it once in the
    /// browser, before hydration:
    /// ```no_run
    /// use exeunt_leptos::Base;
    ///
    /// // #[wasm_bindgen]
    /// pub fn hydrate() {
    ///     Base::of_document().point_server_functions();
    ///     // leptos::mount::hydrate_body(App);
    /// }
    /// ```
    ///
    /// # Panics
    /// On the server, where there is a prefix.
    pub fn point_server_functions(&self) {
        if !self.0.is_empty() {
            let root = [
                &*leptos::prelude::location().origin().unwrap_or_default(),
                &self.0,
            ]
            .concat();
            // It holds for as long as the document lives; a second call would find the same value.
            _ = leptos::server_fn::client::try_set_server_url(root.leak());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stand_below_the_prefix() {
        assert_eq!(Base::new("").href("/account"), "/account");
        assert_eq!(Base::new("/").href("/account"), "/account");
        assert_eq!(Base::new("/some/app").href("/account"), "/some/app/account");
        assert_eq!(Base::new("/some/app/").href("/"), "/some/app/");
    }
}
