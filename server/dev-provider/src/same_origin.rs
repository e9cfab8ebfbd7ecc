//! Who may post the provider's own forms.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// Whether a form came from a page of the provider itself.
///
/// `Sec-Fetch-Site` decides where a browser sends it; an older browser's `Origin` must be the origin the request was
/// made to (the guard has seen to it that this is loopback). Without either, nothing says where the form came from,
/// so it is refused.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site").filter(|site| *site != "none") {
        return site == "same-origin";
    }
    match (
        headers.get(ORIGIN),
        headers.get(HOST).and_then(|host| host.to_str().ok()),
    ) {
        (Some(origin), Some(host)) => origin
            .to_str()
            .is_ok_and(|origin| origin == format!("http://{host}")),
        _ => false,
    }
}
