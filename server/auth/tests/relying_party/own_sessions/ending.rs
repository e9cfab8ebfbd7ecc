//! Ending sessions from another one.

use serde_json::json;

use super::{
    END, FIREFOX, LIST, SAFARI, delete, id_of, is_signed_in, list, signed_in_with,
    support::{App, Browser},
};

/// Two of ada's browsers, one of grace's.
async fn three(app: &App) -> (Browser, Browser, Browser) {
    (
        signed_in_with(app, "ada", FIREFOX).await,
        signed_in_with(app, "ada", SAFARI).await,
        signed_in_with(app, "grace", FIREFOX).await,
    )
}

#[tokio::test]
async fn i3_one_is_ended_for_good_and_no_other() {
    let app = App::start().await;
    let (mut here, mut there, grace) = three(&app).await;
    let id = id_of(&mut there).await;
    let answer = delete(&mut here, &id).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (204, ""));
    assert!(!is_signed_in(&there).await);
    assert!(is_signed_in(&here).await && is_signed_in(&grace).await);
    let told = list(&mut here).await;
    assert_eq!(told["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(told["recent_ends"][0]["why"], "another_session");
    assert_eq!(delete(&mut here, &id).await.status, 404, "a second time");
}

#[tokio::test]
async fn another_persons_session_is_not_there() {
    let app = App::start().await;
    let (mut here, _, mut grace) = three(&app).await;
    let id = id_of(&mut grace).await;
    let theirs = delete(&mut here, &id).await;
    let nobodys = delete(&mut here, "nobody").await;
    assert_eq!((theirs.status.as_u16(), nobodys.status.as_u16()), (404, 404));
    assert_eq!(theirs.body, nobodys.body, "nothing tells them apart");
    let answer = here.post_json(END, &json!({"id": id}).to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.body), (404, nobodys.body));
    assert!(is_signed_in(&grace).await);
}

#[tokio::test]
async fn i18_the_tabs_of_the_other_browser_hear_of_it() {
    let app = App::start().await;
    let (mut here, mut there, _) = three(&app).await;
    let mut tab = there.listen().await;
    let mut own = here.listen().await;
    let id = id_of(&mut there).await;
    delete(&mut here, &id).await;
    let heard = tab.heard().await.unwrap();
    assert_eq!(heard.event, "ended");
    assert!(
        heard.data.contains(r#""why":"another_session""#),
        "{}",
        heard.data
    );
    tokio::time::pause();
    let minute = std::time::Duration::from_secs(60);
    assert!(tokio::time::timeout(minute, own.heard()).await.is_err());
}

#[tokio::test]
async fn all_others_are_ended_and_counted() {
    let app = App::start().await;
    let (mut here, there, grace) = three(&app).await;
    let third = app.signed_in("ada").await;
    let answer = here.post_json(END, r#"{"others":true}"#).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"ended": 2}))
    );
    assert!(!is_signed_in(&there).await && !is_signed_in(&third).await);
    assert!(is_signed_in(&here).await && is_signed_in(&grace).await);
    let again = here.post_json(END, r#"{"others":true}"#).await;
    assert_eq!(again.json(), json!({"ended": 0}));
}

#[tokio::test]
async fn ones_own_is_signed_out_like_by_the_button() {
    let app = App::start().await;
    for by_post in [false, true] {
        let (mut here, there, _) = three(&app).await;
        let id = id_of(&mut here).await;
        let old = here.clone();
        if by_post {
            let answer = here.post_json(END, &json!({"id": id}).to_string()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (200, json!({"ended": 1}))
            );
        } else {
            assert_eq!(delete(&mut here, &id).await.status, 204);
        }
        assert_eq!(here.session_cookie(), None, "the cookie is removed");
        assert!(!is_signed_in(&old).await && is_signed_in(&there).await);
        let receipt = here.fetch("/api/auth/receipt").await.json();
        assert_eq!(
            receipt["layers"][0],
            json!({"layer": "app_session", "status": "ended"})
        );
    }
}

#[tokio::test]
async fn i20_forms_do_the_same_without_scripts() {
    let app = App::start().await;
    let (mut here, mut there, grace) = three(&app).await;
    let id = id_of(&mut there).await;
    let done = |app: &App| format!("/sessions?ended={}", app.now().seconds());
    // Pressed twice: the page shows that it has ended, and the second time nothing is there to be told of.
    for place in [done(&app), "/sessions".to_owned()] {
        let answer = here.submit(END, &format!("id={id}")).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, place));
        assert!(!is_signed_in(&there).await);
    }
    app.clock.advance(std::time::Duration::from_secs(5));
    let third = app.signed_in("ada").await;
    for place in [done(&app), "/sessions".to_owned()] {
        let answer = here.submit(END, "others=true").await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, place));
    }
    assert!(!is_signed_in(&third).await && is_signed_in(&grace).await);
    let id = id_of(&mut here).await;
    let answer = here.submit(END, &format!("id={id}")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/logged-out")
    );
    assert_eq!(here.session_cookie(), None);
    let answer = here.submit(END, "others=true").await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/sessions"),
        "its gate deals with whoever is not signed in"
    );
}

#[tokio::test]
async fn i4_the_page_is_told_of_the_end_that_the_list_holds() {
    let app = App::start().await;
    let (mut here, mut there, _) = three(&app).await;
    let mut third = app.signed_in("ada").await;
    let id = id_of(&mut there).await;
    let answer = here.submit(END, &format!("id={id}")).await;
    let ended = list(&mut here).await["recent_ends"][0]["ended_at"].to_string();
    assert_eq!(answer.location(), format!("/sessions?ended={ended}"));
    app.clock.advance(std::time::Duration::from_secs(5));
    third.post_json("/api/auth/logout", "{}").await;
    let answer = here.submit(END, "others=true").await;
    assert_eq!(answer.location(), "/sessions", "nothing was left to end");
}

#[tokio::test]
async fn what_does_not_say_what_to_end_ends_nothing() {
    let app = App::start().await;
    let (mut here, there, _) = three(&app).await;
    for (content_type, body, status) in [
        ("application/json", "", 400),
        ("application/json", "{}", 400),
        ("application/json", r#"{"others":false}"#, 400),
        ("application/json", r#"{"id":"x","others":true}"#, 400),
        ("application/json", r#"{"others":"yes"}"#, 400),
        ("application/json", "{", 400),
        ("application/json", "others=true", 400),
        ("application/x-www-form-urlencoded", "id=", 400),
        ("application/x-www-form-urlencoded", "others=perhaps", 400),
        ("text/plain", r#"{"others":true}"#, 415),
    ] {
        let headers = [
            ("accept", "application/json"),
            ("content-type", content_type),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = axum::body::Body::from(body);
        let answer = here.send(http::Method::POST, END, &headers, body).await;
        assert_eq!(answer.status, status, "{content_type}: {}", answer.text());
    }
    assert!(is_signed_in(&here).await && is_signed_in(&there).await);
}

#[tokio::test]
async fn i6_another_site_ends_nothing() {
    let app = App::start().await;
    let (mut here, mut there, _) = three(&app).await;
    let id = id_of(&mut there).await;
    for (method, path) in [
        (http::Method::DELETE, format!("{LIST}/{id}")),
        (http::Method::POST, END.to_owned()),
    ] {
        let headers = [
            ("sec-fetch-site", "cross-site"),
            ("content-type", "application/json"),
        ];
        let body = axum::body::Body::from(r#"{"others":true}"#);
        let answer = here.send(method, &path, &headers, body).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    let by_get = here.open(&format!("{END}?others=true")).await;
    assert_eq!(by_get.status, 405, "nor does a GET (I5)");
    assert!(is_signed_in(&there).await);
}

#[tokio::test]
async fn without_a_session_nothing_is_ended() {
    let app = App::start().await;
    let (_, mut there, _) = three(&app).await;
    let id = id_of(&mut there).await;
    let mut stranger = app.browser();
    assert_eq!(delete(&mut stranger, &id).await.status, 401);
    assert_eq!(stranger.post_json(END, r#"{"others":true}"#).await.status, 401);
    assert!(is_signed_in(&there).await);
}
