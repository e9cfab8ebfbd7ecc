//! `/account`: what the provider told, when the session ends, and the three ways out.

use exeunt_leptos::{
    Base, LoginLink, LogoutButton, SessionUnknown, SignedIn, SignedOut, use_session,
    wire::{Scope, SessionView},
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    countdown::Countdown,
    erase::erase,
    moment::Moment,
    texts::{self, account},
};

/// The account page. The server keeps it from whoever is not signed in; the gates do for navigation in the browser.
#[component]
pub fn Account() -> impl IntoView {
    let session = use_session();
    let here = Base::current().href("/account");
    let details = move || session.session.get().map(|session| view! { <Details session/> });
    view! {
        <Title text=account::TITLE/>
        <h1>{account::TITLE}</h1>
        <SignedIn>{details} <Ways/></SignedIn>
        <SignedOut>
            <p class="lead">{account::CLOSED}</p>
            <div class="ways">
                <LoginLink class="button primary" return_to=here.clone()>{texts::SIGN_IN}</LoginLink>
            </div>
        </SignedOut>
        <SessionUnknown>
            <p class="lead">{account::UNKNOWN}</p>
            <div class="ways">
                <a class="button primary" rel="external" href="">{texts::TRY_AGAIN}</a>
            </div>
        </SessionUnknown>
    }
    .into_any()
}

#[component]
fn Details(session: SessionView) -> impl IntoView {
    let told = |value: Option<String>| value.unwrap_or_else(|| account::NOT_TOLD.into());
    let roles = if session.roles.is_empty() {
        account::NONE.into()
    } else {
        session.roles.join(", ")
    };
    let when = |at: Option<i64>| match at {
        Some(at) => view! { <Moment at/> }.into_any(),
        None => account::NEVER.into_any(),
    };
    erase(view! {
        <section class="sheet">
            <h2>{account::WHO}</h2>
            <p class="quiet-text">{account::WHO_MORE}</p>
            <dl class="facts">
                <div><dt>{account::NAME}</dt><dd>{told(session.name)}</dd></div>
                <div><dt>{account::EMAIL}</dt><dd>{told(session.email)}</dd></div>
                <div><dt>{account::ROLES}</dt><dd>{roles}</dd></div>
                <div><dt>{account::SUBJECT}</dt><dd><code>{session.user_id}</code></dd></div>
            </dl>
        </section>
        <section class="sheet">
            <h2>{account::SESSION}</h2>
            <dl class="facts">
                <div><dt>{account::ENDS}</dt><dd>{when(session.session_expires_at)} " " <Countdown/></dd></div>
                <div><dt>{account::IDLE}</dt><dd>{when(session.idle_expires_at)}</dd></div>
                <div><dt>{account::ABSOLUTE}</dt><dd>{when(session.absolute_expires_at)}</dd></div>
            </dl>
        </section>
    })
}

#[component]
fn Ways() -> impl IntoView {
    let way = |scope, class: &'static str, label: &'static str, more: &'static str| {
        view! {
            <li class="exit">
                <LogoutButton scope class>{label}</LogoutButton>
                <p>{more}</p>
            </li>
        }
    };
    erase(view! {
        <section class="sheet">
            <h2>{account::WAYS}</h2>
            <ul class="exits">
                {way(Scope::Browser, "primary", account::BROWSER, account::BROWSER_MORE)}
                {way(Scope::Everywhere, "", account::EVERYWHERE, account::EVERYWHERE_MORE)}
                {way(Scope::App, "", account::HERE, account::HERE_MORE)}
            </ul>
        </section>
    })
}
