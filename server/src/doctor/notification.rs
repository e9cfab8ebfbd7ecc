//! Whether the app hears of a session that ends elsewhere.

use exeunt::config::Switch;
use serde_json::Value;

use super::{discovery::Known, finding::Finding};
use crate::config::ServerConfig;

const CHECK: &str = "logout_notification";

/// By what the metadata promises; it cannot be tried from outside.
pub(super) fn judge_notification(known: &Known, config: &ServerConfig) -> Finding {
    let metadata = &known.metadata;
    let lists_claims = known.document.get("claims_supported").and_then(Value::as_array);
    let has_sid = lists_claims.is_some_and(|claims| claims.iter().any(|claim| claim == "sid"));
    if metadata.backchannel_logout_supported && metadata.backchannel_logout_session_supported {
        return Finding::ok(
            CHECK,
            "The provider can call this app when a session ends elsewhere, and say which (back channel, with sid).",
        );
    }
    if metadata.backchannel_logout_supported {
        return Finding::warning(
            CHECK,
            "The provider can call this app when a session ends elsewhere, but does not promise to say which one.",
            "If it names only the person, all of their sessions in this app end. Some send sid once the client's registration asks for it.",
        );
    }
    if metadata.frontchannel_logout_supported && config.settings.logout.front_channel == Switch::Off {
        return Finding::warning(
            CHECK,
            "The provider would tell this app through a frame in the person's browser, but EXEUNT_FRONT_CHANNEL_LOGOUT is off.",
            "Remove EXEUNT_FRONT_CHANNEL_LOGOUT=off, or set EXEUNT_LIVENESS_CHECK, which makes this app ask from time to time.",
        );
    }
    if metadata.frontchannel_logout_supported {
        let sid = if metadata.frontchannel_logout_session_supported || has_sid {
            ""
        } else {
            " and it does not promise the sid without which nothing can be ended"
        };
        return Finding::warning(
            CHECK,
            format!("The provider tells this app only through a frame in the person's browser{sid}."),
            "Browsers may block it. EXEUNT_LIVENESS_CHECK makes this app ask the provider from time to time.",
        );
    }
    Finding::warning(
        CHECK,
        "The provider never tells this app that a session ended elsewhere.",
        "EXEUNT_LIVENESS_CHECK makes this app ask from time to time; it needs refresh tokens. Without it only EXEUNT_IDLE_TIMEOUT and EXEUNT_ABSOLUTE_TIMEOUT end such a session here.",
    )
}

/// Settings about the sign-out that do nothing at this provider.
pub(super) fn judge_settings_without_effect(known: &Known, config: &ServerConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.settings.logout.session_management && known.metadata.check_session_iframe.is_none() {
        findings.push(Finding::warning(
            "session_management",
            "EXEUNT_SESSION_MANAGEMENT is on, but the provider's metadata name no check_session_iframe: no page watches anything.",
            "Remove it, or switch session management on at the provider.",
        ));
    }
    if config.settings.provider.end_session_endpoint.is_some()
        && let Some(named) = known.document.get("end_session_endpoint").and_then(Value::as_str)
    {
        findings.push(Finding::warning(
            "end_session_setting",
            format!("EXEUNT_END_SESSION_ENDPOINT is not used: the provider's metadata name {named}."),
            "Remove it.",
        ));
    }
    findings
}
