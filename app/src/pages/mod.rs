//! The pages, one to a file.

mod account;
mod fault;
mod home;
mod logged_out;
mod not_found;
mod own_sessions;
mod unreachable;

#[cfg(not(all(feature = "split", not(feature = "ssr"))))]
use leptos::{either::EitherOf5, prelude::*};

pub(crate) use self::{
    account::Account, fault::Fault, home::Home, logged_out::LoggedOut, not_found::NotFound,
    own_sessions::OwnSessions, unreachable::Unreachable,
};
#[cfg(all(feature = "split", not(feature = "ssr")))]
pub(crate) use crate::parts::page;
#[cfg(not(all(feature = "split", not(feature = "ssr"))))]
use crate::route::Route;

/// The page of this document.
#[cfg(not(all(feature = "split", not(feature = "ssr"))))]
pub(crate) fn page() -> impl IntoView {
    match Route::current() {
        Route::Home => EitherOf5::A(view! { <Home/> }),
        Route::Account => EitherOf5::B(view! { <Account/> }),
        Route::OwnSessions => EitherOf5::C(view! { <OwnSessions/> }),
        Route::LoggedOut => EitherOf5::D(view! { <LoggedOut/> }),
        Route::NotFound => EitherOf5::E(view! { <NotFound/> }),
    }
}
