//! `use_draft`: what somebody is writing outlives the end of the session it was written in.

use leptos::prelude::*;
use web_sys::Storage;

use crate::{answer::Presence, base::Base, session::expect_store};

/// A text under way, as [`use_draft`] gives it. Copies are the same text.
#[derive(Clone, Copy)]
pub struct Draft {
    text: RwSignal<String>,
    place: StoredValue<String>,
    /// Whose it is; nobody's until it is known who is signed in.
    owner: StoredValue<Option<String>>,
}

/// A text under way that is not lost when the session ends: it is kept in this tab, and there again once the same person has
/// signed in again.
///
/// # Usage
/// Inside the [`SignedIn`](crate::SignedIn) gate, with a name of its own for each field:
/// ```
/// use exeunt_leptos::use_draft;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Letter() -> impl IntoView {
///     let draft = use_draft("letter");
///     view! {
///         <textarea
///             prop:value=move || draft.text().get()
///             on:input=move |event| draft.write(event_target_value(&event))
///         ></textarea>
///     }
/// }
/// ```
/// Call [`Draft::clear`] once it is sent. It lies in the tab's session storage below the app's prefix, with the subject of whoever
/// wrote it: another person who signs in finds nothing and takes it away, and so does a sign-out in this tab. No other
/// tab sees it, and it goes with the tab. While it is there, [`SessionEnded`](crate::SessionEnded) says that it is kept.
///
/// # Server-side rendering
/// Empty; what was kept is put in once the page is live.
///
/// # Accessibility
/// It is a text and no field: the field that shows it needs its `label`, as ever.
///
/// # Panics
/// Without a [`SessionProvider`](crate::SessionProvider).
#[must_use]
#[track_caller]
pub fn use_draft(name: &str) -> Draft {
    let store = expect_store();
    let draft = Draft {
        text: RwSignal::new(String::new()),
        place: StoredValue::new([&*prefix(&Base::current()), name].concat()),
        owner: StoredValue::new(None),
    };
    Effect::new(move |_| {
        if let Presence::SignedIn { user_id, .. } = store.presence() {
            draft.restore(&user_id);
        }
    });
    draft
}

impl Draft {
    /// The text, to be shown in the field by `prop:value`.
    #[must_use]
    pub fn text(self) -> Signal<String> {
        self.text.into()
    }

    /// Takes what was written, and keeps it if the browser lets it: storage may be full or switched off. Empty text is
    /// forgotten.
    ///
    /// # Panics
    /// On the server, where nobody writes. Call it in event handlers.
    pub fn write(self, text: String) {
        if let (Some(storage), Some(owner)) = (storage(), self.owner.get_value()) {
            let place = self.place.get_value();
            // Storage may be full: then it is not kept, and still there to be read.
            _ = if text.is_empty() {
                storage.remove_item(&place)
            } else {
                storage.set_item(&place, &[&*owner, "\n", &text].concat())
            };
        }
        self.text.set(text);
    }

    /// Forgets it: it was sent, or is not wanted any more.
    ///
    /// # Panics
    /// As [`Draft::write`].
    pub fn clear(self) {
        self.write(String::new());
    }

    fn restore(self, user_id: &str) {
        self.owner.set_value(Some(user_id.into()));
        let Some(storage) = storage() else { return };
        let place = self.place.get_value();
        let Ok(Some(kept)) = storage.get_item(&place) else {
            return;
        };
        match text_of(&kept, user_id) {
            Some(text) => self.text.set(text.into()),
            None => _ = storage.remove_item(&place),
        }
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Draft").finish_non_exhaustive()
    }
}

/// Forgets all drafts of this app in this tab. In the browser only.
pub(crate) fn forget_all() {
    each(&mut |storage, name| _ = storage.remove_item(name));
}

/// Whether something that this person wrote is kept in this tab. In the browser only.
pub(crate) fn is_any_kept(user_id: &str) -> bool {
    let mut is_kept = false;
    each(&mut |storage, name| {
        let kept = storage.get_item(name).ok().flatten();
        is_kept |= kept.is_some_and(|kept| text_of(&kept, user_id).is_some());
    });
    is_kept
}

/// Does something with each draft of this app in this tab, by its name. Not generic, so that it is one piece of code.
fn each(act: &mut dyn FnMut(&Storage, &str)) {
    let Some(storage) = storage() else { return };
    let prefix = prefix(&Base::of_document());
    let names =
        (0..storage.length().unwrap_or_default()).filter_map(|index| storage.key(index).ok().flatten());
    let ours: Vec<_> = names.filter(|name| name.starts_with(&prefix)).collect();
    for name in ours {
        act(&storage, &name);
    }
}

/// What the names of this app's drafts begin with. A prefix ends at the colon, which no path of ours has.
fn prefix(base: &Base) -> String {
    ["exeunt:", base.as_str(), ":draft:"].concat()
}

/// The text, if it was written by this person.
fn text_of<'a>(kept: &'a str, user_id: &str) -> Option<&'a str> {
    kept.strip_prefix(user_id)?.strip_prefix('\n')
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_wrote_it_reads_it_again() {
        assert_eq!(text_of("ada\nDear Charles,\n", "ada"), Some("Dear Charles,\n"));
        for other in ["", "ad", "adam", "grace", "ada\nDear"] {
            assert_eq!(text_of("ada\nDear Charles,\n", other), None, "{other:?}");
        }
    }

    #[test]
    fn drafts_of_apps_below_other_prefixes_are_others() {
        let (one, two) = (prefix(&Base::new("/one")), prefix(&Base::new("/one/two")));
        assert!(!two.starts_with(&one) && !one.starts_with(&two));
    }
}
