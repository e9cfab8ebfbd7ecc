//! Head and foot of every page.

use exeunt_leptos::{Base, LoginLink, LogoutButton, SignedIn, SignedOut, use_session};
use leptos::prelude::*;

use crate::{
    erase::erase,
    fixed::fixed,
    texts::{APP, name_of, texts},
};

/// The name of the app, and the way in or out.
#[component]
pub fn Masthead() -> impl IntoView {
    let texts = texts();
    let base = Base::current();
    let account = base.href("/account");
    let session = use_session();
    let name = move || session.session.get().map(|session| name_of(&session));
    erase(view! {
        <header class="masthead">
            {fixed(|| view! { <a class="wordmark" href=base.href("/")>{APP}</a> })}
            <nav class="masthead-nav" aria-label=texts.nav>
                <SignedIn>
                    <a class="masthead-account" href=account.clone()>{name}</a>
                    <LogoutButton class="quiet">{texts.sign_out}</LogoutButton>
                </SignedIn>
                <SignedOut>
                    <LoginLink class="quiet">{texts.sign_in}</LoginLink>
                </SignedOut>
            </nav>
        </header>
    })
}

/// What stands below every page.
#[component]
pub fn Footer() -> impl IntoView {
    fixed(|| {
        view! {
            <footer class="foot">
                <p><i>{APP}</i>" "{texts().foot}</p>
            </footer>
        }
    })
}
