//! The way of a sign-out in the browser: ask, forget, leave.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use crate::{
    LOGGED_OUT,
    address::is_web_address,
    base::Base,
    draft,
    error::SessionError,
    functions::logout,
    live::{self, Message},
    store::Store,
    wire::{Layer, LayerStatus, LogoutResponse, ReceiptLayer, Scope},
};

/// How long the server may take before it counts as unreachable.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sign-out of this page: at most one at a time, whichever button began it. Copies are the same.
///
/// # Usage
/// Around the page, in whose place the app must say so where the server was not reached:
/// ```
/// use exeunt_leptos::use_sign_out;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Page() -> impl IntoView {
///     let unreachable = use_sign_out().unreachable();
///     view! { <Show when=move || !unreachable.get() fallback=Unreachable>"…"</Show> }
/// }
///
/// #[component]
/// fn Unreachable() -> impl IntoView {
///     let sign_out = use_sign_out();
///     view! {
///         <p>"The server could not be reached; you may still be signed in."</p>
///         <button on:click=move |_| sign_out.retry() disabled=sign_out.pending()>"Try again"</button>
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct SignOut {
    pending: RwSignal<bool>,
    unreachable: RwSignal<bool>,
    attempt: StoredValue<u32>,
    wish: StoredValue<(Scope, Option<String>)>,
    place: StoredValue<Option<Place>>,
}

/// What the flow touches outside itself.
#[derive(Clone)]
struct Place {
    store: Store,
    base: Base,
}

/// The sign-out of the [`SessionProvider`](crate::SessionProvider) above: for a button of your own, and for the page
/// `/logged-out`, which must say so where the server was not reached. See [`SignOut`].
///
/// # Usage
/// ```
/// use exeunt_leptos::{use_sign_out, wire::Scope};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Leave() -> impl IntoView {
///     let sign_out = use_sign_out();
///     let leave = move |_| sign_out.begin(Scope::Browser, None);
///     view! { <button on:click=leave disabled=sign_out.pending()>"Sign out"</button> }
/// }
/// ```
/// Such a button does nothing without scripts; a [`LogoutButton`](crate::LogoutButton) does.
///
/// # Server-side rendering
/// Neither pending nor unreachable.
///
/// # Panics
/// Without a provider.
#[must_use]
#[track_caller]
pub fn use_sign_out() -> SignOut {
    crate::session::expect_store().sign_out
}

impl SignOut {
    pub(crate) fn new() -> Self {
        Self {
            pending: RwSignal::new(false),
            unreachable: RwSignal::new(false),
            attempt: StoredValue::new(0),
            wish: StoredValue::new((Scope::default(), None)),
            place: StoredValue::new(None),
        }
    }

    pub(crate) fn attach(self, store: Store, base: Base) {
        self.place.set_value(Some(Place { store, base }));
    }

    /// The server was asked and has not answered yet.
    #[must_use]
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// The server could not be reached: whether anything was ended is not known. The address is that of `/logged-out` then,
    /// which is loaded as soon as the server answers anything.
    #[must_use]
    pub fn unreachable(self) -> Signal<bool> {
        self.unreachable.into()
    }

    /// Begins to sign out, unless that is under way already. Whatever comes of it, the page leaves: for the provider, for
    /// `post_logout_redirect_uri` by way of `/logged-out`, or for `/logged-out`. A server that does not answer within ten seconds
    /// counts as unreachable; an answer that comes later still counts.
    ///
    /// In the browser only.
    pub fn begin(self, scope: Scope, post_logout_redirect_uri: Option<String>) {
        self.wish.set_value((scope, post_logout_redirect_uri));
        self.retry();
    }

    /// Tries the last sign-out again, with the same wishes, unless that is under way already. In the browser only.
    pub fn retry(self) {
        if self.is_under_way() {
            return;
        }
        self.pending.set(true);
        self.attempt
            .update_value(|attempt| *attempt = attempt.wrapping_add(1));
        let attempt = self.attempt.get_value();
        let (scope, uri) = self.wish.get_value();
        spawn_local(async move {
            let answer = logout(Some(scope), uri).await;
            self.settle(attempt, &answer);
        });
        set_timeout(
            move || {
                if self.is_under_way() {
                    self.settle(attempt, &Err(SessionError::Unreachable));
                }
            },
            PATIENCE,
        );
    }

    pub(crate) fn retry_if_unreachable(self) {
        if self.unreachable.get_untracked() {
            self.retry();
        }
    }

    pub(crate) fn is_under_way(self) -> bool {
        self.pending.get_untracked()
    }

    /// The server answered something: if nothing is known and nothing is being tried, it is asked for the page that tells the
    /// truth.
    pub(crate) fn reached(self) {
        if self.unreachable.get_untracked() && !self.is_under_way() {
            // Fails only on what is no address.
            _ = location().replace(&Base::current().href(LOGGED_OUT));
        }
    }

    /// The page was left and is shown again: whatever was under way then is over.
    pub(crate) fn forget(self) {
        self.attempt
            .update_value(|attempt| *attempt = attempt.wrapping_add(1));
        self.pending.set(false);
    }

    /// Deals with an outcome. An answer that comes after the patience ran out still counts, unless a newer attempt runs.
    fn settle(self, attempt: u32, answer: &Result<LogoutResponse, SessionError>) {
        let Some(place) = self.place.get_value() else {
            return;
        };
        if self.attempt.get_value() != attempt {
            return;
        }
        place.store.drop_what_is_shown();
        if answer.as_ref().is_ok_and(ended_here) {
            draft::forget_all();
            live::tell(&Message::Ended {
                why: "logout".into(),
                at: 0,
            });
        }
        match Destination::of(answer, &place.base) {
            // Stays pending: nothing may be pressed while the browser leaves. Its patience is over with the answer: the
            // provider may take as long as it likes.
            Destination::Document(url) => {
                self.attempt
                    .update_value(|attempt| *attempt = attempt.wrapping_add(1));
                _ = location().set_href(&url);
            }
            Destination::InPlace => {
                self.pending.set(false);
                self.unreachable.set(true);
                // A reload asks for the page that tells the truth. Refused only in a document without an origin.
                let address = place.base.href(LOGGED_OUT);
                if let Ok(history) = window().history() {
                    _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
                }
            }
        }
    }
}

impl std::fmt::Debug for SignOut {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignOut").finish_non_exhaustive()
    }
}

/// Whether the session of this app is over, whatever became of the rest: a platform that did not answer keeps nobody signed in
/// here.
fn ended_here(response: &LogoutResponse) -> bool {
    let is_end = |line: &ReceiptLayer| line.layer == Layer::AppSession && line.status == LayerStatus::Ended;
    response.success || response.receipt.layers.iter().any(is_end)
}

/// Where the browser goes after an answer.
#[derive(Debug, PartialEq, Eq)]
enum Destination {
    /// It loads this document, which ends all that the page holds in memory.
    Document(String),
    /// It says so in place, under the address of `/logged-out`: there is nobody to load that from.
    InPlace,
}

impl Destination {
    fn of(answer: &Result<LogoutResponse, SessionError>, base: &Base) -> Self {
        let own = || base.href(LOGGED_OUT);
        match answer {
            Ok(response) => {
                let offered = [&response.front_channel_logout_url, &response.redirect_url];
                let usable = offered.into_iter().flatten().find(|url| is_web_address(url));
                Self::Document(usable.cloned().unwrap_or_else(own))
            }
            Err(SessionError::Unreachable) => Self::InPlace,
            Err(_) => Self::Document(own()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Receipt;

    fn answer(front_channel: Option<&str>, redirect: Option<&str>) -> Result<LogoutResponse, SessionError> {
        Ok(LogoutResponse {
            success: true,
            message: String::new(),
            redirect_url: redirect.map(Into::into),
            front_channel_logout_url: front_channel.map(Into::into),
            receipt: Receipt {
                ended_at: 0,
                layers: Vec::new(),
            },
        })
    }

    fn document(url: &str) -> Destination {
        Destination::Document(url.into())
    }

    #[test]
    fn the_provider_comes_first_then_the_redirect_then_our_own_page() {
        let base = Base::new("/some/app");
        let (provider, redirect) = ("https://id.example/end", "https://app.example/logged-out");
        assert_eq!(
            Destination::of(&answer(Some(provider), Some(redirect)), &base),
            document(provider)
        );
        assert_eq!(
            Destination::of(&answer(None, Some(redirect)), &base),
            document(redirect)
        );
        assert_eq!(
            Destination::of(&answer(None, None), &base),
            document("/some/app/logged-out")
        );
    }

    #[test]
    fn i7_an_address_that_is_not_http_is_passed_over() {
        let base = Base::default();
        let redirect = "https://app.example/logged-out";
        assert_eq!(
            Destination::of(&answer(Some("javascript:alert(1)"), Some(redirect)), &base),
            document(redirect)
        );
        assert_eq!(
            Destination::of(&answer(Some("data:,x"), Some("//x")), &base),
            document("/logged-out")
        );
    }

    #[test]
    fn what_ended_here_is_over_though_the_rest_failed() {
        let mut failed = answer(None, None).unwrap();
        assert!(ended_here(&failed));
        failed.success = false;
        assert!(!ended_here(&failed));
        failed.receipt.layers.push(ReceiptLayer {
            layer: Layer::AppSession,
            status: LayerStatus::Ended,
            detail: None,
        });
        assert!(ended_here(&failed));
    }

    /// The page that says "signed out" is asked of the server; where it cannot be reached, nothing of the kind is shown.
    #[test]
    fn k11_an_unreachable_server_leads_to_no_page_that_could_claim_a_sign_out() {
        let destination = Destination::of(&Err(SessionError::Unreachable), &Base::default());
        assert_eq!(destination, Destination::InPlace);
    }

    /// It did not do all that was asked, and still knows the way: the person is led there, and told on return.
    #[test]
    fn f8_3_a_failed_sign_out_still_leads_to_the_platform() {
        let mut failed = answer(Some("https://k.example/out"), Some("https://k.example/login"));
        if let Ok(response) = &mut failed {
            response.success = false;
        }
        assert_eq!(
            Destination::of(&failed, &Base::default()),
            document("https://k.example/out")
        );
    }

    #[test]
    fn an_error_answer_loads_our_page_and_silence_shows_it_in_place() {
        let base = Base::default();
        for error in [SessionError::Unavailable, SessionError::Protocol] {
            assert_eq!(Destination::of(&Err(error), &base), document("/logged-out"));
        }
        assert_eq!(
            Destination::of(&Err(SessionError::Unreachable), &base),
            Destination::InPlace
        );
    }
}
