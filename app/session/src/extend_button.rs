//! `ExtendButton`: stay signed in.

use leptos::prelude::*;

use crate::{base::Base, extension::PATH, session::expect_store};

/// A button that moves the idle limit of the session, as far as its absolute limit allows.
///
/// # Usage
/// ```
/// use exeunt_leptos::{ExtendButton, SignedIn};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Stay() -> impl IntoView {
///     view! { <SignedIn><ExtendButton return_to="/account">"Stay signed in"</ExtendButton></SignedIn> }
/// }
/// ```
///
/// # Server-side rendering
/// A plain form, which works without scripts: the server comes back to `return_to`.
///
/// # Accessibility
/// A real `button`, `aria-busy` while the server is asked; it stays focusable then, so that the focus is not lost.
#[component]
pub fn ExtendButton(
    /// Where a form without scripts comes back to: a path of this origin, as the address bar shows it. Default, and where
    /// empty: the server's own choice.
    #[prop(optional, into)]
    return_to: Option<String>,
    /// Class of the button. The form around it has the class `exeunt-extend`.
    #[prop(optional, into)]
    class: Option<String>,
    /// What stands on the button.
    children: Children,
) -> impl IntoView {
    let store = expect_store();
    let extension = store.extension;
    let field = return_to.map(|path| view! { <input type="hidden" name="return_to" value=path/> });
    view! {
        <form
            class="exeunt-extend"
            method="post"
            action=Base::current().href(PATH)
            on:submit=move |event| {
                event.prevent_default();
                extension.ask(store);
            }
        >
            {field}
            <button
                type="submit"
                class=class
                aria-busy=move || extension.pending.get().then_some("true")
            >
                {children()}
            </button>
        </form>
    }
}
