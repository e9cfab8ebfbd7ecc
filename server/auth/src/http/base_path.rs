//! The path prefix of the public address: taken off in front of the router, if a proxy left it there.

use http::{Request, Uri, uri::PathAndQuery};

/// The address without the prefix. Unchanged if it does not begin with it (then a proxy took it off already).
#[must_use]
pub fn strip(uri: &Uri, base_path: &str) -> Uri {
    if base_path.is_empty() {
        return uri.clone();
    }
    let Some(rest) = uri
        .path()
        .strip_prefix(base_path)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    else {
        return uri.clone();
    };
    let path = if rest.is_empty() { "/" } else { rest };
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(path_and_query).ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

/// [`strip`] for a whole request: for `tower::ServiceBuilder::map_request` around the router. Not as a layer of it, which
/// would come after the route was chosen.
///
/// ```
/// use axum::{Router, extract::Request};
/// use exeunt::http::base_path::strip_request;
/// use tower::ServiceBuilder;
///
/// # fn below(app: Router) -> Router {
/// let below = ServiceBuilder::new()
///     .map_request(|request: Request| strip_request(request, "/some/app"))
///     .service(app);
/// // One more router, which matches nothing itself, makes it a router again.
/// Router::new().fallback_service(below)
/// # }
/// ```
pub fn strip_request<B>(mut request: Request<B>, base_path: &str) -> Request<B> {
    *request.uri_mut() = strip(request.uri(), base_path);
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_taken_off_by_whole_segments() {
        for (from, to) in [
            ("/some/app/account?x=1", "/account?x=1"),
            ("/some/app", "/"),
            ("/some/app/", "/"),
            ("/some/apple", "/some/apple"),
            ("/account", "/account"),
            ("http://host/some/app/x", "http://host/x"),
        ] {
            assert_eq!(
                strip(&from.parse().unwrap(), "/some/app").to_string(),
                to,
                "{from}"
            );
        }
        assert_eq!(strip(&"/a".parse().unwrap(), ""), "/a");
    }
}
