//! Judgements on addresses. Pure, so that both sides of the wire judge alike.

/// Percent-encodes a value for a query string. Slashes stay, as they may.
pub(crate) fn encode(value: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// Whether this is a path of our own origin: one slash first, and nothing that a browser would read as another host
/// (it takes `\` for `/` and drops tabs and line ends).
/// [URL Standard, URL parsing](https://url.spec.whatwg.org/#concept-basic-url-parser)
///
/// Ask it of whatever came with the address of a page, before a link or a redirection leads there.
///
/// ```
/// use exeunt_leptos::is_own_path;
///
/// assert!(is_own_path("/account?tab=1"));
/// assert!(!is_own_path("//elsewhere.example"));
/// assert!(!is_own_path("https://elsewhere.example"));
/// ```
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && !path.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control())
}

/// Whether the browser may be sent there: `http` and `https` only, never `javascript:` or `data:`. Judges the scheme and
/// nothing else: whose address it is, is for the server to know.
///
/// ```
/// use exeunt_leptos::is_web_address;
///
/// assert!(is_web_address("https://id.example/logout"));
/// assert!(!is_web_address("javascript:alert(1)"));
/// assert!(!is_web_address("/account"));
/// ```
#[must_use]
pub fn is_web_address(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_end_or_split_a_query_value_is_encoded() {
        assert_eq!(
            encode("/account?a=1&b=#c d+é\"<"),
            "/account%3Fa%3D1%26b%3D%23c%20d%2B%C3%A9%22%3C"
        );
        assert_eq!(encode("safe-._~AZ09"), "safe-._~AZ09");
    }

    #[test]
    fn i7_only_paths_of_our_own_origin_are_returned_to() {
        for good in ["/", "/account", "/account?x=//y", "/a:b"] {
            assert!(is_own_path(good), "{good}");
        }
        for bad in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "\\/evil",
            "https://evil.example",
        ] {
            assert!(!is_own_path(bad), "{bad}");
        }
        for bad in [
            "/\t/evil.example",
            "/\n/evil.example",
            " /account",
            "javascript:alert(1)",
        ] {
            assert!(!is_own_path(bad), "{bad}");
        }
    }

    #[test]
    fn i7_only_http_and_https_are_navigated_to() {
        for good in [
            "https://id.example/logout",
            "http://127.0.0.1:3010/end",
            "HTTPS://ID.EXAMPLE",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            " https://id.example",
            "ftp://x",
            "//x",
            "/x",
            "",
            "é",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
