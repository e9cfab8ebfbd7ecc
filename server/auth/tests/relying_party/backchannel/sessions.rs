//! Whose sessions end, and whose do not.

use std::time::Duration;

use exeunt::store::{RETENTION, SessionRow, suite::fixture};
use serde_json::json;

use super::{
    steps::{assert_accepted, assert_refused, is_alive, publish, session_of, sid_of, start},
    support::{App, every_store},
    token::{Desk, EVENT},
};

/// A session of this person and provider session at another issuer.
async fn elsewhere(app: &App, number: u32, sub: &str, sid: Option<String>) -> SessionRow {
    let mut row = fixture::row(number);
    row.sub = sub.to_owned();
    row.sid = sid;
    app.store.begin(row.clone(), app.now()).await.unwrap();
    row
}

async fn lives(app: &App, row: &SessionRow) -> bool {
    app.store.load(&row.key, app.now()).await.unwrap().is_some()
}

#[tokio::test]
async fn f1_1_a_token_with_sid_ends_that_session_and_no_other_of_the_person() {
    let app = start().await;
    let (one, other) = (app.signed_in("ada").await, app.signed_in("ada").await);
    let grace = app.signed_in("grace").await;
    assert_accepted(&app, &Desk::of(&app, &one).await.token().sign()).await;
    assert!(!is_alive(&app, &one).await);
    assert!(is_alive(&app, &other).await);
    assert!(is_alive(&app, &grace).await);
}

#[tokio::test]
async fn i18_an_open_tab_hears_at_once_of_a_logout_token() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let mut tab = browser.listen().await;
    assert_accepted(&app, &Desk::of(&app, &browser).await.token().sign()).await;
    let heard = tab.heard().await.unwrap();
    assert_eq!(heard.event, "ended");
    assert_eq!(
        heard.data,
        format!(r#"{{"at":{},"why":"back_channel"}}"#, app.now().seconds())
    );
    assert_eq!(tab.heard().await, None);
}

#[tokio::test]
async fn f1_1_i3_the_old_cookie_opens_nothing_and_goes_when_no_sign_out_needs_it_any_more() {
    let app = start().await;
    let mut browser = app.signed_in("ada").await;
    assert_accepted(&app, &Desk::of(&app, &browser).await.token().sign()).await;
    let thief = browser.clone();
    for (later, is_kept) in [
        (RETENTION - Duration::from_millis(1), true),
        (Duration::from_millis(1), false),
    ] {
        app.clock.advance(later);
        assert_eq!(browser.fetch("/api/session").await.status, 401);
        assert_eq!(browser.session_cookie().is_some(), is_kept);
    }
    for path in ["/api/session", "/account", "/"] {
        let answer = thief.clone().fetch(path).await;
        assert!(!answer.text().contains("ada"), "{path}: {}", answer.text());
    }
    assert_eq!(
        thief.clone().post_json("/api/auth/extend", "{}").await.status,
        401
    );
}

#[tokio::test]
async fn f1_2_a_session_that_is_gone_already_is_a_success() {
    let app = start().await;
    let mut browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    let ended = browser.post_json("/api/auth/logout", "{}").await;
    assert_eq!(ended.json()["success"], true);
    assert_accepted(&app, &desk.token().sign()).await;
    assert_accepted(&app, &desk.token().without("sub").sign()).await;
    assert_accepted(&app, &desk.token().without("sid").sign()).await;
    assert_accepted(
        &app,
        &Desk::about_nobody(&app).token().claim("sub", "nobody").sign(),
    )
    .await;
}

#[tokio::test]
async fn f1_3_sid_alone_is_enough() {
    let app = start().await;
    let (one, other) = (app.signed_in("ada").await, app.signed_in("ada").await);
    assert_accepted(&app, &Desk::of(&app, &one).await.token().without("sub").sign()).await;
    assert!(!is_alive(&app, &one).await);
    assert!(is_alive(&app, &other).await);
}

#[tokio::test]
async fn f1_4_sub_alone_ends_all_of_the_person_at_this_issuer() {
    let app = start().await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(app.signed_in("ada").await);
    }
    let grace = app.signed_in("grace").await;
    let foreign = elsewhere(&app, 1, "ada", None).await;
    assert_accepted(&app, &Desk::of(&app, &grace).await.token().without("sid").sign()).await;
    for browser in &browsers {
        assert!(!is_alive(&app, browser).await);
    }
    assert!(is_alive(&app, &grace).await);
    assert!(lives(&app, &foreign).await);
}

#[tokio::test]
async fn f1_5_a_sid_of_another_person_is_refused_and_nothing_ends() {
    let app = start().await;
    let (ada, grace) = (app.signed_in("ada").await, app.signed_in("grace").await);
    let token = Desk::of(&app, &grace).await.token();
    assert_refused(&app, &token.sign()).await;
    assert!(is_alive(&app, &ada).await);
    assert!(is_alive(&app, &grace).await);
    // Neither was the token used up, nor a sign-in of either made impossible.
    assert_accepted(&app, &token.claim("sub", "grace").sign()).await;
    assert!(!is_alive(&app, &grace).await);
}

#[tokio::test]
async fn f1_5_the_answer_does_not_tell_whose_sid_it_is() {
    let app = start().await;
    let grace = app.signed_in("grace").await;
    let desk = Desk::of(&app, &grace).await;
    let answer = super::steps::send(&app, &desk.token().sign()).await;
    assert_eq!(answer.status, 400);
    for secret in ["grace", "ada", &desk.sid] {
        assert!(!answer.text().contains(secret), "{}", answer.text());
    }
}

#[tokio::test]
async fn a2_25_a_session_that_knows_no_sid_ends_by_the_sub_beside_it_unless_it_is_newer() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let iss = app.provider.issuer();
    let nameless = |number: u32, sub: &str, later: u64| {
        let mut row = fixture::row(number);
        (row.iss, row.sub, row.sid) = (iss.clone(), sub.to_owned(), None);
        row.login_started_at = app.now() + Duration::from_secs(later);
        row.created_at = row.login_started_at + Duration::from_secs(30);
        row.absolute_expires_at = row.created_at + Duration::from_secs(3600);
        row.idle_expires_at = row.absolute_expires_at;
        row
    };
    let (hers, newer, anothers) = (
        nameless(1, "ada", 60),
        nameless(2, "ada", 61),
        nameless(3, "grace", 0),
    );
    for row in [&hers, &newer, &anothers] {
        app.store.begin(row.clone(), app.now()).await.unwrap();
    }
    assert_accepted(&app, &Desk::of(&app, &browser).await.token().sign()).await;
    assert!(!lives(&app, &hers).await);
    assert!(lives(&app, &newer).await && lives(&app, &anothers).await);
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_28_a_retransmitted_token_spares_a_session_without_sid_that_was_begun_meanwhile() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let token = Desk::of(&app, &browser).await.token().sign();
    assert_accepted(&app, &token).await;
    app.clock.advance(Duration::from_secs(5));
    let mut meanwhile = fixture::row(1);
    (meanwhile.iss, meanwhile.sub, meanwhile.sid) =
        (app.provider.issuer().to_owned(), "ada".to_owned(), None);
    meanwhile.created_at = app.now();
    meanwhile.absolute_expires_at = app.now() + Duration::from_secs(3600);
    meanwhile.idle_expires_at = meanwhile.absolute_expires_at;
    app.store.begin(meanwhile.clone(), app.now()).await.unwrap();
    assert_accepted(&app, &token).await;
    assert!(lives(&app, &meanwhile).await);
}

#[tokio::test]
async fn f1_6_a_sid_that_another_issuer_gave_too_ends_only_ours() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let sid = sid_of(&app, &browser).await;
    let same = elsewhere(&app, 1, "ada", Some(sid)).await;
    let other = elsewhere(&app, 2, "ada", Some("known elsewhere".to_owned())).await;
    let mut desk = Desk::of(&app, &browser).await;
    assert_accepted(&app, &desk.token().sign()).await;
    desk.sid = "known elsewhere".to_owned();
    assert_accepted(&app, &desk.token().sign()).await;
    assert!(!is_alive(&app, &browser).await);
    assert!(lives(&app, &same).await && lives(&app, &other).await);
}

/// Other sids of the same length and nearly the same bytes, as a careless comparison or decoding would make them.
fn look_alikes(sid: &str) -> Vec<String> {
    let swapped = sid.chars().map(|c| match c {
        ' ' => '+',
        '+' => ' ',
        other => other,
    });
    let other_case = sid.chars().map(|c| match c {
        'a'..='z' => c.to_ascii_uppercase(),
        _ => c.to_ascii_lowercase(),
    });
    let shifted = sid.chars().skip(1).chain(sid.chars().next());
    vec![
        swapped.collect(),
        other_case.collect(),
        sid.to_ascii_uppercase(),
        sid.to_ascii_lowercase(),
        shifted.collect(),
    ]
}

#[tokio::test]
async fn f1_8_a_sid_with_special_characters_is_matched_to_the_byte() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        publish(&app);
        let row = fixture::row(3);
        let special = r##"Aa b+"%2B%20+&=;\~<>'`{}|^#?/ "##;
        let row = SessionRow {
            iss: app.provider.issuer(),
            sub: "ada".to_owned(),
            sid: Some(special.to_owned()),
            absolute_expires_at: app.now() + Duration::from_secs(3600),
            idle_expires_at: app.now() + Duration::from_secs(3600),
            ..row
        };
        app.store.begin(row.clone(), app.now()).await.unwrap();
        let desk = Desk::about_nobody(&app);
        for near in look_alikes(special) {
            assert_eq!(near.len(), special.len());
            assert_ne!(near, special);
            assert_accepted(&app, &desk.token().claim("sid", near.as_str()).sign()).await;
            assert!(lives(&app, &row).await, "{}: {near}", named.name);
        }
        assert_accepted(&app, &desk.token().claim("sid", special).sign()).await;
        assert!(!lives(&app, &row).await, "{}", named.name);
    }
}

#[tokio::test]
async fn f1_8_so_is_one_that_the_provider_gave() {
    let app = start().await;
    app.script().special_sid(true);
    let browser = app.signed_in("ada").await;
    let desk = Desk::of(&app, &browser).await;
    assert!(
        desk.sid.bytes().any(|byte| !byte.is_ascii_alphanumeric()),
        "{}",
        desk.sid
    );
    for near in look_alikes(&desk.sid)
        .into_iter()
        .filter(|near| *near != desk.sid)
    {
        assert_accepted(&app, &desk.token().claim("sid", near).sign()).await;
        assert!(is_alive(&app, &browser).await);
    }
    assert_accepted(&app, &desk.token().sign()).await;
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_28_a_late_token_spares_who_has_signed_in_again() {
    let app = start().await;
    let first = app.signed_in("ada").await;
    let desk = Desk::of(&app, &first).await;
    app.clock.advance(Duration::from_secs(61));
    let again = app.signed_in("ada").await;
    assert_accepted(&app, &desk.token().without("sid").sign()).await;
    assert!(!is_alive(&app, &first).await);
    assert!(
        is_alive(&app, &again).await,
        "its login began more than 60 s after the token"
    );
    // Nor is anybody kept out who signs in from now on.
    let mut third = app.browser();
    assert_eq!(third.sign_in("/auth/login").await.status, 303);
    assert!(is_alive(&app, &third).await);
}

#[tokio::test]
async fn f1_28_within_a_minute_the_clocks_may_differ_and_it_ends() {
    let app = start().await;
    let first = app.signed_in("ada").await;
    let desk = Desk::of(&app, &first).await;
    app.clock.advance(Duration::from_secs(59));
    let again = app.signed_in("ada").await;
    assert_accepted(&app, &desk.token().without("sid").sign()).await;
    assert!(!is_alive(&app, &first).await);
    assert!(!is_alive(&app, &again).await);
}

#[tokio::test]
async fn f3_a_login_in_flight_is_refused_after_a_token_for_its_person() {
    let app = start().await;
    let mut browser = app.browser();
    app.script().auto_login("ada");
    let callback = browser.sign_in_until_callback("/auth/login").await;
    app.clock.advance(Duration::from_millis(1));
    assert_accepted(&app, &Desk::about_nobody(&app).token().without("sid").sign()).await;
    assert_ne!(browser.open(&callback).await.status, 303);
    assert_eq!(browser.session_cookie(), None);
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
}

#[tokio::test]
async fn f3_a_login_in_flight_is_refused_after_a_token_for_its_sid_alone() {
    let app = start().await;
    let signed_in = app.signed_in("ada").await;
    let desk = Desk::of(&app, &signed_in).await;
    // The same provider session, on its way into this app once more.
    let mut again = signed_in.clone();
    app.clock.advance(Duration::from_millis(1));
    let callback = again.sign_in_until_callback("/auth/login").await;
    let other = app.browser().sign_in_until_callback("/auth/login").await;
    app.clock.advance(Duration::from_millis(1));
    assert_accepted(&app, &desk.token().sign()).await;
    assert_ne!(again.open(&callback).await.status, 303, "its sid is over");
    assert!(
        other.contains("code="),
        "another provider session of the person is not"
    );
}

#[tokio::test]
async fn f1_31_keycloaks_token_with_another_event_ends_the_session() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let token = Desk::of(&app, &browser).await.token();
    let events = json!({EVENT: {}, "revoke_offline_access": true});
    assert_accepted(&app, &token.claim("events", events).header("typ", "JWT").sign()).await;
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_36_a_logout_token_is_no_id_token() {
    let app = start().await;
    app.script().change_id_token_claims(|claims| {
        claims.remove("nonce");
        claims.insert("events".to_owned(), json!({EVENT: {}}));
        claims.insert("jti".to_owned(), json!("a-logout-token"));
    });
    app.script().change_id_token_header(|header| {
        header.insert("typ".to_owned(), json!("logout+jwt"));
    });
    let mut browser = app.browser();
    assert_ne!(browser.sign_in("/auth/login").await.status, 303);
    assert_eq!(browser.session_cookie(), None);
}

#[tokio::test]
async fn f1_35_our_own_id_token_is_no_logout_token() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let answer = browser
        .clone()
        .post_json("/api/auth/logout", r#"{"scope":"browser"}"#)
        .await;
    let url = url::Url::parse(answer.json()["front_channel_logout_url"].as_str().unwrap()).unwrap();
    let (_, hint) = url
        .query_pairs()
        .find(|(name, _)| name == "id_token_hint")
        .unwrap();
    let other = app.signed_in("ada").await;
    assert_refused(&app, &hint).await;
    assert!(is_alive(&app, &other).await);
    assert_eq!(session_of(&app, &other).await.sub, "ada");
}
