//! What is read of a discovery document beyond what a sign-in needs.

use serde_json::{Value, json};

use super::*;

fn judged(members: &[(&str, Value)]) -> Metadata {
    let mut document = json!({
        "issuer": "https://op.example",
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "jwks_uri": "https://op.example/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    for (name, value) in members {
        document[*name] = value.clone();
    }
    let issuer: Issuer = "https://op.example".parse().unwrap();
    validate_metadata(document.to_string().as_bytes(), &issuer, &Expectations::default()).unwrap()
}

#[test]
fn a2_2_a3_6_what_is_not_promised_is_not_there() {
    let metadata = judged(&[]);
    assert!(!metadata.backchannel_logout_supported);
    assert!(!metadata.backchannel_logout_session_supported);
    assert!(!metadata.frontchannel_logout_supported);
    assert!(!metadata.frontchannel_logout_session_supported);
    assert_eq!(metadata.check_session_iframe, None);
    assert_eq!(metadata.scopes, None);
}

#[test]
fn a2_2_a3_6_each_promise_is_read_from_its_own_member() {
    let flags = |metadata: &Metadata| {
        [
            metadata.backchannel_logout_supported,
            metadata.backchannel_logout_session_supported,
            metadata.frontchannel_logout_supported,
            metadata.frontchannel_logout_session_supported,
        ]
    };
    for (at, member) in [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
    ]
    .into_iter()
    .enumerate()
    {
        let mut expected = [false; 4];
        expected[at] = true;
        assert_eq!(flags(&judged(&[(member, true.into())])), expected, "{member}");
    }
    let scopes = judged(&[("scopes_supported", json!(["openid", "offline_access"]))]).scopes;
    assert_eq!(scopes.unwrap(), ["openid", "offline_access"]);
}

#[test]
fn a4_10_a_frame_is_watched_only_at_a_safe_address_and_spoils_nothing_else() {
    for good in ["https://op.example/check?x=1", "http://127.0.0.1:3010/check"] {
        let frame = judged(&[("check_session_iframe", good.into())]).check_session_iframe;
        assert_eq!(frame.unwrap().as_str(), good);
    }
    for bad in [
        json!("http://op.example/check"),
        json!("/check"),
        json!("javascript:alert(1)"),
        json!("https://user@op.example/check"),
        json!(""),
        json!(7),
        json!(null),
    ] {
        let metadata = judged(&[("check_session_iframe", bad.clone())]);
        assert_eq!(metadata.check_session_iframe, None, "{bad}");
    }
}
