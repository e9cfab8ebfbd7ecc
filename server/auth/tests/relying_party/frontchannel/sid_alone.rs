//! A provider that is known to send `sid` without `iss` (F7.2): Entra, and no other.

use exeunt::config::{Dialect, Switch};

use super::{
    PATH, address, advertise, assert_empty_page, is_signed_in, load_in_frame, sids,
    support::{App, every_store},
};

#[tokio::test]
async fn f7_2_a_sid_alone_ends_the_session_only_by_the_dialect_of_a_provider_that_sends_no_more() {
    for dialect in Dialect::ALL {
        for named in every_store() {
            let what = format!("{dialect}, {}", named.name);
            let app = App::builder()
                .store(named.store.clone())
                .settings(move |settings| settings.provider.dialect = dialect)
                .start()
                .await;
            advertise(&app, true);
            let mut browser = app.signed_in("ada").await;
            let sid = sids(&app, "ada").await.remove(0);
            // With an issuer it must be ours all the same.
            load_in_frame(&app, &address("https://other.example", &sid)).await;
            assert!(is_signed_in(&mut browser).await, "{what}");
            let alone = format!("{PATH}?sid={sid}");
            assert_empty_page(&load_in_frame(&app, &alone).await, &what);
            let lives = dialect != Dialect::Entra;
            assert_eq!(is_signed_in(&mut browser).await, lives, "{what}");
        }
    }
}

#[tokio::test]
async fn f7_2_i17_a_sid_alone_is_enough_there_also_while_the_provider_is_not_known() {
    for (dialect, ends) in [(Dialect::Entra, true), (Dialect::Standard, false)] {
        let app = App::builder()
            .settings(move |settings| {
                settings.provider.dialect = dialect;
                settings.logout.front_channel = Switch::On;
            })
            .start()
            .await;
        let mut browser = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        // Another instance, to which the provider never spoke.
        app.script().set_down(true);
        let (_, router) = app.instance(app.store.clone());
        let mut frame = app.browser().at(router);
        let answer = frame.fetch(&format!("{PATH}?sid={sid}")).await;
        assert_empty_page(&answer, dialect.as_str());
        assert_eq!(!is_signed_in(&mut browser).await, ends, "{dialect}");
    }
}
