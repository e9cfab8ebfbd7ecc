//! The parts of the program in the browser: what only one page needs is loaded with that page alone. Only a build with the
//! feature `split` has them; see ADR 20.

mod view;

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use self::view::PartView;
use crate::{
    pages::{Account, Home, LoggedOut, NotFound, OwnSessions},
    route::Route,
};

/// The part with the page of this document. [`App`](crate::App) looks for it in the context.
#[derive(Clone, Copy, Debug)]
pub struct Part(fn() -> PartView);

impl Part {
    /// Loads it, unless it is in the main part.
    ///
    /// # Errors
    ///
    /// If it cannot be had, after the console was told why. The page is then best left what it is without scripts.
    pub async fn load() -> Result<Self, SplitLoaderError> {
        match Route::current() {
            Route::Home => Ok(HOME),
            Route::Account => account().await,
            Route::OwnSessions => own_sessions().await,
            Route::LoggedOut => logged_out().await,
            Route::NotFound => Ok(NOT_FOUND),
        }
    }
}

// In the main part. The second is too small for a request of its own.
const HOME: Part = Part(|| PartView::new(view! { <Home/> }));
const NOT_FOUND: Part = Part(|| PartView::new(view! { <NotFound/> }));

// Each in a part with the name that stands here, with all that nothing else needs; `Route::part` tells the server the name.

#[wasm_split(account, fallible)]
fn account() -> Result<Part, SplitLoaderError> {
    Ok(Part(|| PartView::new(view! { <Account/> })))
}

#[wasm_split(own_sessions, fallible)]
fn own_sessions() -> Result<Part, SplitLoaderError> {
    Ok(Part(|| PartView::new(view! { <OwnSessions/> })))
}

#[wasm_split(logged_out, fallible)]
fn logged_out() -> Result<Part, SplitLoaderError> {
    Ok(Part(|| PartView::new(view! { <LoggedOut/> })))
}

/// The page, from the part that was loaded for it.
pub(crate) fn page() -> PartView {
    let part = use_context::<Part>().unwrap_or(NOT_FOUND);
    (part.0)()
}
