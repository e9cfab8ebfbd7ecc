//! `LoginLink`: the way in.

use leptos::prelude::*;

use crate::{address::encode, base::Base};

/// A link that begins to sign in: a full navigation, since the provider is another site.
///
/// # Usage
/// ```
/// use exeunt_leptos::LoginLink;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Door() -> impl IntoView {
///     view! {
///         <LoginLink return_to="/account">"Sign in"</LoginLink>
///         <LoginLink prompt="select_account">"Use another account"</LoginLink>
///     }
/// }
/// ```
/// Nothing in this crate ever follows it by itself. What `prompt` may say:
/// [OpenID Connect Core 1.0, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
///
/// # Server-side rendering
/// A plain link, which works without scripts.
///
/// # Accessibility
/// A real `a`, kept from the client-side router by `rel="external"`.
#[component]
pub fn LoginLink(
    /// The path of this origin to come back to, as the address bar shows it (with the prefix of the app, if any, and with
    /// query and fragment). Default, and where empty: the app's own choice.
    #[prop(optional, into)]
    return_to: Option<String>,
    /// What the provider shall ask for, in OpenID Connect's words: `login`, `select_account`.
    #[prop(optional, into)]
    prompt: Option<String>,
    /// Class of the link.
    #[prop(optional, into)]
    class: Option<String>,
    /// What the link says.
    children: Children,
) -> impl IntoView {
    let href = href(&Base::current(), return_to.as_deref(), prompt.as_deref());
    view! { <a rel="external" href=href class=class>{children()}</a> }
}

fn href(base: &Base, return_to: Option<&str>, prompt: Option<&str>) -> String {
    let mut href = base.href("/auth/login");
    let mut mark = '?';
    for (name, value) in [("return_to", return_to), ("prompt", prompt)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            href.push(mark);
            href.push_str(name);
            href.push('=');
            href.push_str(&encode(value));
            mark = '&';
        }
    }
    href
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_return_to_cannot_break_out_of_the_query() {
        let href = href(
            &Base::new("/some/app"),
            Some("/account?x=1&prompt=none#f"),
            Some("select_account"),
        );
        let expected =
            "/some/app/auth/login?return_to=/account%3Fx%3D1%26prompt%3Dnone%23f&prompt=select_account";
        assert_eq!(href, expected);
    }

    #[test]
    fn without_wishes_the_link_is_bare() {
        assert_eq!(href(&Base::default(), None, None), "/auth/login");
        assert_eq!(href(&Base::default(), Some(""), None), "/auth/login");
        assert_eq!(
            href(&Base::default(), None, Some("login")),
            "/auth/login?prompt=login"
        );
    }
}
