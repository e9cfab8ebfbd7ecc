//! What is shown at an address that leads nowhere.

use exeunt_leptos::Base;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::texts::{self, fault};

/// Says so, with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=fault::NOT_FOUND_TITLE/>
        <div class="farewell">
            <section class="statement">
                <h1>{fault::NOT_FOUND}</h1>
                <p class="lead">{fault::NOT_FOUND_MORE}</p>
            </section>
            <div class="ways">
                <a class="button primary" href=Base::current().href("/")>{texts::TO_START}</a>
            </div>
        </div>
    }
    .into_any()
}
