//! What is shown where a page could not be made.

use exeunt_leptos::{Base, LogoutButton};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::texts::{self, fault};

/// Says that nothing is known, and offers ways on.
#[component]
pub fn Fault() -> impl IntoView {
    view! {
        <Title text=fault::TITLE/>
        <div class="farewell">
            <section class="statement" role="alert">
                <h1>{fault::HEADLINE}</h1>
                <p class="lead">{fault::MORE}</p>
            </section>
            <div class="ways">
                <a class="button primary" rel="external" href="">{texts::TRY_AGAIN}</a>
                <LogoutButton>{texts::SIGN_OUT}</LogoutButton>
                <a class="button" rel="external" href=Base::current().href("/")>{texts::TO_START}</a>
            </div>
        </div>
    }
    .into_any()
}
