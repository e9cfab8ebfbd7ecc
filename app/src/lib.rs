//! The Exeunt reference application.
//!
//! [`App`] is what both sides render; [`shell`] is the document around it, and [`plain_page`] a document without scripts
//! for what the server has to say between two addresses.
//!
//! # What the server provides
//! - In the context closure of `leptos_routes_with_context` and of the error handler, in this order: an
//!   [`exeunt_leptos::Base`] (may be empty) and a backend through [`exeunt_leptos::backend::provide_backend`], best in a
//!   [`TranslatedBackend`].
//! - A document for each path of [`Route::ALL`], with `SsrMode::Async`, and for whatever else is asked for; the prefix taken off
//!   in front of the router.
//! - For a person without a session, a redirection from `/account` and `/sessions` to `/?return_to=…`, where the path is the one in the
//!   address bar.
//! - The request's head (`http::request::Parts`) as a context, as `leptos_axum` does: the [`Language`] of a page is the one
//!   that it asks for, and `Vary: Accept-Language` belongs on the answer.
//! - What `cargo leptos` left in `pkg`. If that is in parts, the document names those that it needs.
//! - `Cache-Control: no-store` on pages, the content security policy with the nonce, and the icon, which
//!   `make build` puts into `pkg` under a name made of what is in it ([`icon`]); elsewhere it is `/favicon.svg` from `public/`.

#![allow(
    unreachable_pub,
    reason = "the macros of Leptos make hidden functions of the same visibility as ours"
)]

mod app;
mod countdown;
mod erase;
mod fixed;
mod language;
mod letter;
mod masthead;
mod moment;
mod pages;
#[cfg(all(feature = "split", not(feature = "ssr")))]
mod parts;
#[cfg(feature = "ssr")]
mod plain;
mod receipt;
mod route;
#[cfg(feature = "ssr")]
mod shell;
mod texts;
#[cfg(feature = "ssr")]
mod translated;
mod verdict;

#[cfg(all(feature = "split", not(feature = "ssr")))]
pub use self::parts::Part;
pub use self::{app::App, language::Language, route::Route};
#[cfg(feature = "ssr")]
pub use self::{
    plain::{PlainForm, PlainPage, plain_page},
    shell::{icon, shell, stylesheet},
    translated::TranslatedBackend,
};
pub use exeunt_leptos::Base;
