//! `/sessions`: where the person is signed in, what ended lately, and the way to end each.

use exeunt_leptos::{
    Base, LoginLink, LogoutButton, OwnSessions as Handle, RequireSession, use_own_sessions,
    wire::{EndEntry, Scope, SessionEntry, SessionList},
};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
    web_sys::Element,
};

use crate::{erase::erase, fixed::fixed, moment::Moment, texts::texts};

/// The page with the person's sessions.
#[component]
pub fn OwnSessions() -> impl IntoView {
    let texts = texts();
    let words = &texts.own_sessions;
    let here = Base::current().href("/sessions");
    let kept_out = move || {
        view! {
            <p class="lead">{texts.account.closed}</p>
            <div class="ways">
                <LoginLink class="button primary" return_to=here.clone()>{texts.sign_in}</LoginLink>
            </div>
        }
    };
    erase(view! {
        {fixed(|| view! { <h1>{words.title}</h1> })}
        <RequireSession fallback=kept_out>
            <List/>
        </RequireSession>
    })
}

#[component]
fn List() -> impl IntoView {
    let words = &texts().own_sessions;
    let sessions = use_own_sessions();
    let is_asked = RwSignal::new(false);
    // One may have been opened before the page was live.
    Effect::new(move |_| is_asked.set(open_question().is_some()));
    view! {
        <p class="lead">{words.lead}</p>
        {sessions.list.answered(move || {
            // While a question stands open nothing moves: it must not become one about another session under the hand.
            let list = Memo::new(move |shown: Option<&Option<_>>| match shown {
                Some(Some(shown)) if is_asked.get() => Some(Clone::clone(shown)),
                _ => sessions.list.get(),
            });
            let lists = move || {
                list.get()
                    .map(|answer| match answer {
                        Ok(Some(SessionList {
                            platform: Some(host), ..
                        })) => {
                            EitherOf3::B(view! { <AtPlatform host/> })
                        }
                        Ok(Some(list)) => EitherOf3::A(view! { <Lists list sessions is_asked/> }),
                        Ok(None) | Err(_) => EitherOf3::C(view! { <p class="lead">{words.unreadable}</p> }),
                    })
            };
            // What a form without scripts did stands here as the server wrote it. The browser takes it for an empty text, which
            // hydration leaves alone.
            #[cfg(feature = "ssr")]
            let so_far = if form_has_ended(sessions) { words.done } else { "" };
            #[cfg(not(feature = "ssr"))]
            let so_far = "";
            let outcome = move || match sessions.outcome.get() {
                Some(true) => words.done,
                Some(false) => words.failed,
                None => so_far,
            };
            view! {
                {lists}
                <p class="session-outcome" role="status">{outcome}</p>
            }
        })}
    }
}

/// For how long a page speaks of what its form did, in seconds: it may be asked for again.
#[cfg(feature = "ssr")]
const SPOKEN_OF: i64 = 60;

/// Whether the address names an end that a form of this page just brought about (`POST /api/auth/sessions/end` leads here). The
/// address proves nothing, so it must be among the person's last ends.
#[cfg(feature = "ssr")]
fn form_has_ended(sessions: Handle) -> bool {
    let told = crate::route::asked_for("ended").and_then(|at| at.parse::<i64>().ok());
    let now = exeunt_leptos::use_session()
        .session
        .get_untracked()
        .map(|session| session.now);
    let list = untrack(|| sessions.list.get()).and_then(Result::ok).flatten();
    let (Some(told), Some(now), Some(list)) = (told, now, list) else {
        return false;
    };
    let is_it = |end: &EndEntry| end.why == "another_session" && end.ended_at == told;
    (told..=told.saturating_add(SPOKEN_OF)).contains(&now) && list.recent_ends.iter().any(is_it)
}

/// The platform has them: there is no list here, and no other session that could be ended here.
#[component]
fn AtPlatform(host: String) -> impl IntoView {
    let texts = texts();
    erase(view! {
        <section class="sheet">
            <p>{texts.own_sessions.at_platform.fill(&host)}</p>
            <div class="ways">
                <LogoutButton class="primary">{texts.sign_out}</LogoutButton>
            </div>
        </section>
    })
}

#[component]
fn Lists(list: SessionList, sessions: Handle, is_asked: RwSignal<bool>) -> impl IntoView {
    let words = &texts().own_sessions;
    let is_alone = list.sessions.len() < 2;
    let entries = list
        .sessions
        .into_iter()
        .map(|entry| entry_view(entry, sessions, is_asked));
    let all = (!is_alone).then(|| {
        view! {
            {confirm(
                words.others,
                None,
                words.others_sure,
                is_asked,
                end_form(sessions, None, words.others_yes, None),
            )}
        }
    });
    let everywhere =
        view! { <LogoutButton scope=Scope::Everywhere class="primary">{words.everywhere_yes}</LogoutButton> };
    erase(view! {
        <section class="sheet">
            <ul class="sessions">{entries.collect_view()}</ul>
            {is_alone.then(|| view! { <p class="quiet-text">{words.alone}</p> })}
            <div class="session-all">
                {all}
                {confirm(texts().words.menu.everywhere, None, words.everywhere_sure, is_asked, everywhere)}
            </div>
        </section>
        <History ends=list.recent_ends/>
    })
}

fn entry_view(entry: SessionEntry, sessions: Handle, is_asked: RwSignal<bool>) -> impl IntoView {
    let words = &texts().own_sessions;
    let way = if entry.current {
        let button = view! { <LogoutButton>{texts().sign_out}</LogoutButton> };
        Either::Left(view! { <div class="confirm">{button}</div> })
    } else {
        let named = |label: &str| Some([label, ": ", &entry.device].concat());
        let form = end_form(sessions, Some(entry.id), words.end_yes, named(words.end_yes));
        Either::Right(confirm(
            words.end,
            named(words.end),
            words.end_sure,
            is_asked,
            form,
        ))
    };
    let here = entry
        .current
        .then(|| view! { <span class="session-here">{words.here}</span> });
    erase(view! {
        <li class="session-entry">
            <h2 class="session-device">{entry.device} {here}</h2>
            <p class="session-times">
                <span>{words.began} " " <Moment at=entry.created_at/></span>
                <span>{words.used} " " <Moment at=entry.last_used_at/></span>
                <span>{words.ends} " " <Moment at=entry.expires_at/></span>
                <span>{words.through} " " {host(&entry.issuer)}</span>
            </p>
            {way}
        </li>
    })
}

/// Asks before it is done; the question opens in place, with scripts and without. `name`: the label for whoever hears it without
/// what stands beside it.
fn confirm(
    label: &'static str,
    name: Option<String>,
    question: &'static str,
    is_asked: RwSignal<bool>,
    way: impl IntoView + 'static,
) -> impl IntoView {
    erase(view! {
        <details class="confirm" on:toggle=move |_| is_asked.set(open_question().is_some())>
            <summary aria-label=name>{label}</summary>
            <div class="confirm-question">
                <p>{question}</p>
                {way}
            </div>
        </details>
    })
}

/// In the browser only.
fn open_question() -> Option<Element> {
    document().query_selector("details.confirm[open]").ok().flatten()
}

/// It was answered. The list that comes then may have another session in its place.
fn close_questions() {
    while let Some(question) = open_question() {
        // Fails on no name of an attribute that there is; the page would hang if it did.
        if question.remove_attribute("open").is_err() {
            break;
        }
    }
}

/// Ends one session, or all others. `name` as in [`confirm`].
fn end_form(
    sessions: Handle,
    id: Option<String>,
    label: &'static str,
    name: Option<String>,
) -> impl IntoView {
    let (field, value) = match &id {
        Some(id) => ("id", id.clone()),
        None => ("others", "true".into()),
    };
    view! {
        <form
            method="post"
            action=Base::current().href(Handle::FORM)
            on:submit=move |event| {
                event.prevent_default();
                close_questions();
                match &id {
                    Some(id) => sessions.end(id),
                    None => sessions.end_others(),
                }
            }
        >
            <input type="hidden" name=field value=value/>
            <button
                type="submit"
                class="primary"
                aria-label=name
                aria-busy=move || sessions.pending.get().then_some("true")
            >
                {label}
            </button>
        </form>
    }
}

#[component]
fn History(ends: Vec<EndEntry>) -> impl IntoView {
    let texts = texts();
    let words = &texts.own_sessions;
    let rows = ends.into_iter().map(|end| {
        view! {
            <tr>
                <td>{end.device}</td>
                <td><Moment at=end.ended_at/></td>
                <td>{texts.words.ended.cause(&end.why)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let table = if rows.is_empty() {
        Either::Left(view! { <p>{words.no_history}</p> })
    } else {
        Either::Right(view! {
            <table class="history">
                <thead>
                    <tr>
                        <th scope="col">{words.device}</th>
                        <th scope="col">{words.ended}</th>
                        <th scope="col">{words.why}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    erase(view! {
        <section class="sheet">
            <h2>{words.history}</h2>
            <p class="quiet-text">{words.history_more}</p>
            {table}
        </section>
    })
}

/// The host of an issuer: what people know it by.
fn host(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).into()
}
