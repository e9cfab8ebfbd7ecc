//! What is shown at an address that leads nowhere.

use exeunt_leptos::Base;
use leptos::prelude::*;

use crate::{fixed::fixed, texts::texts};

/// Says so, with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::NOT_FOUND);
    }
    let texts = texts();
    let words = &texts.fault;
    fixed(|| {
        view! {
            <div class="farewell">
                <section class="statement">
                    <h1>{words.not_found}</h1>
                    <p class="lead">{words.not_found_more}</p>
                </section>
                <div class="ways">
                    <a class="button primary" href=Base::current().href("/")>{texts.to_start}</a>
                </div>
            </div>
        }
    })
}
