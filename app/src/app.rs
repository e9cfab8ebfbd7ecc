//! The root: what stands around every page, and which page stands where.

use exeunt_leptos::{
    Base, SessionEnded, SessionMonitor, SessionProvider, SessionTimer, words::provide_words,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    Language,
    erase::erase,
    masthead::{Footer, Masthead},
    pages::{Account, Fault, Home, LoggedOut, NotFound, OwnSessions},
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
    provide_meta_context();
    let base = Base::current();
    provide_context(base.clone());
    let language = Language::current();
    provide_context(language);
    let texts = Texts::of(language);
    provide_words(&texts.words);
    view! {
        <Router base=base.as_str().to_owned()>
            <SessionProvider>
                <a class="skip" href="#main">{texts.skip}</a>
                <Masthead/>
                <main id="main">
                    <ErrorBoundary fallback=|_| view! { <Fault/> }>
                        <Pages/>
                    </ErrorBoundary>
                </main>
                <Footer/>
                <SessionMonitor/>
                <SessionTimer/>
                <SessionEnded/>
            </SessionProvider>
        </Router>
    }
}

/// Which page stands where.
#[component]
fn Pages() -> impl IntoView {
    erase(view! {
        <FlatRoutes fallback=NotFound>
            <Route path=path!("/") view=Home ssr=SsrMode::Async/>
            <Route path=path!("/account") view=Account ssr=SsrMode::Async/>
            <Route path=path!("/sessions") view=OwnSessions ssr=SsrMode::Async/>
            <Route path=path!("/logged-out") view=LoggedOut ssr=SsrMode::Async/>
        </FlatRoutes>
    })
}
