//! Leptos components for sessions that really end.
//!
//! A page learns who is signed in from a [`SessionProvider`], shows itself accordingly through the gates [`SignedIn`],
//! [`SignedOut`] and [`SessionUnknown`], and offers a [`LoginLink`] and a [`LogoutButton`]. All of it works without
//! scripts; with them, the page follows the session while it stands open.
//!
//! ```
//! use exeunt_leptos::{LogoutButton, SessionProvider, SignedIn, use_session};
//! use leptos::prelude::*;
//!
//! #[component]
//! fn App() -> impl IntoView {
//!     view! { <SessionProvider><Account/></SessionProvider> }
//! }
//!
//! #[component]
//! fn Account() -> impl IntoView {
//!     let session = use_session();
//!     let seconds = move || session.seconds_remaining.get();
//!     view! {
//!         <SignedIn>
//!             <p>"Seconds left: " {seconds}</p>
//!             <LogoutButton>"Sign out"</LogoutButton>
//!         </SignedIn>
//!     }
//! }
//! ```
//!
//! The example `own_app` of this crate (`examples/own_app.rs`) is a whole app to copy, with
//! its server, in under thirty lines.
//!
//! # Features
//! - `hydrate`: for the build for the browser.
//! - `ssr`: for the build for the server, with a backend of your own.
//! - `exeunt`: `ssr`, and the server functions answered by the crate `exeunt` on axum: [`relying_party`].
//!
//! # What the server provides
//! In the context closure of `leptos_routes_with_context` (and of the error handler): a [`Base`], if the app lives below
//! a prefix, then a [`SessionBackend`](backend::SessionBackend) through [`provide_backend`](backend::provide_backend). With
//! the feature `exeunt` both, and the content security policy, come from [`relying_party::context`].
//! In the browser, before hydration: [`Base::point_server_functions`].
//!
//! # What it says
//! Children and labels are the app's. What components say by themselves is English until the app provides other
//! [words].
//!
//! # What this crate does not do
//! It knows no OpenID Connect, sets no cookie and protects nothing: that is the backend's part. Cross-site request
//! forgery is refused by the server, in front of the server functions.

#![allow(
    unreachable_pub,
    reason = "the macros of Leptos make hidden functions of the same visibility as ours"
)]

mod address;
mod answer;
#[cfg(feature = "ssr")]
pub mod backend;
mod base;
mod carried;
mod clock;
mod document;
mod draft;
mod end;
pub mod error;
mod extend_button;
mod extension;
mod functions;
mod gates;
mod here;
mod late;
mod live;
mod logged_out_report;
mod login_link;
mod logout_button;
mod logout_choice;
mod modal;
mod own_sessions;
mod provider;
mod question;
#[cfg(feature = "exeunt")]
pub mod relying_party;
#[cfg(feature = "ssr")]
mod reply;
mod report;
mod request;
mod session;
mod session_ended;
mod session_monitor;
mod session_timer;
mod sign_out;
mod store;
pub mod wire;
pub mod words;

pub use self::{
    address::{is_own_path, is_web_address},
    base::Base,
    draft::{Draft, use_draft},
    error::SessionError,
    extend_button::ExtendButton,
    functions::{CurrentSession, LoggedOut, Logout, Sessions, current_session, logged_out, logout, sessions},
    gates::{RequireSession, SessionUnknown, SignedIn, SignedOut},
    logged_out_report::LoggedOutReport,
    login_link::LoginLink,
    logout_button::LogoutButton,
    logout_choice::LogoutChoice,
    own_sessions::{OwnSessions, use_own_sessions},
    provider::SessionProvider,
    question::Question,
    report::use_logged_out,
    session::{Session, try_use_session, use_session},
    session_ended::SessionEnded,
    session_monitor::SessionMonitor,
    session_timer::SessionTimer,
    sign_out::{SignOut, use_sign_out},
};

/// The page that tells what a sign-out ended, below the [`Base`].
pub const LOGGED_OUT: &str = "/logged-out";
