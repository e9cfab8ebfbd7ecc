//! Who may change state: only our own pages (invariant I6).
//!
//! `Sec-Fetch-Site` decides where the browser sends it; else `Origin`; else only what no plain form can send passes.
//! [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header),
//! [Fetch, the `Origin` header](https://fetch.spec.whatwg.org/#origin-header)

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};

use crate::{http::page::Page, logout::backchannel, site::Site};

/// Why a request may not change state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsrfError {
    /// `Sec-Fetch-Site` says that another site or origin sent it.
    #[error("the request came from another site")]
    ForeignSite,
    /// `Origin` is not ours.
    #[error("the request came from another origin")]
    ForeignOrigin,
    /// Neither header is there, and a plain form of another site could have sent it.
    #[error("the request does not show that it came from this app")]
    Unproven,
}

/// Judges a request by its method and headers alone. `origin` is our own, as browsers write it.
///
/// # Errors
///
/// If it would change state and does not come from our own origin.
pub fn check_same_origin(method: &Method, headers: &HeaderMap, origin: &str) -> Result<(), CsrfError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let one = |name: &str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value.to_str().unwrap_or("unreadable")),
            (None, _) => None,
            (Some(_), Some(_)) => Some("several"),
        }
    };
    match one("sec-fetch-site") {
        Some("same-origin") => return Ok(()),
        // "none" is an address typed by the user: as good as no header at all.
        Some("none") | None => {}
        Some(_) => return Err(CsrfError::ForeignSite),
    }
    if let Some(sent) = one("origin") {
        return if sent == origin {
            Ok(())
        } else {
            Err(CsrfError::ForeignOrigin)
        };
    }
    let is_json = one("content-type").is_some_and(|value| {
        value
            .split(';')
            .next()
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    });
    if is_json || headers.contains_key("x-requested-with") || *method == Method::DELETE {
        return Ok(());
    }
    Err(CsrfError::Unproven)
}

/// 403 for whatever [`check_same_origin`] refuses, `None` for what may go on. A form gets a page, everything else JSON.
///
/// One route is judged by something stronger than where the request came from: what the provider sends to the back channel
/// is signed, and carries no cookie.
pub(super) fn refusal(site: &Site, request: &Request) -> Option<Response> {
    if request.uri().path() == backchannel::endpoint::PATH {
        return None;
    }
    let error = check_same_origin(request.method(), request.headers(), site.public_url().origin()).err()?;
    tracing::warn!(target: "exeunt::csrf", %error, "refused a state-changing request");
    Some(refuse(site, request.headers(), error))
}

fn refuse(site: &Site, headers: &HeaderMap, error: CsrfError) -> Response {
    let wants_html = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"));
    if wants_html {
        let page = Page::problem(
            StatusCode::FORBIDDEN,
            "That did not come from this app",
            "Nothing was changed. Go back to the app and press the button there.",
        )
        .with_link("To the app", site.public_url().rooted("/"));
        return site.render(&page);
    }
    let body = serde_json::json!({"detail": {"error": "cross_origin_request", "message": error.to_string()}});
    (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://app.example";

    fn judge(method: Method, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        check_same_origin(&method, &headers, OURS).is_ok()
    }

    #[test]
    fn i6_f4_3_only_our_own_origin_changes_state() {
        for refused in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", OURS),
                ("content-type", "application/json"),
            ],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "https://app.example.evil")],
            &[("origin", "http://app.example")],
            &[
                ("origin", "https://evil.example"),
                ("content-type", "application/json"),
            ],
            &[("sec-fetch-site", "none"), ("origin", "https://evil.example")],
            &[("content-type", "text/plain")],
            &[("content-type", "application/x-www-form-urlencoded")],
            &[("content-type", "text/plain; application/json")],
            &[("content-type", "application/jsonp")],
            &[],
        ] {
            assert!(!judge(Method::POST, refused), "{refused:?}");
        }
        for passed in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", OURS)],
            &[("sec-fetch-site", "none"), ("origin", OURS)],
            &[("content-type", "application/json")],
            &[("content-type", "Application/JSON; charset=utf-8")],
            &[("x-requested-with", "fetch")],
        ] {
            assert!(judge(Method::POST, passed), "{passed:?}");
        }
        assert!(judge(Method::DELETE, &[]));
        assert!(!judge(Method::DELETE, &[("sec-fetch-site", "cross-site")]));
        assert!(!judge(Method::PUT, &[]));
    }

    #[test]
    fn reading_is_never_refused() {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(judge(
                method,
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://evil.example")
                ]
            ));
        }
    }
}
