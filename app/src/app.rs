//! The root: what stands around every page, and which page stands where.

use exeunt_leptos::{
    Base, SessionEnded, SessionMonitor, SessionProvider, SessionTimer, use_sign_out, words::provide_words,
};
use leptos::{either::Either, prelude::*};

use crate::{
    Language,
    fixed::fixed,
    masthead::{Footer, Masthead},
    pages::{Unreachable, page},
    texts::Texts,
};

/// The application, from the first element of the body on.
///
/// # Usage
/// The server renders it through [`shell`](crate::shell); the browser hydrates it.
///
/// # Server-side rendering
/// Pages wait for the session, so that the HTML is whole and right without scripts.
///
/// # Accessibility
/// A link past the head of the page comes first; the page itself is the `main` landmark.
#[component]
pub fn App() -> impl IntoView {
    let base = Base::current();
    provide_context(base);
    let language = Language::current();
    provide_context(language);
    let texts = Texts::of(language);
    provide_words(&texts.words);
    view! {
        <SessionProvider>
            {fixed(|| view! { <a class="skip" href="#main">{texts.skip}</a> })}
            <Masthead/>
            <main id="main">
                <Page/>
            </main>
            <Footer/>
            <SessionMonitor/>
            <SessionTimer/>
            <SessionEnded/>
        </SessionProvider>
    }
}

/// The page of this document; in its place, after a sign-out that did not reach the server, that nothing is known.
#[component]
fn Page() -> impl IntoView {
    let unreachable = use_sign_out().unreachable();
    move || {
        if unreachable.get() {
            Either::Left(view! { <Unreachable/> })
        } else {
            Either::Right(page())
        }
    }
}
