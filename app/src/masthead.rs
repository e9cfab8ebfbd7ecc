//! Head and foot of every page.

use exeunt_leptos::{Base, LoginLink, LogoutButton, SignedIn, SignedOut, use_session};
use leptos::prelude::*;

use crate::{erase::erase, texts};

/// The name of the app, and the way in or out.
#[component]
pub fn Masthead() -> impl IntoView {
    let base = Base::current();
    let account = base.href("/account");
    let session = use_session();
    let name = move || session.session.get().map(|session| texts::name_of(&session));
    erase(view! {
        <header class="masthead">
            <a class="wordmark" href=base.href("/")>{texts::APP}</a>
            <nav class="masthead-nav" aria-label=texts::NAV>
                <SignedIn>
                    <a class="masthead-account" href=account.clone()>{name}</a>
                    <LogoutButton class="quiet">{texts::SIGN_OUT}</LogoutButton>
                </SignedIn>
                <SignedOut>
                    <LoginLink class="quiet">{texts::SIGN_IN}</LoginLink>
                </SignedOut>
            </nav>
        </header>
    })
}

/// What stands below every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="foot">
            <p><i>{texts::APP}</i>" "{texts::FOOT}</p>
        </footer>
    }
}
