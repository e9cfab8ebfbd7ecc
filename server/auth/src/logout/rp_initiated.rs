//! The logout request to the provider.
//! [OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    clock::Timestamp,
    provider::dialect::{Habits, Hint, Method},
    session::record::SessionTokens,
};

/// The longest address that is navigated to, in bytes; what is longer leaves by a form. Proxies and providers refuse long
/// ones with 414 or 431.
pub const LONGEST_URL: usize = 2000;

/// What the session knew that tells the provider whom to sign out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutHint {
    /// The newest ID token of the session, exactly as received.
    pub id_token_hint: String,
    /// Who is to be signed out, where the provider told us its word for the person.
    pub logout_hint: Option<String>,
    /// The languages that were asked for at login.
    pub ui_locales: Option<String>,
}

impl LogoutHint {
    /// From the tokens of a session.
    #[must_use]
    pub fn of(tokens: &SessionTokens) -> Self {
        Self {
            id_token_hint: tokens.id_token.clone(),
            logout_hint: tokens.logout_hint.clone(),
            ui_locales: tokens.ui_locales.clone(),
        }
    }
}

/// Whether an ID token expired longer ago than this. Read without verifying: it was verified when it came.
fn expired_before(id_token: &str, now: Timestamp, tolerance: Duration) -> bool {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let claims = id_token
        .split('.')
        .nth(1)
        .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
        .and_then(|payload| serde_json::from_slice::<Claims>(&payload).ok());
    // The cast saturates, which is as good as any end of time.
    claims.is_some_and(|claims| Timestamp::from_seconds(claims.exp as i64) + tolerance < now)
}

impl std::fmt::Debug for LogoutHint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogoutHint")
    }
}

/// What a logout request says.
/// [Section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[derive(Clone, Debug)]
pub struct LogoutRequest<'a> {
    /// Our client id.
    pub client_id: &'a str,
    /// Where the provider sends the browser back to: registered there, equal to the letter.
    pub post_logout_redirect_uri: &'a str,
    /// Comes back with it.
    pub state: &'a str,
    /// Whom to sign out.
    pub hint: Option<&'a LogoutHint>,
    /// The provider's habits.
    pub dialect: &'a Habits,
    /// Our time.
    pub now: Timestamp,
}

impl<'a> LogoutRequest<'a> {
    /// The parameters, in the provider's words. `None`: as things are it would refuse any.
    fn parameters(&self) -> Option<Vec<(&'static str, &'a str)>> {
        let words = self.dialect.logout();
        let id_token = self.hint.filter(|hint| match words.hint {
            Hint::None => false,
            Hint::WelcomeUntil(tolerance) => !expired_before(&hint.id_token_hint, self.now, tolerance),
            Hint::Welcome | Hint::NeededToReturn | Hint::Required => true,
        });
        let id_token = id_token.map(|hint| hint.id_token_hint.as_str());
        let returns = match words.hint {
            Hint::Required if id_token.is_none() => return None,
            Hint::NeededToReturn => id_token.is_some(),
            _ => true,
        };
        let logout_hint = self.hint.and_then(|hint| hint.logout_hint.as_deref());
        let ui_locales = self.hint.and_then(|hint| hint.ui_locales.as_deref());
        Some(
            [
                (ID_TOKEN_HINT, id_token),
                ("client_id", words.client_id.then_some(self.client_id)),
                (words.return_to, returns.then_some(self.post_logout_redirect_uri)),
                (STATE, (returns && words.state).then_some(self.state)),
                ("logout_hint", logout_hint.filter(|_| words.logout_hint)),
                ("ui_locales", ui_locales.filter(|_| words.ui_locales)),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        )
    }
}

const STATE: &str = "state";
const ID_TOKEN_HINT: &str = "id_token_hint";

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
    /// The request at this endpoint. A query that the endpoint has of its own is kept. `None` if the provider would refuse
    /// any request that can be made: it insists on an ID token, and there is none.
    #[must_use]
    pub fn new(end_session_endpoint: &Url, request: &LogoutRequest<'_>) -> Option<Self> {
        let fields = request.parameters()?;
        let mut url = end_session_endpoint.clone();
        url.query_pairs_mut().extend_pairs(&fields);
        let by_form = match request.dialect.logout().method {
            Method::ByLength => url.as_str().len() > LONGEST_URL,
            Method::Get => false,
            Method::Post => true,
        };
        if !by_form {
            return Some(Self::Get { url: url.into() });
        }
        Some(Self::Post {
            action: end_session_endpoint.to_string(),
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }

    /// Whether it carries an ID token that has expired: what some providers refuse.
    #[must_use]
    pub fn has_expired_hint(&self, now: Timestamp) -> bool {
        let is_expired = |id_token: &str| expired_before(id_token, now, Duration::ZERO);
        match self {
            Self::Get { url } => Url::parse(url).is_ok_and(|url| {
                url.query_pairs()
                    .any(|(name, value)| name == ID_TOKEN_HINT && is_expired(&value))
            }),
            Self::Post { fields, .. } => fields
                .iter()
                .any(|(name, value)| name == ID_TOKEN_HINT && is_expired(value)),
        }
    }

    /// The same without the ID token, where that can help: some providers refuse one that has expired, and without it ask
    /// the person.
    #[must_use]
    pub fn without_id_token_hint(&self, dialect: &Habits) -> Self {
        let words = dialect.logout();
        let left_out: &[&str] = match words.hint {
            Hint::Required | Hint::None => &[],
            Hint::NeededToReturn => &[ID_TOKEN_HINT, words.return_to, STATE],
            Hint::Welcome | Hint::WelcomeUntil(_) => &[ID_TOKEN_HINT],
        };
        let stays = |name: &str| !left_out.contains(&name);
        match self {
            Self::Get { url } => {
                let Ok(mut url) = Url::parse(url) else {
                    return self.clone();
                };
                let kept: Vec<(String, String)> = url
                    .query_pairs()
                    .filter(|(name, _)| stays(name))
                    .map(|(name, value)| (name.into_owned(), value.into_owned()))
                    .collect();
                if kept.is_empty() {
                    url.set_query(None);
                } else {
                    url.query_pairs_mut().clear().extend_pairs(kept);
                }
                Self::Get { url: url.into() }
            }
            Self::Post { action, fields } => Self::Post {
                action: action.clone(),
                fields: fields.iter().filter(|(name, _)| stays(name)).cloned().collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Dialect;

    fn hint(id_token: &str) -> LogoutHint {
        LogoutHint {
            id_token_hint: id_token.to_owned(),
            logout_hint: None,
            ui_locales: None,
        }
    }

    fn request(hint: &LogoutHint) -> LogoutRequest<'_> {
        LogoutRequest {
            client_id: "app one",
            post_logout_redirect_uri: "https://app.example/logged-out",
            state: "s-t_a",
            hint: Some(hint),
            dialect: Habits::of(Dialect::Standard),
            now: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn f4_19_the_hint_can_be_left_out_and_everything_else_stays() {
        let endpoint = Url::parse("https://op.example/end?p=1").unwrap();
        let hint = hint("a.b.c");
        let departure = Departure::new(&endpoint, &request(&hint)).unwrap();
        let bare = LogoutRequest {
            hint: None,
            ..request(&hint)
        };
        let departure = departure.without_id_token_hint(Habits::of(Dialect::Standard));
        assert_eq!(Some(departure), Departure::new(&endpoint, &bare));
    }

    #[test]
    fn f4_16_a_query_of_the_endpoint_is_kept_and_everything_is_encoded() {
        let Some(Departure::Get { url }) = Departure::new(
            &Url::parse("https://op.example/end?p=1").unwrap(),
            &request(&hint("a.b.c")),
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
        let long = "h".repeat(20_000);
        let Some(Departure::Post { action, fields }) = Departure::new(
            &Url::parse("https://op.example/end?p=1").unwrap(),
            &request(&hint(&long)),
        ) else {
            panic!("it is long");
        };
        assert_eq!(action, "https://op.example/end?p=1");
        assert_eq!(fields[0], ("id_token_hint".to_owned(), long));
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn the_limit_is_exact() {
        let endpoint = Url::parse("https://op.example/end").unwrap();
        let Some(Departure::Get { url }) = Departure::new(&endpoint, &request(&hint(""))) else {
            panic!("it is short")
        };
        let room = LONGEST_URL - url.len();
        assert!(matches!(
            Departure::new(&endpoint, &request(&hint(&"h".repeat(room)))),
            Some(Departure::Get { .. })
        ));
        assert!(matches!(
            Departure::new(&endpoint, &request(&hint(&"h".repeat(room + 1)))),
            Some(Departure::Post { .. })
        ));
    }

    #[test]
    fn i16_debug_shows_no_token() {
        let departure = Departure::new(
            &Url::parse("https://op.example/end").unwrap(),
            &request(&hint("secret.token.here")),
        )
        .unwrap();
        assert_eq!(format!("{departure:?}"), "Departure::Get");
    }
}
