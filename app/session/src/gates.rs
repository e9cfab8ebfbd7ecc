//! Gates: what is shown to whom.

use leptos::{either::Either, prelude::*};

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
/// With a `role` it opens only for somebody who has that role. A gate is no protection: what must stay secret is kept back on
/// the server. It follows who is signed in, so an answer about the same person in the same roles rebuilds nothing.
///
/// # Server-side rendering
/// The HTML holds either the children or the fallback, never both.
///
/// # Accessibility
/// Renders nothing of its own.
#[component]
pub fn SignedIn<C>(
    /// The role that is needed beside the session. Default: none.
    #[prop(optional, into)]
    role: Option<String>,
    /// Shown otherwise, also while nobody can say. Default: nothing.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// Shown to a person who is signed in.
    children: TypedChildrenFn<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    gate(expect_store(), rule(role), children, fallback)
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
pub fn SignedOut<C>(
    /// Shown to a person who is not signed in.
    children: TypedChildrenFn<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    gate(expect_store(), Rule::SignedOut, children, ViewFn::default())
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
pub fn SessionUnknown<C>(
    /// Shown while nobody can say.
    children: TypedChildrenFn<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    gate(expect_store(), Rule::Unknown, children, ViewFn::default())
}

/// Shows its children to a person who is signed in, and keeps everybody else out on the server: before anything of the page
/// is written, a document is redirected (303).
///
/// # Usage
/// Around a page that only somebody signed in may see; with a role, only somebody who has it:
/// ```
/// use exeunt_leptos::RequireSession;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Ledger() -> impl IntoView {
///     view! {
///         <RequireSession role="accountant" fallback=|| "This page is not for you.">
///             "Every penny"
///         </RequireSession>
///     }
/// }
/// ```
/// Data that the page fetches is guarded where it is given out: `exeunt`'s extractor `LiveSession` answers 401.
///
/// # Server-side rendering
/// The route must be `SsrMode::Async`, so that the answer's head waits for the session. Nobody signed in: 303 to the first
/// page, with the address that was wanted as `return_to`; never to the sign-in itself. The role is missing: 403 with the
/// fallback. Nobody can say: 503 with the fallback. In the browser, at a change of route, the fallback is shown.
///
/// # Accessibility
/// Renders nothing of its own.
#[component]
pub fn RequireSession<C>(
    /// The role that is needed beside the session. Default: none.
    #[prop(optional, into)]
    role: Option<String>,
    /// Shown to whoever is kept out. Default: nothing.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// Shown to whoever may come in.
    children: TypedChildrenFn<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    let store = expect_store();
    let kept_out = move || {
        #[cfg(feature = "ssr")]
        crate::reply::keep_out(&untrack(|| store.presence()));
        fallback.run()
    };
    gate(store, rule(role), children, kept_out.into())
}

fn rule(role: Option<String>) -> Rule {
    role.map_or(Rule::SignedIn, Rule::InRole)
}

/// Whom a gate lets in.
#[derive(Clone, Debug)]
enum Rule {
    SignedIn,
    InRole(String),
    SignedOut,
    Unknown,
}

impl Rule {
    fn lets_in(&self, presence: &Presence) -> bool {
        match (self, presence) {
            (Self::InRole(role), Presence::SignedIn { roles, .. }) => roles.contains(role),
            (Self::SignedIn, Presence::SignedIn { .. })
            | (Self::SignedOut, Presence::SignedOut)
            | (Self::Unknown, Presence::Unknown) => true,
            _ => false,
        }
    }
}

fn gate<C: IntoView + 'static>(
    store: Store,
    rule: Rule,
    children: TypedChildrenFn<C>,
    fallback: ViewFn,
) -> impl IntoView {
    let presence = Memo::new(move |_| store.presence());
    let children = children.into_inner();
    move || {
        if presence.with(|presence| rule.lets_in(presence)) {
            let view = children();
            // The type ends here, on the server only: it would go on through all that is around the gate, further than the
            // compiler follows.
            #[cfg(feature = "ssr")]
            let view = view.into_any();
            Either::Left(view)
        } else {
            Either::Right(fallback.run())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_in(roles: &[&str]) -> Presence {
        Presence::SignedIn {
            user_id: "ada".into(),
            roles: roles.iter().map(|&role| role.into()).collect(),
        }
    }

    /// Whatever goes wrong on the way to a sign-in, nobody is let in for it.
    #[test]
    fn k09_a_gate_stays_closed_while_nobody_can_say() {
        for rule in [Rule::SignedIn, Rule::InRole("admin".into())] {
            assert!(!rule.lets_in(&Presence::Unknown), "{rule:?}");
            assert!(!rule.lets_in(&Presence::SignedOut), "{rule:?}");
        }
    }

    #[test]
    fn each_gate_opens_for_its_own_and_for_nobody_else() {
        let all = [
            signed_in(&[]),
            signed_in(&["admin"]),
            Presence::SignedOut,
            Presence::Unknown,
        ];
        let open = |rule: &Rule| all.each_ref().map(|presence| rule.lets_in(presence));
        assert_eq!(open(&Rule::SignedIn), [true, true, false, false]);
        assert_eq!(open(&Rule::InRole("admin".into())), [false, true, false, false]);
        assert_eq!(open(&Rule::InRole("adm".into())), [false; 4]);
        assert_eq!(open(&Rule::SignedOut), [false, false, true, false]);
        assert_eq!(open(&Rule::Unknown), [false, false, false, true]);
    }
}
