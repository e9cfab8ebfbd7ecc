//! What is shown in place of a page after a sign-out that did not reach the server.

use exeunt_leptos::use_sign_out;
use leptos::prelude::*;

use crate::{erase::erase, texts::texts};

/// What is known when the server could not be asked: nothing. Shown in the browser only.
#[component]
pub fn Unreachable() -> impl IntoView {
    let texts = texts();
    let words = &texts.logged_out;
    let sign_out = use_sign_out();
    let pending = sign_out.pending();
    let label = move || {
        if pending.get() {
            words.trying
        } else {
            texts.try_again
        }
    };
    Effect::new(move |_| document().set_title(words.title));
    erase(view! {
        <div class="farewell">
            <section class="statement" role="alert">
                <h1>{words.unreachable}</h1>
                <p class="lead">{words.unreachable_more}</p>
            </section>
            <div class="ways">
                <button
                    type="button"
                    class="primary"
                    disabled=pending
                    aria-busy=move || pending.get().then_some("true")
                    on:click=move |_| sign_out.retry()
                >
                    {label}
                </button>
            </div>
        </div>
    })
}
