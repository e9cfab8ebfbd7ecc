//! The authorization code flow with PKCE.

use http::header::{AUTHORIZATION, HOST};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::relying_party::{
    CALLBACK, CLIENT_ID, SECRET, VERIFIER, advance_clock, authorize, basic, exchange, exchange_with, part,
    pick, provider, sign_in, text, tokens,
};

async fn userinfo(browser: &Browser, access_token: &str) -> crate::browser::Answered {
    let request = axum::extract::Request::get("/userinfo")
        .header(HOST, "localhost")
        .header(AUTHORIZATION, format!("Bearer {access_token}"));
    browser
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn a_picked_user_comes_back_with_code_state_and_iss() {
    let browser = provider();
    let picker = authorize(&browser, &[]).await;
    let answer = pick(&browser, &picker, "ada").await;
    assert!(answer.location().as_str().starts_with(CALLBACK));
    assert_eq!(answer.returned("state").as_deref(), Some("st&te=1"));
    assert_eq!(answer.returned("iss").as_deref(), Some("http://127.0.0.1:3010"));
    assert!(browser.cookie().is_some());
}

#[tokio::test]
async fn the_id_token_says_who_when_where_and_for_whom() {
    let browser = provider();
    let code = sign_in(&browser, "ada").await;
    advance_clock(5);
    let tokens = exchange(&browser, &code).await;
    assert_eq!(tokens.header("cache-control"), "no-store");
    let tokens = tokens.json();
    let (header, mut claims) = (
        part(text(&tokens, "id_token"), 0),
        part(text(&tokens, "id_token"), 1),
    );
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    for unguessable in ["sid", "at_hash"] {
        assert!(
            claims
                .as_object_mut()
                .unwrap()
                .remove(unguessable)
                .unwrap()
                .as_str()
                .unwrap()
                .len()
                >= 20
        );
    }
    let expected = json!({
        "iss": "http://127.0.0.1:3010", "sub": "ada", "aud": CLIENT_ID, "azp": CLIENT_ID, "nonce": "n0nce",
        "iat": 1_800_000_005, "exp": 1_800_000_305, "auth_time": 1_800_000_000, "name": "Ada Example",
        "email": "ada@example.com", "email_verified": true, "roles": ["admin", "user"],
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn the_published_key_verifies_the_id_token() {
    let browser = provider();
    let tokens = tokens(&browser, "ada").await;
    let token = text(&tokens, "id_token");
    let keys: jsonwebtoken::jwk::JwkSet =
        serde_json::from_value(browser.get("/jwks", &[]).await.json()).unwrap();
    let key = keys
        .find(part(token, 0)["kid"].as_str().unwrap())
        .expect("the kid is published");
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let algorithm = jsonwebtoken::Algorithm::RS256;
    assert!(jsonwebtoken::crypto::verify(signature, input.as_bytes(), &key, algorithm).unwrap());
}

#[tokio::test]
async fn userinfo_answers_the_access_token_and_nothing_else() {
    let browser = provider();
    let tokens = tokens(&browser, "grace").await;
    let claims = userinfo(&browser, text(&tokens, "access_token")).await.json();
    assert_eq!(
        (&claims["sub"], &claims["roles"]),
        (&json!("grace"), &json!(["editor", "user"]))
    );
    let refused = userinfo(&browser, "unknown").await;
    assert_eq!(
        (refused.status.as_u16(), refused.header("www-authenticate")),
        (401, "Bearer error=\"invalid_token\"")
    );
    advance_clock(300);
    assert_eq!(
        userinfo(&browser, text(&tokens, "access_token")).await.status,
        401
    );
}

#[tokio::test]
async fn a_second_use_of_a_code_is_refused_and_withdraws_what_the_first_gave() {
    let browser = provider();
    let code = sign_in(&browser, "ada").await;
    let tokens = exchange(&browser, &code).await.json();
    let again = exchange(&browser, &code).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (400, &json!("invalid_grant"))
    );
    assert_eq!(
        userinfo(&browser, text(&tokens, "access_token")).await.status,
        401
    );
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let browser = provider();
    let code = sign_in(&browser, "ada").await;
    advance_clock(60);
    assert_eq!(exchange(&browser, &code).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_code_needs_its_verifier_and_its_redirect_uri() {
    let browser = provider();
    let wrong = "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong";
    for (redirect_uri, verifier) in [
        (CALLBACK, wrong),
        (CALLBACK, ""),
        (CALLBACK, "short"),
        ("", VERIFIER),
        ("http://localhost:3000/", VERIFIER),
    ] {
        let code = authorize_silently(&browser).await;
        let form = [
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        assert_eq!(
            exchange_with(&browser, &form).await.json()["error"],
            "invalid_grant",
            "{redirect_uri} {verifier}"
        );
    }
}

#[tokio::test]
async fn a_client_authenticates_by_header_or_by_body_but_not_by_both() {
    let browser = provider();
    let form = |code: &str| {
        [
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("redirect_uri".to_owned(), CALLBACK.to_owned()),
            ("code_verifier".to_owned(), VERIFIER.to_owned()),
        ]
    };
    let basic = basic();
    for (secret, authorization, status) in [
        (Some(SECRET), None, 200),
        (None, Some(basic.as_str()), 200),
        (Some("wrong"), None, 401),
        (None, None, 401),
        (None, Some("Basic bm9uc2Vuc2U="), 401),
        (Some(SECRET), Some(basic.as_str()), 400),
    ] {
        let code = authorize_silently(&browser).await;
        let form = form(&code);
        let mut form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        form.push(("client_id", CLIENT_ID));
        form.extend(secret.map(|secret| ("client_secret", secret)));
        let headers: Vec<(&str, &str)> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let answer = browser.post("/token", &form, &headers).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{secret:?} {authorization:?} {}",
            answer.body
        );
    }
}

async fn authorize_silently(browser: &Browser) -> String {
    let answer = authorize(browser, &[]).await;
    let answer = if answer.status == 200 {
        pick(browser, &answer, "ada").await
    } else {
        answer
    };
    answer.returned("code").unwrap()
}

#[tokio::test]
async fn an_unregistered_client_or_redirect_uri_gets_a_page_and_no_redirect() {
    let browser = provider();
    for wrong in [
        ("client_id", "unknown"),
        ("client_id", ""),
        ("redirect_uri", "http://localhost:3000/auth/callback/"),
        ("redirect_uri", "http://localhost:3000/auth/callback?a=b"),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", ""),
    ] {
        authorize(&browser, &[wrong]).await.is_page_without_redirect(400);
    }
    authorize(&browser, &[("state", "a"), ("state", "b")])
        .await
        .is_page_without_redirect(400);
}

#[tokio::test]
async fn other_faults_of_a_request_go_back_to_the_relying_party_with_state_and_iss() {
    let browser = provider();
    for (wrong, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("response_mode", "form_post"), "invalid_request"),
        (("scope", "profile"), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("prompt", "none login"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("request", "jwt"), "request_not_supported"),
        (
            ("request_uri", "https://example.com"),
            "request_uri_not_supported",
        ),
    ] {
        let answer = authorize(&browser, &[wrong]).await;
        assert_eq!(answer.returned("error").as_deref(), Some(error), "{wrong:?}");
        assert_eq!(answer.returned("state").as_deref(), Some("st&te=1"));
        assert_eq!(answer.returned("iss").as_deref(), Some("http://127.0.0.1:3010"));
    }
}

#[tokio::test]
async fn another_clients_code_is_refused() {
    let config = crate::relying_party::config();
    let mut other = crate::relying_party::client();
    other.client_id = "other".to_owned();
    other.client_secret = None;
    let config = exeunt_dev_provider::DevProviderConfig {
        clients: vec![crate::relying_party::client(), other],
        ..config
    };
    let browser = Browser::new(exeunt_dev_provider::DevProvider::new(config).unwrap().router());
    let code = sign_in(&browser, "ada").await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "other"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(
        browser.post("/token", &form, &[]).await.json()["error"],
        "invalid_grant"
    );
    let kept: Value = exchange(&browser, &code).await.json();
    assert!(
        kept["id_token"].is_string(),
        "the attempt used the code up: {kept}"
    );
}
