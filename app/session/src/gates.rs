//! Gates: what is shown to whom.

use leptos::prelude::*;

use crate::{answer::Presence, session::expect_store, store::Store};

/// Shows its children to a person who is signed in.
///
/// # Usage
/// ```
/// use exeunt_leptos::SignedIn;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Letters() -> impl IntoView {
///     view! { <SignedIn fallback=|| "Please sign in.">"Your letters"</SignedIn> }
/// }
/// ```
/// A gate is no protection: what must stay secret is kept back on the server. It follows who is signed in, so an answer
/// about the same person rebuilds nothing.
///
/// # Server-side rendering
/// The HTML holds either the children or the fallback, never both.
///
/// # Accessibility
/// Renders nothing of its own.
#[component]
pub fn SignedIn(
    /// Shown otherwise, also while nobody can say. Default: nothing.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// Shown to a person who is signed in.
    children: ChildrenFn,
) -> impl IntoView {
    gate(
        expect_store(),
        |presence| matches!(presence, Presence::SignedIn { .. }),
        children,
        fallback,
    )
}

/// Shows its children to a person who is certainly not signed in.
///
/// # Usage
/// ```
/// use exeunt_leptos::{LoginLink, SignedOut};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Door() -> impl IntoView {
///     view! {
///         <SignedOut>
///             <LoginLink>"Sign in"</LoginLink>
///         </SignedOut>
///     }
/// }
/// ```
///
/// # Server-side rendering
/// As with [`SignedIn`](crate::SignedIn).
///
/// # Accessibility
/// Renders nothing of its own.
#[component]
pub fn SignedOut(
    /// Shown to a person who is not signed in.
    children: ChildrenFn,
) -> impl IntoView {
    gate(
        expect_store(),
        |presence| matches!(presence, Presence::SignedOut),
        children,
        ViewFn::default(),
    )
}

/// Shows its children while nobody can say whether the person is signed in: the server did not answer, or a sign-out is
/// under way.
///
/// # Usage
/// ```
/// use exeunt_leptos::SessionUnknown;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Notice() -> impl IntoView {
///     view! { <SessionUnknown>"We cannot tell right now whether you are signed in."</SessionUnknown> }
/// }
/// ```
///
/// # Server-side rendering
/// As with [`SignedIn`](crate::SignedIn).
///
/// # Accessibility
/// Renders nothing of its own.
#[component]
pub fn SessionUnknown(
    /// Shown while nobody can say.
    children: ChildrenFn,
) -> impl IntoView {
    gate(
        expect_store(),
        |presence| matches!(presence, Presence::Unknown),
        children,
        ViewFn::default(),
    )
}

/// One gate for all, whatever is in them: a type of its own for each would be a copy of its code for each.
fn gate(store: Store, open: fn(&Presence) -> bool, children: ChildrenFn, fallback: ViewFn) -> impl IntoView {
    view! {
        <Transition>
            {
                // Made in here, so that the question it asks is awaited by this very boundary.
                let presence = Memo::new(move |_| store.presence());
                let children = children.clone();
                let fallback = fallback.clone();
                move || if presence.with(open) { children() } else { fallback.run() }
            }
        </Transition>
    }
}
