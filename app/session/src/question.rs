//! [`Question`]: what a page asks the server, once while it is made and again whenever there is a reason.

use std::{fmt, pin::Pin, sync::Arc};

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    carried::{Carried, carry},
    store::Store,
};

type Asking<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = T> + Send>> + Send + Sync>;

/// A question to the server and its last answer. Copies are the same.
///
/// # Usage
/// ```
/// use exeunt_leptos::use_logged_out;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Report() -> impl IntoView {
///     let report = use_logged_out();
///     report.answered(move || {
///         let provider = move || report.get().and_then(Result::ok).and_then(|report| report.provider);
///         view! { <p>{provider}</p> }
///     })
/// }
/// ```
///
/// # Server-side rendering
/// Answered before what stands in [`Question::answered`] is rendered, and carried in the document.
pub struct Question<T: Send + Sync + 'static> {
    answer: RwSignal<Option<T>>,
    carried: Carried<T>,
    asking: StoredValue<Asking<T>>,
    /// Counts how often it was asked: an answer to an earlier time is passed over.
    time: StoredValue<u32>,
}

impl<T: Send + Sync> Copy for Question<T> {}

impl<T: Send + Sync> Clone for Question<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Question<T>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync,
{
    /// Asks now, and again whenever the session is asked for.
    pub(crate) fn new<F>(store: Store, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let ask: Asking<T> = Arc::new(move || Box::pin(ask()));
        let question = Self {
            answer: RwSignal::new(None),
            carried: carry({
                let ask = ask.clone();
                move || ask()
            }),
            asking: StoredValue::new(ask),
            time: StoredValue::new(0),
        };
        Effect::new(move |before: Option<u32>| {
            let version = store.version();
            if before.is_some_and(|before| before != version) {
                question.ask_again();
            }
            version
        });
        question
    }

    /// The last answer, reactively; `None` until there is one, which inside [`Self::answered`] happens only in a page that
    /// the browser made by itself.
    #[must_use]
    pub fn get(self) -> Option<T> {
        self.answer.get()
    }

    /// Asks again. What is known stays until the answer comes; of several the last one counts. In the browser only.
    pub fn ask_again(self) {
        let time = self
            .time
            .try_update_value(|time| {
                *time = time.wrapping_add(1);
                *time
            })
            .unwrap_or_default();
        let Some(ask) = self.asking.try_get_value() else {
            return;
        };
        spawn_local(async move {
            let answer = ask().await;
            // Gone with its page, or asked again meanwhile.
            if self.time.try_get_value() == Some(time) {
                self.answer.try_set(Some(answer));
            }
        });
    }

    /// What depends on the answer: on the server it is rendered when that is there.
    pub fn answered<V: IntoView + 'static>(self, view: impl FnOnce() -> V + Send + 'static) -> impl IntoView {
        self.carried.then(move |found| {
            let is_known = found.is_some();
            self.answer.set(found);
            if !is_known {
                Effect::new(move |_| self.ask_again());
            }
            view()
        })
    }
}

impl<T: Send + Sync> fmt::Debug for Question<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Question").finish_non_exhaustive()
    }
}
