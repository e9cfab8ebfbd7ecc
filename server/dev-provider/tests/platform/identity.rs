//! What the gateway says of a request, and what it does not believe.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::platform::{PlatformConfig, PlatformStandIn, SIGNED_STRING, Signature};
use http::header::HOST;

use crate::browser::{Browser, ORIGIN};
use crate::extension::{notes, platform, start};

/// What no client may say of itself, with a value that would pass for the gateway's.
const SPOOFED: [(&str, &str); 12] = [
    ("x-user-id", "zoe"),
    ("x-user-email", "zoe@example.net"),
    ("x-user-roles", "admin"),
    ("x-user-system-high", "true"),
    ("x-user-signature", "00"),
    ("x-user-signature-ts", "1"),
    ("x-auth-token", "t"),
    ("x-workroom-id", "w"),
    ("x-original-url", "http://localhost/"),
    ("x-request-id", "r"),
    ("x-forwarded-host", "localhost:1"),
    ("x-forwarded-prefix", "/elsewhere"),
];

fn spoofing() -> Request {
    let mut request = Request::get("/runtime/apps/notes/").header(HOST, "localhost:3000");
    for (name, value) in SPOOFED {
        request = request.header(name, value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn nothing_that_a_client_says_of_itself_gets_through() {
    let stand_in = platform(vec![notes(start().await)]);
    let asked = Browser::new(&stand_in).send(spoofing()).await.json();
    for (name, value) in SPOOFED {
        assert_ne!(asked["headers"][name], value, "{name}");
        assert!(
            asked["headers"].get(name).is_none()
                || name.starts_with("x-forwarded-")
                || name == "x-request-id",
            "{name} is there, although nobody is signed in"
        );
    }
}

#[tokio::test]
async fn who_is_signed_in_is_named_whatever_the_client_says() {
    let stand_in = platform(vec![notes(start().await)]);
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    let asked = browser.send(spoofing()).await.json();
    let headers = &asked["headers"];
    assert_eq!(headers["x-user-id"], "ada");
    assert_eq!(headers["x-user-email"], "ada@example.com");
    assert_eq!(headers["x-user-name"], "Ada Example");
    assert_eq!(headers["x-user-roles"], "admin,user");
    assert_eq!(headers["x-auth-token"], *browser.cookie("access_token").unwrap());
    assert_eq!(headers["x-forwarded-host"], "localhost:3000");
    assert_eq!(headers["x-forwarded-proto"], "http");
    assert_eq!(headers["x-forwarded-port"], "3000");
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert!(headers.get("x-user-signature").is_none(), "no secret is set");
    assert!(headers.get("x-user-system-high").is_none());
}

#[tokio::test]
async fn a_name_beyond_ascii_is_sent_in_utf_8() {
    let stand_in = platform(vec![notes(start().await)]);
    let browser = Browser::new(&stand_in);
    browser.sign_in("zoe", "/").await;
    let asked = browser.get("/runtime/apps/notes/").await.json();
    assert_eq!(asked["headers"]["x-user-name"], "Zoë O’Specimen");
    assert_eq!(asked["headers"]["x-user-roles"], "");
}

#[tokio::test]
async fn with_a_secret_who_is_asking_is_signed() {
    let address = start().await;
    let sign = async |secret: &str| {
        let mut config = PlatformConfig::new(ORIGIN, vec![notes(address)]);
        config.signature = Some(Signature::new(secret, SIGNED_STRING).unwrap());
        config.now = std::sync::Arc::new(|| 1_700_000_000);
        let browser = Browser::new(&PlatformStandIn::new(config).unwrap());
        let stranger = browser.get("/runtime/apps/notes/").await.json();
        assert!(stranger["headers"].get("x-user-signature").is_none());
        browser.sign_in("ada", "/").await;
        let asked = browser.get("/runtime/apps/notes/").await.json();
        assert_eq!(asked["headers"]["x-user-signature-ts"], "1700000000");
        asked["headers"]["x-user-signature"].as_str().unwrap().to_owned()
    };
    let signed = sign("0123456789abcdef").await;
    // printf '1700000000\nada\nada@example.com\nAda Example\nadmin,user' | openssl dgst -sha256 -hmac 0123456789abcdef
    assert_eq!(
        signed,
        "df5ba0ea1d3fc7cd76890d2f8c987517d35916063965f55714b2209ed9934f1d"
    );
    assert_ne!(signed, sign("0123456789abcdeg").await);
}
