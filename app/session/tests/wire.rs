//! The JSON that the clients rely on.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use exeunt_leptos::wire::{
    EndEntry, Layer, LayerStatus, LoggedOutView, LogoutResponse, Receipt, ReceiptLayer, Scope, SessionEntry,
    SessionList, SessionView,
};
use serde::Serialize;
use serde_json::{json, to_value};

fn name(value: impl Serialize) -> String {
    to_value(value).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn a_session_has_the_names_of_the_reference_clients() {
    let view = SessionView {
        user_id: "sub".into(),
        email: None,
        name: Some("Ann".into()),
        roles: vec!["editor".into()],
        request_id: None,
        auth_enabled: true,
        session_expires_at: Some(20),
        idle_expires_at: Some(20),
        absolute_expires_at: None,
        now: 10,
    };
    let json = json!({
        "user_id": "sub", "email": null, "name": "Ann", "roles": ["editor"], "request_id": null,
        "auth_enabled": true, "session_expires_at": 20, "idle_expires_at": 20, "now": 10,
    });
    assert_eq!(to_value(&view).unwrap(), json);
    assert_eq!(serde_json::from_value::<SessionView>(json).unwrap(), view);
}

#[test]
fn a_list_of_sessions_has_the_names_of_the_contract() {
    let list = SessionList {
        platform: None,
        sessions: vec![SessionEntry {
            id: "public".into(),
            current: true,
            device: "Firefox on Linux".into(),
            issuer: "https://id.example".into(),
            created_at: 1,
            last_used_at: 2,
            expires_at: 3,
        }],
        recent_ends: vec![EndEntry {
            device: "Safari on iPhone".into(),
            created_at: 1,
            ended_at: 2,
            why: "back_channel".into(),
        }],
    };
    let json = json!({
        "sessions": [{
            "id": "public", "current": true, "device": "Firefox on Linux", "issuer": "https://id.example",
            "created_at": 1, "last_used_at": 2, "expires_at": 3,
        }],
        "recent_ends": [{"device": "Safari on iPhone", "created_at": 1, "ended_at": 2, "why": "back_channel"}],
    });
    assert_eq!(to_value(&list).unwrap(), json);
    assert_eq!(serde_json::from_value::<SessionList>(json).unwrap(), list);
}

#[test]
fn an_answer_leaves_out_the_addresses_it_does_not_have() {
    let receipt = Receipt {
        ended_at: 7,
        layers: vec![ReceiptLayer {
            layer: Layer::AppSession,
            status: LayerStatus::Ended,
            detail: None,
        }],
    };
    let response = LogoutResponse {
        success: true,
        message: "done".into(),
        redirect_url: None,
        front_channel_logout_url: Some("https://id.example/end".into()),
        receipt,
    };
    let json = json!({
        "success": true, "message": "done", "front_channel_logout_url": "https://id.example/end",
        "receipt": { "ended_at": 7, "layers": [{ "layer": "app_session", "status": "ended" }] },
    });
    assert_eq!(to_value(&response).unwrap(), json);
    assert_eq!(serde_json::from_value::<LogoutResponse>(json).unwrap(), response);
}

#[test]
fn layers_and_statuses_have_the_names_of_the_contract() {
    use Layer::*;
    let layers = [
        AppSession,
        OtherSessions,
        OpenTabs,
        RefreshToken,
        AccessToken,
        ProviderSession,
        UpstreamIdp,
        Platform,
    ];
    let names = "app_session other_sessions open_tabs refresh_token access_token provider_session upstream_idp platform";
    assert_eq!(layers.map(name).join(" "), names);

    use LayerStatus::*;
    let statuses = [Ended, Returned, Unconfirmed, Pending, Failed, CannotBeEnded, Kept];
    assert_eq!(
        statuses.map(name).join(" "),
        "ended returned unconfirmed pending failed cannot_be_ended kept"
    );
}

#[test]
fn a_scope_is_named_alike_in_forms_and_in_json() {
    for scope in [Scope::App, Scope::Browser, Scope::Everywhere] {
        assert_eq!(name(scope), scope.as_str());
    }
    assert_eq!(Scope::default(), Scope::Browser);
}

#[test]
fn what_the_page_knows_survives_the_way() {
    let view = LoggedOutView {
        signed_in: false,
        unfinished: true,
        receipt: None,
        provider: Some("id.example".into()),
        provider_tries_left: 2,
        continue_to: None,
        can_probe: false,
        ended_by_provider: true,
        ran_out: true,
    };
    let json = serde_json::to_string(&view).unwrap();
    assert_eq!(serde_json::from_str::<LoggedOutView>(&json).unwrap(), view);
}

#[test]
fn a_report_is_under_way_only_while_a_line_is_pending() {
    let view = |statuses: &[LayerStatus]| {
        let line = |&status| ReceiptLayer {
            layer: Layer::AccessToken,
            status,
            detail: None,
        };
        LoggedOutView {
            signed_in: false,
            unfinished: false,
            receipt: Some(Receipt {
                ended_at: 7,
                layers: statuses.iter().map(line).collect(),
            }),
            provider: None,
            provider_tries_left: 0,
            continue_to: None,
            can_probe: false,
            ended_by_provider: false,
            ran_out: false,
        }
    };
    assert!(view(&[LayerStatus::Ended, LayerStatus::Pending]).is_under_way());
    for over in [
        LayerStatus::Ended,
        LayerStatus::Returned,
        LayerStatus::Unconfirmed,
        LayerStatus::Failed,
        LayerStatus::CannotBeEnded,
        LayerStatus::Kept,
    ] {
        assert!(!view(&[over]).is_under_way(), "{over:?}");
    }
    let none = LoggedOutView {
        receipt: None,
        ..view(&[])
    };
    assert!(!none.is_under_way());
}
