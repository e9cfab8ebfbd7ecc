//! `/logged-out`: tells what a sign-out ended. It never says more than is known.

use exeunt_leptos::{
    Base, LoginLink, LogoutButton, is_own_path, is_web_address, use_logged_out, wire::LoggedOutView,
};
use leptos::{either::Either, prelude::*};

use crate::{erase::erase, pages::Fault, receipt::ReceiptList, texts::texts, verdict::Verdict};

/// The page that reports a sign-out.
#[component]
pub fn LoggedOut() -> impl IntoView {
    let report = use_logged_out();
    erase(report.answered(move || {
        // An equal report rebuilds nothing.
        let report = Memo::new(move |_| report.get());
        move || {
            report.get().map(|report| match report {
                Ok(report) => Either::Left(view! { <Report report/> }),
                Err(_) => Either::Right(view! { <Fault/> }),
            })
        }
    }))
}

/// What the server knows.
#[component]
fn Report(report: LoggedOutView) -> impl IntoView {
    let texts = texts();
    let words = &texts.logged_out;
    let verdict = Verdict::on(&report);
    let under_way = verdict.shows_receipt() && report.is_under_way();
    let provider = report.provider.as_deref();
    let explanation = words.explanation(verdict, provider);
    let receipt = report.receipt.filter(|_| verdict.shows_receipt());
    let under_way = under_way.then(|| {
        view! {
            <p class="quiet-text">
                {words.under_way} " " <a href="">{words.refresh}</a>
            </p>
        }
    });
    let probe = (report.can_probe && matches!(verdict, Verdict::SignedOut { .. })).then(|| {
        let href = Base::current().href("/auth/logout/probe");
        view! { <a class="button" href=href>{words.probe_provider.name(provider)}</a> }
    });
    let onward = report
        .continue_to
        .filter(|to| is_web_address(to) || is_own_path(to));
    let tries = if verdict == Verdict::StillSignedIn {
        0
    } else {
        report.provider_tries_left
    };
    let retry = (tries > 0).then(|| {
        let href = Base::current().href("/auth/logout/continue");
        view! { <a class="button" href=href>{words.try_provider.name(provider)}</a> }
    });
    let sign_out_there = verdict.goes_on_to_provider().then(|| {
        let label = words.sign_out_at.name(provider);
        view! { <LogoutButton>{label}</LogoutButton> }
    });
    let again = if verdict == Verdict::NotSignedIn {
        texts.sign_in
    } else {
        words.sign_in_again
    };
    let first = match verdict {
        Verdict::StillSignedIn => {
            Either::Left(view! { <LogoutButton class="primary">{texts.sign_out}</LogoutButton> })
        }
        Verdict::Unfinished => {
            Either::Left(view! { <LogoutButton class="primary">{words.finish}</LogoutButton> })
        }
        Verdict::SignedOut { .. } | Verdict::EndedByProvider | Verdict::RanOut | Verdict::NotSignedIn => {
            Either::Right(view! {
                {sign_out_there}
                <LoginLink class="button primary">{again}</LoginLink>
                <LoginLink class="button" prompt="select_account">{words.other_account}</LoginLink>
            })
        }
    };
    erase(view! {
        <div class="farewell">
            <section class="statement">
                <h1>{(words.headline)(verdict)}</h1>
                {explanation.into_iter().map(|sentence| view! { <p class="lead">{sentence}</p> }).collect_view()}
            </section>
            {receipt.map(|receipt| view! { <ReceiptList receipt provider=report.provider.clone()/> })}
            {under_way}
            <div class="ways">
                {first} {retry} {probe}
                {onward.map(|to| view! { <a class="button" href=to>{words.go_on}</a> })}
            </div>
        </div>
    })
}
