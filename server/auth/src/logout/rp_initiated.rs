//! The logout request to the provider.
//! [OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)

use serde::{Deserialize, Serialize};
use url::Url;

/// The longest address that is navigated to, in bytes; what is longer leaves by a form. Proxies and providers refuse long
/// ones with 414 or 431.
pub const LONGEST_URL: usize = 2000;

/// What a logout request says.
/// [Section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[derive(Clone, Debug, Default)]
pub struct LogoutRequest<'a> {
    /// The newest ID token of the session, exactly as received.
    pub id_token_hint: Option<&'a str>,
    /// Our client id.
    pub client_id: &'a str,
    /// Where the provider sends the browser back to: registered there, equal to the letter.
    pub post_logout_redirect_uri: &'a str,
    /// Comes back with it.
    pub state: &'a str,
    /// Who is to be signed out, where the provider told us its word for the person.
    pub logout_hint: Option<&'a str>,
    /// The languages that were asked for at login.
    pub ui_locales: Option<&'a str>,
}

/// How the browser leaves for the provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Departure {
    /// By navigating there.
    Get {
        /// The address, with everything in it.
        url: String,
    },
    /// By a form: the address would be too long.
    Post {
        /// Where the form goes.
        action: String,
        /// Its fields.
        fields: Vec<(String, String)>,
    },
}

impl std::fmt::Debug for Departure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Get { .. } => "Departure::Get",
            Self::Post { .. } => "Departure::Post",
        })
    }
}

impl Departure {
    /// The request at this endpoint. A query that the endpoint has of its own is kept.
    #[must_use]
    pub fn new(end_session_endpoint: &Url, request: &LogoutRequest<'_>) -> Self {
        let fields: Vec<(&str, &str)> = [
            ("id_token_hint", request.id_token_hint),
            ("client_id", Some(request.client_id)),
            ("post_logout_redirect_uri", Some(request.post_logout_redirect_uri)),
            ("state", Some(request.state)),
            ("logout_hint", request.logout_hint),
            ("ui_locales", request.ui_locales),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let mut url = end_session_endpoint.clone();
        url.query_pairs_mut().extend_pairs(&fields);
        if url.as_str().len() <= LONGEST_URL {
            return Self::Get { url: url.into() };
        }
        Self::Post {
            action: end_session_endpoint.to_string(),
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(hint: &str) -> LogoutRequest<'_> {
        LogoutRequest {
            id_token_hint: Some(hint),
            client_id: "app one",
            post_logout_redirect_uri: "https://app.example/logged-out",
            state: "s-t_a",
            ..LogoutRequest::default()
        }
    }

    #[test]
    fn f4_16_a_query_of_the_endpoint_is_kept_and_everything_is_encoded() {
        let Departure::Get { url } = Departure::new(
            &Url::parse("https://op.example/end?p=1").unwrap(),
            &request("a.b.c"),
        ) else {
            panic!("it is short");
        };
        assert_eq!(
            url,
            "https://op.example/end?p=1&id_token_hint=a.b.c&client_id=app+one\
             &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Flogged-out&state=s-t_a"
        );
    }

    #[test]
    fn f4_20_a_long_hint_leaves_by_a_form() {
        let hint = "h".repeat(20_000);
        let Departure::Post { action, fields } = Departure::new(
            &Url::parse("https://op.example/end?p=1").unwrap(),
            &request(&hint),
        ) else {
            panic!("it is long");
        };
        assert_eq!(action, "https://op.example/end?p=1");
        assert_eq!(fields[0], ("id_token_hint".to_owned(), hint));
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn the_limit_is_exact() {
        let endpoint = Url::parse("https://op.example/end").unwrap();
        let Departure::Get { url } = Departure::new(&endpoint, &request("")) else {
            panic!("it is short")
        };
        let room = LONGEST_URL - url.len();
        assert!(matches!(
            Departure::new(&endpoint, &request(&"h".repeat(room))),
            Departure::Get { .. }
        ));
        assert!(matches!(
            Departure::new(&endpoint, &request(&"h".repeat(room + 1))),
            Departure::Post { .. }
        ));
    }

    #[test]
    fn i16_debug_shows_no_token() {
        let departure = Departure::new(
            &Url::parse("https://op.example/end").unwrap(),
            &request("secret.token.here"),
        );
        assert_eq!(format!("{departure:?}"), "Departure::Get");
    }
}
