//! `/account`: what the provider told, when the session ends, and the three ways out.

use exeunt_leptos::{
    Base, ExtendButton, LoginLink, LogoutButton, SessionUnknown, SignedIn, SignedOut, use_session,
    wire::{Scope, SessionView},
};
use leptos::{either::Either, prelude::*};

use crate::{countdown::Countdown, erase::erase, fixed::fixed, letter::Letter, moment::Moment, texts::texts};

/// The account page. The server keeps it from whoever is not signed in; the gates do for navigation in the browser.
#[component]
pub fn Account() -> impl IntoView {
    let texts = texts();
    let words = &texts.account;
    let session = use_session();
    let here = Base::current().href("/account");
    let details = move || session.session.get().map(|session| view! { <Details session/> });
    erase(view! {
        {fixed(|| view! { <h1>{words.title}</h1> })}
        <SignedIn>{details} <Letter/> <Ways/></SignedIn>
        <SignedOut>
            <p class="lead">{words.closed}</p>
            <div class="ways">
                <LoginLink class="button primary" return_to=here.clone()>{texts.sign_in}</LoginLink>
            </div>
        </SignedOut>
        <SessionUnknown>
            <p class="lead">{words.unknown}</p>
            <div class="ways">
                <a class="button primary" href="">{texts.try_again}</a>
            </div>
        </SessionUnknown>
    })
}

#[component]
fn Details(session: SessionView) -> impl IntoView {
    let words = &texts().account;
    let base = Base::current();
    let told = |value: Option<String>| value.unwrap_or_else(|| words.not_told.into());
    let roles = if session.roles.is_empty() {
        words.none.into()
    } else {
        session.roles.join(", ")
    };
    let when = |at: Option<i64>| match at {
        Some(at) => Either::Left(view! { <Moment at/> }),
        None => Either::Right(words.never),
    };
    let has_limits = session.session_expires_at.is_some();
    let limits = if has_limits {
        Either::Left(view! {
            <dl class="facts">
                <div><dt>{words.ends}</dt><dd>{when(session.session_expires_at)} " " <Countdown/></dd></div>
                <div><dt>{words.idle}</dt><dd>{when(session.idle_expires_at)}</dd></div>
                <div><dt>{words.absolute}</dt><dd>{when(session.absolute_expires_at)}</dd></div>
            </dl>
        })
    } else {
        Either::Right(view! { <p class="quiet-text">{words.platform_decides}</p> })
    };
    // At the absolute limit nothing could put the end off (invariant I4).
    let stay = (session.idle_expires_at < session.absolute_expires_at)
        .then(|| view! { <ExtendButton return_to=base.href("/account")>{words.stay}</ExtendButton> });
    erase(view! {
        <section class="sheet">
            <h2>{words.who}</h2>
            <p class="quiet-text">{words.who_more}</p>
            <dl class="facts">
                <div><dt>{words.name}</dt><dd>{told(session.name)}</dd></div>
                <div><dt>{words.email}</dt><dd>{told(session.email)}</dd></div>
                <div><dt>{words.roles}</dt><dd>{roles}</dd></div>
                <div><dt>{words.subject}</dt><dd><code>{session.user_id}</code></dd></div>
            </dl>
        </section>
        <section class="sheet">
            <h2>{words.session}</h2>
            {limits}
            <div class="ways">
                {stay}
                <a class="button" href=base.href("/sessions")>{words.all_sessions}</a>
            </div>
        </section>
    })
}

#[component]
fn Ways() -> impl IntoView {
    let texts = texts();
    let menu = &texts.words.menu;
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
            <h2>{texts.account.ways}</h2>
            <ul class="exits">
                {way(Scope::Browser, "primary", menu.browser, menu.browser_more)}
                {way(Scope::Everywhere, "", menu.everywhere, menu.everywhere_more)}
                {way(Scope::App, "", menu.app, menu.app_more)}
            </ul>
        </section>
    })
}
