//! `LogoutButton`: one press ends it all.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{base::Base, functions::Logout, sign_out::use_sign_out, wire::Scope};

/// A button that signs out.
///
/// # Usage
/// ```
/// use exeunt_leptos::{LogoutButton, wire::Scope};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Ways() -> impl IntoView {
///     view! {
///         <LogoutButton>"Sign out"</LogoutButton>
///         <LogoutButton scope=Scope::Everywhere class="danger">"Sign out everywhere"</LogoutButton>
///     }
/// }
/// ```
/// In a menu of your own (an element with `role="menu"`) it is an item: `menu_item=true`. To let the person choose how far,
/// take a [`LogoutChoice`](crate::LogoutChoice).
///
/// After the answer the session leaves the page and the browser leaves for the provider, or for `/logged-out`. If the
/// server cannot be reached within ten seconds, the address becomes that of `/logged-out` and [`use_sign_out`] says so. How the
/// provider is told:
/// [OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html).
///
/// # Server-side rendering
/// A plain form, which works without scripts: the server answers with a redirection to a page of ours.
///
/// # Accessibility
/// A real `button`. While the server is asked it is disabled and `aria-busy`; that holds for all such buttons of the
/// page, so nothing is sent twice.
#[component]
pub fn LogoutButton(
    /// How far to sign out.
    #[prop(optional)]
    scope: Scope,
    /// Where the page that reports it offers to go on. Ignored unless the operator allows it.
    #[prop(optional, into)]
    post_logout_redirect_uri: Option<String>,
    /// It stands in an element with `role="menu"`: then it is a `menuitem`, and the form around it says nothing.
    #[prop(optional)]
    menu_item: bool,
    /// Class of the button. The form around it has the class `exeunt-logout`.
    #[prop(optional, into)]
    class: Option<String>,
    /// What stands on the button.
    children: Children,
) -> impl IntoView {
    let sign_out = use_sign_out();
    let pending = sign_out.pending();
    let field = post_logout_redirect_uri
        .clone()
        .map(|uri| view! { <input type="hidden" name="post_logout_redirect_uri" value=uri/> });
    view! {
        <form
            class="exeunt-logout"
            role=menu_item.then_some("none")
            method="post"
            action=Base::current().href(Logout::PATH)
            on:submit=move |event| {
                event.prevent_default();
                sign_out.begin(scope, post_logout_redirect_uri.clone());
            }
        >
            <input type="hidden" name="scope" value=scope.as_str()/>
            {field}
            <button
                type="submit"
                class=class
                role=menu_item.then_some("menuitem")
                disabled=pending
                aria-busy=move || pending.get().then_some("true")
            >
                {children()}
            </button>
        </form>
    }
}
