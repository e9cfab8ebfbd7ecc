//! The prompt of the sign-in after a sign-out that the provider did not confirm, row by row (invariant I19).

use exeunt::config::Dialect;

use super::support::{App, Browser};

async fn prompt(browser: &Browser, query: &str) -> Option<String> {
    let location = browser
        .clone()
        .open(&format!("/auth/login{query}"))
        .await
        .location();
    url::Url::parse(&location)
        .unwrap()
        .query_pairs()
        .find(|(name, _)| name == "prompt")
        .map(|(_, value)| value.into_owned())
}

async fn signed_out_with(dialect: Dialect, listed: Option<&'static [&'static str]>) -> (App, Browser) {
    let app = App::builder()
        .settings(move |settings| settings.provider.dialect = dialect)
        .start()
        .await;
    app.script().change_discovery(move |document| {
        match listed {
            Some(listed) => document.insert("prompt_values_supported".to_owned(), listed.into()),
            None => document.remove("prompt_values_supported"),
        };
    });
    let mut browser = app.signed_in("ada").await;
    assert_eq!(browser.post_json("/api/auth/logout", "{}").await.status, 200);
    (app, browser)
}

#[tokio::test]
async fn c6_1_i19_google_is_asked_to_let_the_person_choose_and_all_others_to_sign_them_in() {
    for dialect in Dialect::ALL {
        let (_app, browser) = signed_out_with(dialect, None).await;
        let expected = if dialect == Dialect::Google {
            "select_account"
        } else {
            "login"
        };
        for query in ["", "?prompt=none", "?prompt=login"] {
            assert_eq!(
                prompt(&browser, query).await.as_deref(),
                Some(expected),
                "{dialect} {query}"
            );
        }
    }
}

#[tokio::test]
async fn select_account_is_passed_on_where_it_is_known_to_be_understood() {
    for dialect in Dialect::ALL {
        let (_app, browser) = signed_out_with(dialect, None).await;
        let expected = match dialect {
            Dialect::Google | Dialect::Entra | Dialect::Zitadel => "select_account",
            _ => "login",
        };
        assert_eq!(
            prompt(&browser, "?prompt=select_account").await.as_deref(),
            Some(expected),
            "{dialect}"
        );
    }
}

#[tokio::test]
async fn what_the_provider_lists_counts_more_than_what_is_known_of_it() {
    let (_app, browser) = signed_out_with(Dialect::Google, Some(&["none", "login"])).await;
    assert_eq!(prompt(&browser, "").await.as_deref(), Some("login"));
    let (_app, browser) = signed_out_with(Dialect::Standard, Some(&["none", "select_account"])).await;
    assert_eq!(prompt(&browser, "").await.as_deref(), Some("select_account"));
}
