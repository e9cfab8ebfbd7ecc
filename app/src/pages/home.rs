//! `/`: what this is about, and whether somebody is signed in.

use exeunt_leptos::{
    Base, LoginLink, LogoutButton, LogoutChoice, SessionUnknown, SignedIn, SignedOut, is_own_path,
    use_session, wire::Scope,
};
use leptos::prelude::*;

use crate::{
    countdown::Countdown,
    erase::erase,
    fixed::fixed,
    moment::Moment,
    route::asked_for,
    texts::{self, name_of, texts},
};

/// The start page.
#[component]
pub fn Home() -> impl IntoView {
    let words = &texts().home;
    erase(view! {
        <div class="playbill">
            {fixed(|| {
                view! {
                    <section class="opening">
                        <h1>{words.headline}</h1>
                        <p class="lead">{words.lead}</p>
                    </section>
                }
            })}
            <SessionCard/>
            {fixed(|| cast(words))}
        </div>
    })
}

/// Who leaves, and how.
fn cast(words: &'static texts::Home) -> impl IntoView {
    let line = |(who, how)| {
        view! {
            <li class="line">
                <span class="line-name">{who}</span>
                <span class="leader" aria-hidden="true"></span>
                <span class="line-how">{how}</span>
            </li>
        }
    };
    view! {
        <section class="cast">
            <h2>{words.cast}</h2>
            <ul class="lines">{words.leaving.map(line).into_iter().collect_view()}</ul>
        </section>
    }
}

/// Who is signed in, until when, and the ways in or out.
#[component]
fn SessionCard() -> impl IntoView {
    let texts = texts();
    let words = &texts.home;
    let account = Base::current().href("/account");
    let session = use_session();
    // The page that the person was kept from, if the address names one of ours.
    let wanted = StoredValue::new(asked_for("return_to").filter(|path| is_own_path(path)));
    let name = move || session.session.get().map(|session| name_of(&session));
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
                <p class="eyebrow">{words.on_stage}</p>
                <h2 class="ticket-name">{name}</h2>
                <p class="ticket-mail">{email}</p>
                {move || {
                    ends()
                        .map(|at| {
                            view! {
                                <p class="ticket-time">
                                    <span>{words.ends}</span>
                                    <Moment at/>
                                    <Countdown/>
                                </p>
                            }
                        })
                }}
                <div class="ways">
                    <LogoutButton class="primary">{texts.sign_out}</LogoutButton>
                    <a class="button" href=account.clone()>{words.account}</a>
                </div>
                <OtherWays/>
            </SignedIn>
            <SignedOut>
                {
                    let wanted = wanted.get_value();
                    let headline = if wanted.is_some() { words.please } else { words.nobody };
                    view! {
                        <h2 class="ticket-name">{headline}</h2>
                        <p class="ticket-mail">{words.nobody_more}</p>
                        <div class="ways">
                            <LoginLink class="button primary" return_to=wanted.unwrap_or_default()>{texts.sign_in}</LoginLink>
                        </div>
                    }
                }
            </SignedOut>
            <SessionUnknown>
                <h2 class="ticket-name">{words.unknown}</h2>
                <p class="ticket-mail">{words.unknown_more}</p>
                <div class="ways">
                    <a class="button primary" href="">{texts.try_again}</a>
                </div>
            </SessionUnknown>
        </section>
    })
}

/// The ways out, for whoever wants another than the usual one.
#[component]
fn OtherWays() -> impl IntoView {
    let texts = texts();
    erase(view! {
        <details class="confirm">
            <summary>{texts.home.other_ways}</summary>
            <div class="confirm-question">
                <LogoutChoice scope=Scope::Everywhere class="primary">{texts.sign_out}</LogoutChoice>
            </div>
        </details>
    })
}
