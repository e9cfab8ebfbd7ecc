//! `RequireSession`: whom it keeps out of a page, and how it says so.

use exeunt_leptos::RequireSession;
use leptos::prelude::*;

use super::{document, nobody, signed_in, unknown};

const SECRET: &str = "Every penny";
const KEPT_OUT: &str = "This page is not for you.";

fn ledger() -> impl IntoView {
    view! { <RequireSession fallback=|| KEPT_OUT>{SECRET}</RequireSession> }
}

fn ledger_of_accountants() -> impl IntoView {
    view! { <RequireSession role="accountant" fallback=|| KEPT_OUT>{SECRET}</RequireSession> }
}

#[tokio::test]
async fn whoever_may_come_in_sees_the_page_and_nothing_is_said_of_a_gate() {
    let page = document(signed_in(&[]), "", ledger).await;
    assert_eq!((page.status.as_u16(), page.location()), (200, None));
    page.has(SECRET);
    page.lacks(KEPT_OUT);
    let page = document(signed_in(&["reader", "accountant"]), "", ledger_of_accountants).await;
    assert_eq!(page.status, 200);
    page.has(SECRET);
}

#[tokio::test]
async fn i7_i19_nobody_is_led_to_the_first_page_with_the_place_that_was_wanted() {
    for (prefix, location) in [
        ("", "/?return_to=/ledger%3Fyear%3D1843%26x%3D%252F"),
        (
            "/some/app",
            "/some/app/?return_to=/some/app/ledger%3Fyear%3D1843%26x%3D%252F",
        ),
    ] {
        for page in [
            document(nobody(), prefix, ledger).await,
            document(nobody(), prefix, ledger_of_accountants).await,
        ] {
            assert_eq!(
                (page.status.as_u16(), page.location()),
                (303, Some(location)),
                "not to the sign-in itself"
            );
            page.lacks(SECRET);
        }
    }
}

#[tokio::test]
async fn without_the_role_it_is_403_with_the_fallback() {
    for roles in [
        [].as_slice(),
        &["reader"],
        &["Accountant", "account", "accountants"],
    ] {
        let page = document(signed_in(roles), "", ledger_of_accountants).await;
        assert_eq!((page.status.as_u16(), page.location()), (403, None), "{roles:?}");
        page.has(KEPT_OUT);
        page.lacks(SECRET);
    }
}

#[tokio::test]
async fn i17_k09_while_nobody_can_say_it_is_503_with_the_fallback() {
    for page in [
        document(unknown(), "", ledger).await,
        document(unknown(), "", ledger_of_accountants).await,
    ] {
        assert_eq!((page.status.as_u16(), page.location()), (503, None));
        page.has(KEPT_OUT);
        page.lacks(SECRET);
    }
}
