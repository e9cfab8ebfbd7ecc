//! What names a sign-on of the platform: each thing that the browser shows for it, by a digest of its own.
//!
//! Platforms renew a token and keep what stands beside it, set one more, or send them in another order. A digest over all of them
//! would take each of that for a new sign-on; so each has its own, and two sign-ons are the same if they share one.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, header};
use sha2::{Digest, Sha256};

use super::{cookies::CookieNames, identity::Identity, spelling::canonical};

/// The most that a browser may show at once. Whoever shows more makes it uncertain which of them the gateway meant.
pub const MOST: usize = 16;

/// One thing that is shown for a sign-on, by its digest. It opens nothing.
///
/// It speaks of one person, so that a value that several share (a tenant's name, say) joins no two people. Of a cookie and of a
/// header it is the same: the gateway may turn one into the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credential([u8; 16]);

impl Credential {
    fn new(kind: &[u8], person: &str, value: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"exeunt platform credential v2");
        for part in [kind, person.as_bytes(), value] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        let digest: [u8; 32] = digest.finalize().into();
        Self(std::array::from_fn(|index| digest[index]))
    }

    /// As it stands in a cookie.
    pub(super) fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// From a cookie.
    pub(super) fn read(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

/// More is shown than a sign-on has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MOST} cookies of EXEUNT_PLATFORM_FORWARDED_COOKIES were sent at once")]
pub struct TooMany;

/// A sign-on, by what the browser shows to the gateway for it. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOn(Arc<Shown>);

#[derive(Debug, PartialEq, Eq)]
struct Shown {
    cookies: Vec<Credential>,
    /// What a gateway may make anew for each request.
    others: Vec<Credential>,
    is_of_this_browser: bool,
}

impl SignOn {
    /// From the request: each of the platform's cookies and the token in `Authorization`; without any, the gateway's token. Where
    /// the gateway lets none of them through, all that names the sign-on is the person.
    ///
    /// # Errors
    ///
    /// If more is shown than [`MOST`].
    pub fn of(headers: &HeaderMap, names: &CookieNames, identity: &Identity) -> Result<Self, TooMany> {
        let person = identity.person.user_id.as_str();
        let token = |value: &[u8]| {
            let value = canonical(value);
            (!value.is_empty()).then(|| Credential::new(b"token", person, &value))
        };
        let mut cookies: Vec<_> = names
            .values(headers)
            .filter_map(|value| token(value.as_bytes()))
            .collect();
        cookies.sort_unstable();
        cookies.dedup();
        let mut others: Vec<_> = headers
            .get_all(header::AUTHORIZATION)
            .iter()
            .filter_map(|value| token(bare(value.as_bytes())))
            .filter(|credential| !cookies.contains(credential))
            .collect();
        if cookies.is_empty() && others.is_empty() {
            let shown = headers.get_all(HeaderName::from_static("x-auth-token")).iter();
            others.extend(shown.filter_map(|value| token(bare(value.as_bytes()))));
        }
        others.sort_unstable();
        others.dedup();
        if cookies.len() + others.len() > MOST {
            return Err(TooMany);
        }
        let is_of_this_browser = !(cookies.is_empty() && others.is_empty());
        if !is_of_this_browser {
            others.push(Credential::new(b"person", person, b""));
        }
        Ok(Self(Arc::new(Shown {
            cookies,
            others,
            is_of_this_browser,
        })))
    }

    /// Whether it is told apart from those that the same person has in other browsers.
    #[must_use]
    pub fn is_of_this_browser(&self) -> bool {
        self.0.is_of_this_browser
    }

    /// Everything that is shown for it; never nothing.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.0.cookies.iter().chain(&self.0.others)
    }

    /// What it will be known by at its next request: the cookies, if there are any. A token in a header may be made for one request.
    pub fn lasting(&self) -> impl Iterator<Item = &Credential> {
        let others: &[_] = if self.0.cookies.is_empty() {
            &self.0.others
        } else {
            &[]
        };
        self.0.cookies.iter().chain(others)
    }

    /// Whether the two are one: whether they share anything.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.credentials()
            .any(|credential| other.credentials().any(|theirs| theirs == credential))
    }

    /// A name for the audit log. It opens nothing, and nothing can be made from it.
    #[must_use]
    pub fn name(&self) -> String {
        let first = self.credentials().next().map(|Credential(bytes)| bytes);
        first.map_or_else(String::new, |bytes| {
            bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
        })
    }
}

/// What stands after the scheme, whichever it is.
fn bare(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    let space = value.iter().position(u8::is_ascii_whitespace);
    space.and_then(|space| value.get(space + 1..)).unwrap_or(value)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::upstream::Person;
    use http::HeaderValue;

    pub(crate) fn sign_on(cookie: &str, user_id: &str) -> SignOn {
        shown(&[("cookie", cookie)], user_id).unwrap()
    }

    fn shown(headers: &[(&'static str, &str)], user_id: &str) -> Result<SignOn, TooMany> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect();
        let identity = Identity {
            person: Person {
                user_id: user_id.to_owned(),
                email: None,
                name: None,
                roles: Vec::new(),
            },
            workroom_id: None,
            workroom_role: None,
        };
        SignOn::of(&headers, &CookieNames::default(), &identity)
    }

    #[test]
    fn i3_one_of_several_is_enough_to_know_it_again() {
        let one = sign_on("access_token=a; id_token=i", "ada");
        for same in [
            "id_token=i; access_token=a",
            "access_token=b; id_token=i",
            "access_token=a",
            "access_token=a; id_token=i; refresh_token=r",
            "access_token=a; access_token=a; id_token=j",
            "access_token=x; access_token=a",
            "refresh_token=i",
            "access_token=\"a\"",
            "access_token=%61",
            "access_token =a",
        ] {
            assert!(one.is_same(&sign_on(same, "ada")), "{same}");
        }
        for other in [
            "access_token=b; id_token=j",
            "access_token=b",
            "access_token=; id_token=",
        ] {
            assert!(!one.is_same(&sign_on(other, "ada")), "{other}");
        }
        assert!(!one.is_same(&sign_on("access_token=a; id_token=i", "grace")));
    }

    #[test]
    fn i3_a_token_is_the_same_in_a_cookie_and_in_a_header() {
        let one = sign_on("access_token=a", "ada");
        for (header, value, same) in [
            ("authorization", "Bearer a", true),
            ("authorization", "bearer  a", true),
            ("authorization", "BEARER \"a\"", true),
            ("authorization", "Bearer %61", true),
            ("authorization", "Basic a", true),
            ("x-auth-token", "a", true),
            ("authorization", "Bearer b", false),
        ] {
            let other = shown(&[(header, value)], "ada").unwrap();
            assert_eq!(one.is_same(&other), same, "{header}: {value}");
        }
        // What the gateway makes anew beside a cookie is not what lasts.
        let both = shown(
            &[("cookie", "access_token=a"), ("authorization", "Bearer b")],
            "ada",
        )
        .unwrap();
        assert_eq!((both.credentials().count(), both.lasting().count()), (2, 1));
    }

    #[test]
    fn where_nothing_is_shown_it_is_the_person_and_no_browser() {
        for nothing in [
            &[][..],
            &[("cookie", "theme=dark; access_token=")],
            &[("authorization", "Bearer ")],
            &[("authorization", "bearer")],
            &[("cookie", "access_token=\"\"")],
        ] {
            let one = shown(nothing, "ada").unwrap();
            assert!(!one.is_of_this_browser(), "{nothing:?}");
            assert!(one.is_same(&sign_on("theme=light", "ada")));
            assert!(!one.is_same(&sign_on("theme=dark", "grace")));
        }
    }

    #[test]
    fn whoever_shows_too_much_is_told_apart_from_nobody() {
        let cookie: String = (0..=MOST)
            .map(|index| format!("access_token={index}; "))
            .collect();
        let names = CookieNames::default();
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]);
        let identity = Identity {
            person: Person {
                user_id: "ada".to_owned(),
                email: None,
                name: None,
                roles: Vec::new(),
            },
            workroom_id: None,
            workroom_role: None,
        };
        assert_eq!(SignOn::of(&headers, &names, &identity), Err(TooMany));
    }

    #[test]
    fn i16_its_name_shows_nothing_of_what_is_shown() {
        let name = sign_on("access_token=s3cr3t", "ada").name();
        assert!(name.len() == 16 && !name.contains("s3cr3t"), "{name}");
    }
}
