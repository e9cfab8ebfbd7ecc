//! The rule that every address in the settings obeys: https, or plain http where no network is between.

use url::{Host, Url};

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It cannot be parsed, or holds white space, control characters or a backslash, which browsers read as a slash.
    #[error("is not an absolute URL; write it in full and without spaces, like https://app.example")]
    Malformed,
    /// It would travel over a network in the clear.
    #[error(
        "is not https; use https (http is accepted only for a loopback host: localhost, 127.0.0.1 or [::1])"
    )]
    NotHttps,
    /// It holds `user:password@`.
    #[error("holds a user name or password; remove everything up to and including the @")]
    UserInfo,
    /// It has a query.
    #[error("has a query; remove everything from the ? on")]
    Query,
    /// It has a fragment.
    #[error("has a fragment; remove everything from the # on")]
    Fragment,
    /// Its path cannot serve as a prefix.
    #[error(
        "has a path that cannot be a prefix; use segments of letters, digits and -._~ only, like /some/app"
    )]
    Prefix,
}

/// What an address may hold besides scheme, host, port and path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Query {
    /// It may have a query.
    Allowed,
    /// It may not.
    Refused,
}

/// Parses an address and applies the rule.
pub(crate) fn parse(text: &str, query: Query) -> Result<Url, UrlError> {
    // The URL parser silently drops or rewrites these; what is compared or shown later would not be what was written.
    if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return Err(UrlError::Malformed);
    }
    let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
    let Some(host) = url.host() else {
        return Err(UrlError::NotHttps);
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        _ => return Err(UrlError::NotHttps),
    }
    // "https:host" is understood by the parser, but it is not what other software makes of it.
    if !text
        .split_once(':')
        .is_some_and(|(_, rest)| rest.starts_with("//") && !rest.starts_with("///"))
    {
        return Err(UrlError::Malformed);
    }
    if text
        .split(['/', '?', '#'])
        .nth(2)
        .is_some_and(|authority| authority.contains('@'))
    {
        return Err(UrlError::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(UrlError::Fragment);
    }
    if url.query().is_some() && query == Query::Refused {
        return Err(UrlError::Query);
    }
    Ok(url)
}

/// Whether what is sent to this host stays on this machine. Names below `localhost` do not count: a resolver may send
/// them elsewhere.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_loopback_hosts_only() {
        for good in [
            "https://app.example",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://127.8.9.1:1",
            "http://[::1]:8",
        ] {
            assert!(parse(good, Query::Refused).is_ok(), "{good}");
        }
        for bad in [
            "http://app.example",
            "http://localhost.example",
            "http://app.localhost",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "http://[::ffff:127.0.0.1]",
            "ftp://localhost",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:,x",
        ] {
            assert_eq!(parse(bad, Query::Refused), Err(UrlError::NotHttps), "{bad}");
        }
    }

    #[test]
    fn what_parsers_read_differently_is_refused() {
        for bad in [
            "",
            "app.example",
            "//app.example",
            "/path",
            " https://a.example",
            "https://a.example\n",
            "https:\\\\a.example",
            "https:a.example",
            "https:///a.example",
            "https://",
            "https://a b.example",
            "https://a.example/\t",
            "https://[::1",
        ] {
            assert_eq!(parse(bad, Query::Refused), Err(UrlError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn userinfo_query_and_fragment_are_refused() {
        let refused = |text| parse(text, Query::Refused).unwrap_err();
        assert_eq!(refused("https://user:pw@a.example"), UrlError::UserInfo);
        assert_eq!(refused("https://user@a.example"), UrlError::UserInfo);
        assert_eq!(refused("https://@a.example"), UrlError::UserInfo);
        assert_eq!(refused("https://a.example?x=1"), UrlError::Query);
        assert_eq!(refused("https://a.example?"), UrlError::Query);
        assert_eq!(refused("https://a.example#"), UrlError::Fragment);
        assert!(parse("https://a.example/out?x=@1", Query::Allowed).is_ok());
        assert_eq!(
            parse("https://a.example/out?x=1#f", Query::Allowed),
            Err(UrlError::Fragment)
        );
    }
}
