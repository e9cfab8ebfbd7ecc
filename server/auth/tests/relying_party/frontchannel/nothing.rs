//! Requests that name no session do nothing, and get the same empty page (F7.2, F7.5).

use super::{
    PATH, address, app_on, assert_empty_page, is_signed_in, load_in_frame, sids, support::every_store,
};

#[tokio::test]
async fn f7_2_another_issuer_an_unknown_sid_or_only_one_of_the_two_ends_nothing() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let (iss, sid) = (app.provider.issuer(), sids(&app, "ada").await.remove(0));
        for address in [
            PATH.to_owned(),
            address("https://other.example", &sid),
            address(&format!("{iss}/"), &sid),
            address(&iss.to_uppercase(), &sid),
            address(&iss, "unknown"),
            address(&iss, &sid.to_uppercase()),
            address(&iss, &format!("{sid} ")),
            address(&iss, &sid[..sid.len() - 1]),
            address(&iss, "%"),
            address(&iss, "*"),
            format!("{PATH}?iss={iss}"),
            format!("{PATH}?sid={sid}"),
            format!("{PATH}?iss=&sid={sid}"),
            format!("{PATH}?iss={iss}&sid="),
        ] {
            let what = format!("{}, {address}", named.name);
            assert_empty_page(&load_in_frame(&app, &address).await, &what);
            assert!(is_signed_in(&mut browser).await, "{what}");
        }
        load_in_frame(&app, &address(&iss, &sid)).await;
        assert!(
            !is_signed_in(&mut browser).await,
            "{}: the right one does",
            named.name
        );
    }
}

#[tokio::test]
async fn f7_2_a_sid_that_nobody_has_leaves_no_mark() {
    for named in every_store() {
        let app = app_on(&named).await;
        // The provider's session is known to somebody, and there is none of ours with it any more.
        let mut browser = app.signed_in("ada").await;
        let sid = sids(&app, "ada").await.remove(0);
        browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
        app.clock.advance(std::time::Duration::from_millis(1));
        let later = browser.sign_in_until_callback("/auth/login").await;
        load_in_frame(&app, &address(&app.provider.issuer(), &sid)).await;
        assert_eq!(
            browser.open(&later).await.status,
            303,
            "{}: whoever asks proves nothing, and hinders nobody",
            named.name
        );
    }
}

#[tokio::test]
async fn f7_5_a_doubled_parameter_ends_nothing() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let right = address(&app.provider.issuer(), &sids(&app, "ada").await.remove(0));
        let (_, query) = right.split_once('?').unwrap();
        let (iss, sid) = query.split_once('&').unwrap();
        for doubled in [
            format!("{PATH}?{iss}&{sid}&{sid}"),
            format!("{PATH}?{iss}&{iss}&{sid}"),
            format!("{PATH}?{iss}&sid=x&{sid}"),
            format!("{PATH}?iss=x&{iss}&{sid}"),
            format!("{PATH}?{iss}&{sid}&%73id=x"),
        ] {
            let what = format!("{}, {doubled}", named.name);
            assert_empty_page(&load_in_frame(&app, &doubled).await, &what);
            assert!(is_signed_in(&mut browser).await, "{what}");
        }
    }
}

#[tokio::test]
async fn f7_5_what_is_huge_or_no_text_ends_nothing_and_breaks_nothing() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let (iss, sid) = (app.provider.issuer(), sids(&app, "ada").await.remove(0));
        let right = address(&iss, &sid);
        for strange in [
            address(&iss, &"s".repeat(7 * 1024)),
            address(&iss, &"s".repeat(32 * 1024)),
            address(&iss, &format!("{sid}\0")),
            address(&iss, "'; DROP TABLE sessions; --"),
            address(&iss, "\"><script>alert(1)</script>"),
            address(&iss, "x\r\nSet-Cookie: evil=1"),
            format!("{PATH}?iss={iss}&sid=%ff%fe"),
            format!("{PATH}?iss={iss}&sid=%"),
            format!("{right}&{}", "x&".repeat(200)),
            format!("{right}&x={}", "x".repeat(9 * 1024)),
        ] {
            let what = format!("{}, {}", named.name, &strange[..80.min(strange.len())]);
            assert_empty_page(&load_in_frame(&app, &strange).await, &what);
            assert!(is_signed_in(&mut browser).await, "{what}");
        }
    }
}

#[tokio::test]
async fn f7_5_a_sid_with_characters_that_need_encoding_is_compared_to_the_letter() {
    for named in every_store() {
        let app = app_on(&named).await;
        app.script().special_sid(true);
        let mut browser = app.signed_in("ada").await;
        let (iss, sid) = (app.provider.issuer(), sids(&app, "ada").await.remove(0));
        assert!(sid.contains("/+&=?#%22"), "{sid}");
        // Decoded once more than it was encoded.
        load_in_frame(&app, &address(&iss, &sid.replace("%22", "\""))).await;
        assert!(is_signed_in(&mut browser).await, "{}", named.name);
        load_in_frame(&app, &address(&iss, &sid)).await;
        assert!(!is_signed_in(&mut browser).await, "{}", named.name);
    }
}
