//! What the server asks while it renders, and the browser finds in the document.
//!
//! The browser needs no `Resource` for this, nor a `Suspense`: both are a good part of what a small app loads, and all they
//! would do there is to read a value that is in the document already.

use std::fmt;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::tachys::reactive_graph::OwnedView;
use serde::{Serialize, de::DeserializeOwned};

/// An answer that the server awaits before it renders what depends on it. Copies are the same.
pub(crate) struct Carried<T: Send + Sync + 'static> {
    #[cfg(feature = "ssr")]
    loading: Resource<T>,
    #[cfg(not(feature = "ssr"))]
    found: StoredValue<Option<T>>,
}

impl<T: Send + Sync> Copy for Carried<T> {}

impl<T: Send + Sync> Clone for Carried<T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Asks, on the server; looks into the document, in the browser. Both sides must come by here in the same order.
#[cfg(feature = "ssr")]
pub(crate) fn carry<T, F>(load: impl Fn() -> F + Send + Sync + 'static) -> Carried<T>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync,
    F: Future<Output = T> + Send + 'static,
{
    let loading = Resource::new_blocking(|| (), move |()| load());
    Carried { loading }
}

/// Asks, on the server; looks into the document, in the browser. Both sides must come by here in the same order.
#[cfg(not(feature = "ssr"))]
pub(crate) fn carry<T, F>(_load: impl Fn() -> F + Send + Sync + 'static) -> Carried<T>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync,
    F: Future<Output = T> + Send + 'static,
{
    let found = SharedValue::<Option<T>>::new(|| None).into_inner();
    Carried {
        found: StoredValue::new(found),
    }
}

impl<T: Clone + Send + Sync> Carried<T> {
    /// The view with the answer. It is there, except in a page that the browser made by itself.
    #[cfg(feature = "ssr")]
    pub(crate) fn then<V: IntoView + 'static>(
        self,
        view: impl FnOnce(Option<T>) -> V + Send + 'static,
    ) -> impl IntoView
    where
        T: Serialize + DeserializeOwned,
    {
        Suspend::new(async move {
            let view = view(Some(self.loading.await));
            // What is in it is rendered later, by whatever thread: it must find the contexts of this place there. The type
            // ends here, on the server only, where it would go on through all that is below.
            OwnedView::new(view).into_any()
        })
    }

    /// The view with the answer. It is there, except in a page that the browser made by itself.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn then<V>(self, view: impl FnOnce(Option<T>) -> V) -> V {
        view(self.found.get_value())
    }
}

impl<T: Send + Sync> fmt::Debug for Carried<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Carried").finish_non_exhaustive()
    }
}
