//! It is there if the provider says that it uses it, or the operator does.

use exeunt::config::Switch;
use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{
    PATH, address, advertise, assert_empty_page, is_signed_in, load_in_frame, sids,
    support::{App, every_store},
};

#[tokio::test]
async fn f7_1_it_is_there_if_the_provider_advertises_it_or_the_operator_says_so() {
    for (setting, advertised, there) in [
        (Switch::Auto, true, true),
        (Switch::Auto, false, false),
        (Switch::On, true, true),
        (Switch::On, false, true),
        (Switch::Off, true, false),
        (Switch::Off, false, false),
    ] {
        for named in every_store() {
            let what = format!("{setting}, {advertised}, {}", named.name);
            let app = App::builder()
                .store(named.store.clone())
                .settings(move |settings| settings.logout.front_channel = setting)
                .start()
                .await;
            advertise(&app, advertised);
            let mut browser = app.signed_in("ada").await;
            let sid = sids(&app, "ada").await.remove(0);
            let answer = load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
            assert_eq!(answer.status, if there { 200 } else { 404 }, "{what}");
            assert_eq!(is_signed_in(&mut browser).await, !there, "{what}");
        }
    }
}

#[tokio::test]
async fn f7_1_i17_while_the_provider_is_not_known_nothing_is_ended_and_nothing_is_claimed() {
    let app = App::start().await;
    app.script()
        .answer_always(Endpoint::Discovery, Fault::status(500));
    let answer = load_in_frame(&app, PATH).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.body, b"");
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
}

#[tokio::test]
async fn f7_1_i17_switched_on_it_needs_no_discovery() {
    for named in every_store() {
        let app = App::builder()
            .store(named.store.clone())
            .settings(|settings| settings.logout.front_channel = Switch::On)
            .start()
            .await;
        let mut browser = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        // Another instance, to which the provider never spoke.
        app.script().set_down(true);
        let (_, router) = app.instance(app.store.clone());
        let answer = app
            .browser()
            .at(router)
            .open(&address(&app.provider.issuer(), &sid))
            .await;
        assert_empty_page(&answer, named.name);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.ends_with(&format!("frame-ancestors {}", app.provider.origin())),
            "the issuer's origin is known: {policy}"
        );
        assert!(!is_signed_in(&mut browser).await, "{}", named.name);
    }
}
