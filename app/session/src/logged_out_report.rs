//! `LoggedOutReport`: tells what a sign-out ended, for an app that writes no page of its own for it.

use leptos::{either::Either, prelude::*};

use crate::{
    logout_button::LogoutButton,
    report::use_logged_out,
    wire::{LoggedOutView, ReceiptLayer},
    words::{ReportWords, report_words},
};

/// What the last sign-out in this browser ended, layer by layer, and what it did not. Where there was none it is empty; where the
/// session is alive, or its end is not certain, it says that and has the button that ends it.
///
/// # Usage
/// On the page `/logged-out`, or wherever somebody arrives after a sign-out, inside the
/// [`SessionProvider`](crate::SessionProvider):
/// ```
/// use exeunt_leptos::{LoggedOutReport, LoginLink};
/// use leptos::prelude::*;
///
/// #[component]
/// fn LoggedOutPage() -> impl IntoView {
///     view! { <LoggedOutReport/> <LoginLink>"Sign in again"</LoginLink> }
/// }
/// ```
/// A page that says more takes [`use_logged_out`]. It says it in English until the app provides other
/// [`ReportWords`](crate::words::ReportWords).
///
/// # Server-side rendering
/// Written when the server knows; followed in the browser while a step is under way.
///
/// # Accessibility
/// A list in an element with `role="status"`, since an answer may replace it. It has the class `exeunt-report`.
#[component]
pub fn LoggedOutReport() -> impl IntoView {
    let report = use_logged_out();
    let words = report_words();
    report.answered(move || {
        let told = move || {
            report.get().map(|answer| match answer {
                Ok(report) => Either::Left(told(report, words)),
                Err(_) => Either::Right(view! { <p>{words.unknown}</p> }),
            })
        };
        view! { <div class="exeunt-report" role="status">{told}</div> }
    })
}

fn told(report: LoggedOutView, words: &'static ReportWords) -> impl IntoView {
    let doubt = if report.signed_in {
        Some((words.still_signed_in, words.sign_out))
    } else if report.unfinished {
        Some((words.unfinished, words.finish))
    } else {
        None
    };
    // A receipt beside a living session would speak of another one.
    let receipt = report.receipt.filter(|_| !report.signed_in);
    let layers = receipt.into_iter().flat_map(|receipt| receipt.layers);
    let lines: Vec<_> = layers
        .map(|line| view! { <li>{sentence(&line, words)}</li> })
        .collect();
    let list = (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> });
    let way = doubt.map(|(said, label)| view! { <p>{said}</p> <LogoutButton>{label}</LogoutButton> });
    view! { {list} {way} }
}

fn sentence(line: &ReceiptLayer, words: &ReportWords) -> String {
    let detail = line.detail.as_deref().filter(|_| words.shows_details);
    let (before, detail) = detail.map_or(("", ""), |detail| (". ", detail));
    let (layer, status) = ((words.layer)(line.layer), (words.status)(line.status));
    [layer, ": ", status, before, detail].concat()
}
