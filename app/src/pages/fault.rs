//! What is shown where a page could not be made.

use exeunt_leptos::{Base, LogoutButton};
use leptos::prelude::*;

use crate::{erase::erase, texts::texts};

/// Says that nothing is known, and offers ways on.
#[component]
pub fn Fault() -> impl IntoView {
    let texts = texts();
    let words = &texts.fault;
    Effect::new(move |_| document().set_title(words.title));
    erase(view! {
        <div class="farewell">
            <section class="statement" role="alert">
                <h1>{words.headline}</h1>
                <p class="lead">{words.more}</p>
            </section>
            <div class="ways">
                <a class="button primary" href="">{texts.try_again}</a>
                <LogoutButton>{texts.sign_out}</LogoutButton>
                <a class="button" href=Base::current().href("/")>{texts.to_start}</a>
            </div>
        </div>
    })
}
