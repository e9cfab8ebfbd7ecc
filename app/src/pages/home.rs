//! `/`: what this is about, and whether somebody is signed in.

use exeunt_leptos::{
    Base, LoginLink, LogoutButton, SessionUnknown, SignedIn, SignedOut, is_own_path, use_session, wire::Scope,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    countdown::Countdown,
    erase::erase,
    moment::Moment,
    texts::{self, home},
};

/// The start page.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <Title text=home::TITLE/>
        <div class="playbill">
            <section class="opening">
                <h1>{home::HEADLINE}</h1>
                <p class="lead">{home::LEAD}</p>
            </section>
            <SessionCard/>
            <section class="cast">
                <h2>{home::CAST}</h2>
                <ul class="lines">
                    {home::LEAVING
                        .into_iter()
                        .map(|(who, how)| {
                            view! {
                                <li class="line">
                                    <span class="line-name">{who}</span>
                                    <span class="leader" aria-hidden="true"></span>
                                    <span class="line-how">{how}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        </div>
    }
    .into_any()
}

/// Who is signed in, until when, and the ways in or out.
#[component]
fn SessionCard() -> impl IntoView {
    let account = Base::current().href("/account");
    let session = use_session();
    let wanted = wanted_page();
    let name = move || session.session.get().map(|session| texts::name_of(&session));
    let email = move || {
        session
            .session
            .get()
            .and_then(|session| session.name.and(session.email))
    };
    let ends = move || {
        session
            .session
            .get()
            .and_then(|session| session.session_expires_at)
    };
    erase(view! {
        <section class="ticket">
            <SignedIn>
                <p class="eyebrow">{home::ON_STAGE}</p>
                <h2 class="ticket-name">{name}</h2>
                <p class="ticket-mail">{email}</p>
                {move || {
                    ends()
                        .map(|at| {
                            view! {
                                <p class="ticket-time">
                                    <span>{home::ENDS}</span>
                                    <Moment at/>
                                    <Countdown/>
                                </p>
                            }
                        })
                }}
                <div class="ways">
                    <LogoutButton class="primary">{texts::SIGN_OUT}</LogoutButton>
                    <LogoutButton scope=Scope::Everywhere>{texts::account::EVERYWHERE}</LogoutButton>
                    <a class="button" href=account.clone()>{home::ACCOUNT}</a>
                </div>
            </SignedIn>
            <SignedOut>
                {
                    let wanted = wanted.get();
                    let headline = if wanted.is_some() { home::PLEASE } else { home::NOBODY };
                    view! {
                        <h2 class="ticket-name">{headline}</h2>
                        <p class="ticket-mail">{home::NOBODY_MORE}</p>
                        <div class="ways">
                            <LoginLink class="button primary" return_to=wanted.unwrap_or_default()>{texts::SIGN_IN}</LoginLink>
                        </div>
                    }
                }
            </SignedOut>
            <SessionUnknown>
                <h2 class="ticket-name">{home::UNKNOWN}</h2>
                <p class="ticket-mail">{home::UNKNOWN_MORE}</p>
                <div class="ways">
                    <a class="button primary" rel="external" href="">{texts::TRY_AGAIN}</a>
                </div>
            </SessionUnknown>
        </section>
    })
}

/// The page that the person was kept from, if the address names one of ours.
fn wanted_page() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query
            .with(|query| query.get("return_to"))
            .filter(|path| is_own_path(path))
    })
}
