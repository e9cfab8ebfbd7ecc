//! A page of the provider that loads relying parties' addresses in frames, as a browser shows it.

use axum::body::Body;
use http::Method;

use super::{suite::Suite, support::Answer};

/// The one frame on it, and where it goes on to.
pub(super) struct FramesPage {
    pub(super) frame: String,
    pub(super) next: String,
}

impl FramesPage {
    pub(super) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = answer.text();
        assert_eq!(text.matches("<iframe ").count(), 1, "{text}");
        Self {
            frame: attribute(&text, "<iframe ", "src"),
            next: attribute(&text, "id=\"next\" ", "href"),
        }
    }

    pub(super) async fn load(&self, suite: &Suite) {
        load(suite, &self.frame).await;
    }
}

/// Loads an address in a frame on the provider's page: the page is another site's, so no cookie goes along. The browser must
/// be allowed to show it there, and no cache may keep it.
pub(super) async fn load(suite: &Suite, address: &str) {
    let mut frame = suite.app.browser();
    let path = frame.path_here(address);
    let headers = [
        ("accept", "text/html"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-site", "cross-site"),
    ];
    let answer = frame.send(Method::GET, &path, &headers, Body::empty()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(answer.header("x-frame-options"), None);
    let policy = answer.header("content-security-policy").unwrap();
    let ancestors = policy
        .split(';')
        .find_map(|directive| directive.trim().strip_prefix("frame-ancestors "))
        .expect("a policy for frames");
    let provider = suite.app.provider.origin();
    assert!(ancestors.split(' ').any(|origin| origin == provider), "{policy}");
}

/// The value of an attribute of the element that holds `mark`, unescaped.
fn attribute(html: &str, mark: &str, name: &str) -> String {
    let (_, element) = html
        .split_once(mark)
        .unwrap_or_else(|| panic!("{mark} is not in {html}"));
    let (element, _) = element.split_once('>').unwrap();
    let (_, value) = element.split_once(&format!("{name}=\"")).unwrap();
    let (value, _) = value.split_once('"').unwrap();
    value
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
