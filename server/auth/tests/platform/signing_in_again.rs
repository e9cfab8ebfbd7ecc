//! How a sign-out is taken back: by a press of the browser that signed out, and by nothing else.

use std::{convert::Infallible, time::Duration};

use axum::body::Body;
use exeunt::platform::Contract;
use futures::FutureExt as _;
use http::{Method, Request, StatusCode};
use tokio::sync::oneshot;
use tower::ServiceExt as _;

use crate::support::{App, Browser, FETCH, Logs, PRESS, Sent};

const LOGIN: &str = "/auth/login";
const LOGIN_URL: &str = "/api/auth/login-url?redirect_uri=%2Faccount";

/// The name and the value of the cookie that remembers a sign-out.
fn note(browser: &Browser) -> (String, String) {
    let mut cookies = browser.cookies.iter();
    let (name, value) = cookies.find(|(name, _)| name.ends_with("-signed-out")).unwrap();
    (name.clone(), value.clone())
}

async fn is_signed_out(browser: &mut Browser) -> bool {
    match browser.get("/whoami").await {
        answer if answer.status == StatusCode::UNAUTHORIZED => true,
        answer => {
            assert_eq!(answer.text, "ada");
            false
        }
    }
}

#[tokio::test]
async fn i19_only_a_press_takes_a_sign_out_back() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let image = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
    ];
    let fetched = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
    ];
    let framed = PRESS.map(|(name, value)| (name, if name == "sec-fetch-dest" { "iframe" } else { value }));
    let by_script: Vec<_> = PRESS
        .into_iter()
        .filter(|(name, _)| *name != "sec-fetch-user")
        .collect();
    let from = |site| PRESS.map(|(name, value)| (name, if name == "sec-fetch-site" { site } else { value }));
    // From none come links in a mail or a chat, which somebody else wrote.
    let (foreign, sibling, mailed) = (from("cross-site"), from("same-site"), from("none"));
    for headers in [
        &[][..],
        &image,
        &fetched,
        &framed,
        &by_script,
        &foreign,
        &sibling,
        &mailed,
    ] {
        for path in [LOGIN, LOGIN_URL] {
            browser.send(Method::GET, path, headers, "").await;
            assert!(is_signed_out(&mut browser).await, "{path} {headers:?}");
        }
    }
    // To ask for the address is no press, however it is done.
    browser.press(LOGIN_URL).await;
    assert!(is_signed_out(&mut browser).await);

    let answer = browser.press("/auth/login?return_to=%2Faccount").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(
        answer
            .header("location")
            .starts_with("https://k.example/api/auth/login?")
    );
    assert!(!is_signed_out(&mut browser).await);
}

#[tokio::test]
async fn i19_a_page_fetched_ahead_is_no_sign_in() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let ahead: Vec<_> = PRESS.into_iter().chain([("sec-purpose", "prefetch")]).collect();
    let answer = browser.send(Method::GET, LOGIN, &ahead, "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(is_signed_out(&mut browser).await);
}

/// Where the browser does not tell that it was a press, there is a button, and a page of this origin alone can press it.
#[tokio::test]
async fn i19_i6_where_a_press_cannot_be_told_a_page_asks() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let page = browser.open("/auth/login?return_to=%2Faccount%3Fx%3D1").await;
    assert_eq!(page.status, StatusCode::OK);
    let form = "<form method=\"post\" action=\"/runtime/apps/a/auth/login\">\
                <input type=\"hidden\" name=\"return_to\" value=\"/account?x=1\">";
    assert!(
        page.text.contains(form) && !page.text.contains("http-equiv"),
        "{}",
        page.text
    );

    let form = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let sent = "return_to=%2Faccount%3Fx%3D1";
    for foreign in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let headers: Vec<_> = form.into_iter().chain([foreign]).collect();
        let answer = browser.send(Method::POST, LOGIN, &headers, sent).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(is_signed_out(&mut browser).await, "{foreign:?}");
    }
    let headers: Vec<_> = form
        .into_iter()
        .chain([("origin", "https://k.example")])
        .collect();
    let answer = browser.send(Method::POST, LOGIN, &headers, sent).await;
    assert_eq!(answer.status, StatusCode::OK);
    let leads = "http-equiv=\"refresh\" content=\"0; url=https://k.example/api/auth/login?redirect_uri=\
                 https%3A%2F%2Fk.example%2Fruntime%2Fapps%2Fa%2Faccount%3Fx%3D1&amp;state=";
    assert!(answer.text.contains(leads), "{}", answer.text);
    assert!(!is_signed_out(&mut browser).await);
}

/// A client that goes there by a press signs in again; one that only fetches it changes nothing.
#[tokio::test]
async fn to_whoever_signed_out_the_login_url_is_our_own() {
    for (contract, path) in [
        (
            Contract::Legacy,
            "/api/auth/login-url?redirect_uri=%2Faccount%3Fx%3D1",
        ),
        (
            Contract::Current,
            "/api/auth/login-url?return_to=%2Faccount%3Fx%3D1",
        ),
    ] {
        let app = App::start_with(|settings| settings.contract = contract).await;
        let mut browser = app.signed_in();
        let url = async |browser: &mut Browser| {
            let answer = browser.send(Method::GET, path, &FETCH, "").await;
            assert_eq!(answer.json().as_object().unwrap().len(), 1, "{}", answer.text);
            answer.json()["login_url"].as_str().unwrap().to_owned()
        };
        let platform = "https://k.example/api/auth/login?redirect_uri=";
        assert!(url(&mut app.browser()).await.starts_with(platform));
        assert!(url(&mut browser).await.starts_with(platform));
        browser.log_out("{}").await;
        let ours = url(&mut browser).await;
        assert_eq!(
            ours,
            "https://k.example/runtime/apps/a/auth/login?return_to=%2Faccount%3Fx%3D1"
        );
        let answer = browser
            .press(ours.strip_prefix("https://k.example").unwrap())
            .await;
        let location = answer.header("location");
        assert!(
            location.contains("%2Fruntime%2Fapps%2Fa%2Faccount%3Fx%3D1&state="),
            "{location}"
        );
        assert!(!is_signed_out(&mut browser).await);
    }
}

/// Whoever copied the platform's cookie has the sign-on, and not what the browser got at the sign-out.
#[tokio::test]
async fn i3_a_copy_of_the_sign_on_takes_nothing_back() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let mut thief = browser.clone();
    browser.log_out("{}").await;
    thief.press(LOGIN).await;
    assert!(is_signed_out(&mut thief).await);
    // Not by signing it out once more, either.
    thief.log_out(r#"{"scope":"app"}"#).await;
    thief.press(LOGIN).await;
    assert!(is_signed_out(&mut thief).await);
    // Not with a proof that is made up.
    let (name, value) = note(&browser);
    for made_up in ["proof", &value[..42], ""] {
        thief.cookies.insert(name.clone(), made_up.to_owned());
        assert!(is_signed_out(&mut thief).await, "{made_up}");
    }
    browser.press(LOGIN).await;
    assert!(!is_signed_out(&mut browser).await, "the browser itself can");
}

/// A request that began while the sign-on counted, and whose body comes when the owner has signed out.
#[tokio::test]
async fn i3_whoever_withholds_a_sign_out_until_the_owners_gets_no_proof() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let mut thief = browser.clone();
    let (send, withheld) = oneshot::channel();
    let withheld = withheld.map(|body| Ok::<_, Infallible>(body.unwrap()));
    let mut request = Request::post("/api/auth/logout")
        .header("cookie", "access_token=ada-1")
        .body(Body::from_stream(withheld.into_stream()))
        .unwrap();
    for (name, value) in FETCH {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request.headers_mut().extend(thief.gateway.clone());
    let peer = std::net::SocketAddr::from((thief.peer, 4711));
    request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    let mut answering = Box::pin(thief.router.clone().oneshot(request));
    // As far as it comes without its body.
    assert!(answering.as_mut().now_or_never().is_none());

    browser.log_out(r#"{"scope":"app"}"#).await;
    app.clock.advance(Duration::from_secs(3));
    send.send("{}").unwrap();
    let response = answering.await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    let is_note = |value: &&http::HeaderValue| value.to_str().unwrap().contains("-signed-out=");
    assert_eq!(
        cookies.into_iter().filter(is_note).count(),
        0,
        "nor is one overwritten"
    );
    thief.press(LOGIN).await;
    assert!(is_signed_out(&mut thief).await);
    browser.press(LOGIN).await;
    assert!(!is_signed_out(&mut browser).await, "the browser itself can");
}

#[tokio::test]
async fn i9_the_proof_lies_where_no_script_reads_it() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let answer = browser.log_out("{}").await;
    let (name, value) = note(&browser);
    assert!(name.starts_with("__Secure-exeunt-"), "{name}");
    let set = answer.set_cookies();
    let set = set.iter().find(|cookie| cookie.starts_with(&name)).unwrap();
    assert_eq!(
        *set,
        format!("{name}={value}; HttpOnly; SameSite=Lax; Secure; Path=/runtime/apps/a; Max-Age=2592000")
    );
    assert!(!answer.text.contains(&value[..43]), "nor in the answer");
}

/// Several instances: what the browser took back at one, it took back at all.
#[tokio::test]
async fn what_was_taken_back_at_another_instance_counts_here_too() {
    let (one, other) = (App::start().await, App::start().await);
    let mut here = one.signed_in();
    here.log_out("{}").await;
    let mut there = other.signed_in();
    there.cookies = here.cookies.clone();
    assert!(is_signed_out(&mut there).await);
    there.press(LOGIN).await;
    here.cookies = there.cookies.clone();
    assert!(!is_signed_out(&mut there).await);
    assert!(!is_signed_out(&mut here).await);
    // And a sign-out after that counts again.
    here.log_out("{}").await;
    assert!(is_signed_out(&mut here).await);
}

/// A sibling on the same origin sets a cookie of the same name for another path: the browser sends both, in an order that nobody
/// knows.
#[tokio::test]
async fn what_a_sibling_planted_beside_it_keeps_nobody_out() {
    for planted in ["planted", "planted.AAAAAAAAAAAAAAAAAAAAAAAA", ""] {
        for sent in [Sent::Before, Sent::Behind] {
            let app = App::start().await;
            let mut browser = app.signed_in();
            browser.log_out("{}").await;
            let (name, value) = note(&browser);
            browser.planted = Some((sent, format!("{name}={planted}")));
            assert!(is_signed_out(&mut browser).await);
            browser.press(LOGIN).await;
            assert_eq!(
                note(&browser),
                (name, value[..43].to_owned()),
                "{planted} {sent:?}"
            );
            assert!(!is_signed_out(&mut browser).await, "{planted} {sent:?}");
        }
    }
}

/// Of whoever has no proof nothing is taken back, and nobody is told that it was.
#[tokio::test]
async fn a_press_without_the_proof_takes_nothing_back() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let (name, _) = note(&browser);
    browser.cookies.insert(name, "planted".to_owned());
    let (logs, _guard) = Logs::capture();
    browser.press(LOGIN).await;
    assert!(is_signed_out(&mut browser).await);
    assert!(!logs.text().contains("taken_back"));
}

/// Two presses of one moment, each at another instance: the browser keeps the proof that only one of them knows.
#[tokio::test]
async fn a_press_at_an_instance_that_does_not_know_the_proof_keeps_it_for_the_one_that_does() {
    let (one, other) = (App::start().await, App::start().await);
    let (mut here, mut there) = (one.signed_in(), other.signed_in());
    here.log_out("{}").await;
    there.log_out("{}").await;
    here.cookies = there.cookies.clone();
    here.press(LOGIN).await;
    there.cookies = here.cookies.clone();
    assert!(!is_signed_out(&mut there).await);
}

/// Where nothing but the note says that somebody is signed out, a planted one beside it changes nothing either.
#[tokio::test]
async fn without_cookies_of_the_platform_what_is_planted_keeps_nobody_out() {
    for sent in [Sent::Before, Sent::Behind] {
        let app = App::start().await;
        let mut browser = app.signed_in();
        browser.cookies.clear();
        browser.log_out("{}").await;
        let (name, value) = note(&browser);
        browser.planted = Some((sent, format!("{name}=planted")));
        assert!(is_signed_out(&mut browser).await);
        let (logs, _guard) = Logs::capture();
        browser.press(LOGIN).await;
        assert_eq!(note(&browser), (name, value[..43].to_owned()), "{sent:?}");
        assert!(!is_signed_out(&mut browser).await, "{sent:?}");
        assert!(logs.text().contains("taken_back"));
    }
}

#[tokio::test]
async fn a_second_press_of_sign_out_can_be_taken_back_too() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let mut tab = browser.clone();
    browser.log_out("{}").await;
    browser.log_out("{}").await;
    browser.press(LOGIN).await;
    assert!(!is_signed_out(&mut browser).await);
    assert!(!is_signed_out(&mut tab).await, "the sign-on itself counts again");
}

/// Where the gateway lets nothing through that names the sign-on.
#[tokio::test]
async fn without_cookies_of_the_platform_a_press_is_enough() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.cookies.clear();
    browser.log_out("{}").await;
    browser.open(LOGIN).await;
    assert!(is_signed_out(&mut browser).await);
    browser.press(LOGIN).await;
    assert!(!is_signed_out(&mut browser).await);
}

/// Nothing is to be taken back: then a link of any site may lead to the sign-in.
#[tokio::test]
async fn whoever_did_not_sign_out_is_asked_nothing() {
    let app = App::start().await;
    for mut browser in [app.browser(), app.signed_in()] {
        let answer = browser
            .open("/auth/login?return_to=https%3A%2F%2Fevil.example")
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let location = answer.header("location");
        assert!(
            location.starts_with(
                "https://k.example/api/auth/login?redirect_uri=https%3A%2F%2Fk.example%2Fruntime%2Fapps%2Fa%2F&state="
            ),
            "{location}"
        );
        assert!(answer.set_cookies().is_empty());
    }
}

/// The platform's login knows no way to be asked for another account: the page says so instead of signing the same person in.
#[tokio::test]
async fn another_account_is_the_platforms_to_offer() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    let page = browser
        .press("/auth/login?prompt=select_account&return_to=%2Faccount")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    for link in [
        "https://k.example/api/auth/logout/front-channel?redirect_uri=https%3A%2F%2Fk.example%2Fruntime%2Fapps%2Fa%2Flogged-out",
        "/runtime/apps/a/auth/login?return_to=%2Faccount",
    ] {
        assert!(page.text.contains(&format!("href=\"{link}\"")), "{}", page.text);
    }
    assert!(is_signed_out(&mut browser).await, "to read it takes nothing back");
}
