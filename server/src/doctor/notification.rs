//! Whether the app hears of a session that ends elsewhere.

use serde_json::Value;

use super::{discovery::Known, finding::Finding};

const CHECK: &str = "logout_notification";

/// By what the metadata promises; it cannot be tried from outside.
pub(super) fn judge_notification(known: &Known) -> Finding {
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
