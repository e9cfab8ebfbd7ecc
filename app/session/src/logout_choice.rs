//! `LogoutChoice`: sign out as far as one likes.

use leptos::{prelude::*, server_fn::ServerFn};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, js_sys::Reflect};

use crate::{base::Base, functions::Logout, sign_out::use_sign_out, wire::Scope, words::words};

/// A form that asks how far to sign out: this browser, everywhere, or this app only, each with a sentence on what it means.
///
/// # Usage
/// ```
/// use exeunt_leptos::LogoutChoice;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Leave() -> impl IntoView {
///     view! { <LogoutChoice class="primary">"Sign out"</LogoutChoice> }
/// }
/// ```
/// It does what [`LogoutButton`](crate::LogoutButton) does, in the same way. The words beside the buttons are those of
/// [`Words`](crate::words::Words).
///
/// # Server-side rendering
/// A plain form with radio buttons, which works without scripts.
///
/// # Accessibility
/// A `fieldset` with a `legend`; each radio button is described by its sentence.
#[component]
pub fn LogoutChoice(
    /// Which one is chosen at first.
    #[prop(optional)]
    scope: Scope,
    /// Class of the button. The form around it has the class `exeunt-logout-choice`.
    #[prop(optional, into)]
    class: Option<String>,
    /// What stands on the button.
    children: Children,
) -> impl IntoView {
    let sign_out = use_sign_out();
    let pending = sign_out.pending();
    let way = |choice: Scope| {
        let (label, more) = label(choice);
        let described = ["exeunt-scope-", choice.as_str()].concat();
        view! {
            <label class="exeunt-scope">
                <input
                    type="radio"
                    name="scope"
                    value=choice.as_str()
                    checked=choice == scope
                    aria-describedby=described.clone()
                />
                <span>{label}</span>
                <small id=described>{more}</small>
            </label>
        }
    };
    view! {
        <form
            class="exeunt-logout-choice"
            method="post"
            action=Base::current().href(Logout::PATH)
            on:submit=move |event| {
                event.prevent_default();
                sign_out.begin(chosen(&event).unwrap_or(scope), None);
            }
        >
            <fieldset>
                <legend>{words().menu.question}</legend>
                {way(Scope::Browser)} {way(Scope::Everywhere)} {way(Scope::App)}
            </fieldset>
            <button
                type="submit"
                class=class
                disabled=pending
                aria-busy=move || pending.get().then_some("true")
            >
                {children()}
            </button>
        </form>
    }
}

/// What is chosen in the form that was sent. It may have been chosen before the page was live, so it is read off the form.
fn chosen(event: &Event) -> Option<Scope> {
    let form: Element = event.target()?.dyn_into().ok()?;
    let radio = form.query_selector(":checked").ok()??;
    let value = Reflect::get(&radio, &"value".into()).ok()?.as_string()?;
    [Scope::Browser, Scope::Everywhere, Scope::App]
        .into_iter()
        .find(|scope| scope.as_str() == value)
}

fn label(scope: Scope) -> (&'static str, &'static str) {
    let words = &words().menu;
    match scope {
        Scope::Browser => (words.browser, words.browser_more),
        Scope::Everywhere => (words.everywhere, words.everywhere_more),
        Scope::App => (words.app, words.app_more),
    }
}
