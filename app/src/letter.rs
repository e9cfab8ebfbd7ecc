//! A text under way, to show that the end of a session loses none.

use exeunt_leptos::use_draft;
use leptos::prelude::*;

use crate::{erase::erase, texts::texts};

/// A field to write in.
///
/// # Server-side rendering
/// Empty; what was kept is put in once the page is live.
#[component]
pub fn Letter() -> impl IntoView {
    let words = &texts().account;
    let draft = use_draft("letter");
    let text = draft.text();
    erase(view! {
        <section class="sheet">
            <h2>{words.letter}</h2>
            <p class="quiet-text">{words.letter_more}</p>
            <div class="draft">
                <label for="letter">{words.letter_label}</label>
                <textarea
                    id="letter"
                    rows="5"
                    prop:value=text
                    on:input=move |event| draft.write(event_target_value(&event))
                ></textarea>
            </div>
            <div class="ways">
                <button type="button" on:click=move |_| draft.clear()>{words.letter_clear}</button>
            </div>
        </section>
    })
}
