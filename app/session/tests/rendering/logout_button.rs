//! `LogoutButton` as the server writes it.

use exeunt_leptos::{LogoutButton, wire::Scope};
use leptos::prelude::*;

use super::{document, signed_in};

#[tokio::test]
async fn i20_it_is_a_plain_form_below_the_prefix() {
    let page = document(
        signed_in(&[]),
        "/some/app",
        || view! { <LogoutButton>"Sign out"</LogoutButton> },
    )
    .await;
    page.has(r#"<form method="post" action="/some/app/api/auth/logout" class="exeunt-logout">"#);
    page.has(r#"<input type="hidden" name="scope" value="browser">"#);
    page.has(r#"<button type="submit""#);
    page.has(">Sign out</button>");
    page.lacks("post_logout_redirect_uri");
    page.lacks("role=");
    page.lacks("disabled");
    page.lacks("aria-busy");
}

#[tokio::test]
async fn in_a_menu_it_is_an_item_and_the_form_around_it_says_nothing() {
    let page = document(signed_in(&[]), "", || {
        view! { <div role="menu"><LogoutButton menu_item=true>"Sign out"</LogoutButton></div> }
    })
    .await;
    let form = page.html.split("<form").nth(1).unwrap();
    let form = form.split('>').next().unwrap();
    assert!(form.contains(r#"role="none""#), "{form}");
    let button = page.html.split("<button").nth(1).unwrap();
    let button = button.split('>').next().unwrap();
    assert!(button.contains(r#"role="menuitem""#), "{button}");
    assert_eq!(page.html.matches("role=").count(), 3, "{}", page.html);
}

#[tokio::test]
async fn class_wishes_and_whatever_stands_on_it_are_passed_through() {
    let page = document(signed_in(&[]), "", || {
        view! {
            <LogoutButton
                scope=Scope::Everywhere
                class="danger wide"
                post_logout_redirect_uri="https://app.example/bye?a=1&b=\"2\""
            >
                <svg aria-hidden="true"></svg>
                <b>"Sign out "</b>
                "everywhere"
            </LogoutButton>
        }
    })
    .await;
    let button = page.html.split("<button").nth(1).unwrap();
    let (button, inside) = button.split_once('>').unwrap();
    assert!(button.contains(r#"class="danger wide""#), "{button}");
    let inside = inside.split("</button>").next().unwrap();
    for part in [
        r#"<svg aria-hidden="true"></svg>"#,
        "<b>Sign out </b>",
        "everywhere",
    ] {
        assert!(inside.contains(part), "{part}: {inside}");
    }
    page.has(r#"name="scope" value="everywhere""#);
    page.has(r#"name="post_logout_redirect_uri" value="https://app.example/bye?a=1&amp;b=&quot;2&quot;""#);
}
