//! The newer contract: `GET /api/session`, `GET /api/auth/login-url`, and its names for the sign-out.

use axum::{
    Json,
    body::Body,
    extract::{RawQuery, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Contract, Platform, layer::CurrentIdentity, login};
use crate::{http::return_to::ReturnTo, logout::body::LOGOUT_PATH};

/// The session. It never holds a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Session {
    /// The platform's identifier of the person.
    pub user_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// The workroom.
    pub workroom_id: Option<String>,
    /// The role in the workroom.
    pub workroom_role: Option<String>,
    /// Whether somebody is signed in.
    pub is_authenticated: bool,
    /// Always null: a token that nobody verified says nothing about how long the session lasts.
    pub expires_at: Option<i64>,
}

/// The session: always 200, also to nobody.
pub(super) async fn session(request: Request) -> Json<Session> {
    Json(match CurrentIdentity::of(request.extensions()) {
        CurrentIdentity::SignedIn(identity, _) => Session {
            user_id: Some(identity.person.user_id.clone()),
            email: identity.person.email.clone(),
            name: identity.person.name.clone(),
            roles: identity.person.roles.clone(),
            workroom_id: identity.workroom_id.clone(),
            workroom_role: identity.workroom_role.clone(),
            is_authenticated: true,
            expires_at: None,
        },
        CurrentIdentity::Anonymous => {
            let person = super::layer::anonymous();
            Session {
                user_id: Some(person.user_id),
                email: person.email,
                name: person.name,
                ..Session::default()
            }
        }
        CurrentIdentity::Nobody | CurrentIdentity::SignedOut(..) => Session::default(),
    })
}

/// `{login_url}`, null where nobody has to sign in. `return_to` says where to return to; without it, and where it is foreign, to
/// the first page.
pub(super) async fn login_url(
    State(platform): State<Platform>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    if !platform.settings().use_auth {
        return Json(serde_json::json!({"login_url": null})).into_response();
    }
    let query = query.unwrap_or_default();
    let wanted = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "return_to")
        .map(|(_, value)| value.into_owned());
    let public_url = platform.site().public_url();
    let return_to = wanted.map_or_else(ReturnTo::home, |wanted| ReturnTo::parse(&wanted, public_url));
    login::answer(&platform, &request, &return_to)
}

/// The longest body and answer of a sign-out that is read.
const LONGEST: usize = 64 * 1024;

/// The layer around the sign-out that speaks this contract's names, where it is the one that holds: `redirect_uri` is taken for `post_logout_redirect_uri`, and
/// the answer says `logout_url` and `post_logout_redirect_uri` too.
///
/// `logout_url` is the address to navigate to, like `front_channel_logout_url`: a client that navigates to the platform's own
/// logout address, which takes POST alone, would see 405.
pub(super) async fn speak<F>(
    platform: &Platform,
    request: Request,
    inside: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    if platform.settings().contract != Contract::Current {
        return inside(request).await;
    }
    if request.uri().path() != LOGOUT_PATH || request.method() != Method::POST {
        return inside(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let body = rename_wish(&parts.headers, &bytes).unwrap_or_else(|| bytes.to_vec());
    parts.headers.remove(header::CONTENT_LENGTH);
    let response = inside(Request::from_parts(parts, Body::from(body))).await;
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if response.status() != StatusCode::OK || !is_json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LONGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let returns_to = platform.site().public_url().absolute("/logged-out");
    let body = name_addresses(&bytes, &returns_to).unwrap_or_else(|| bytes.to_vec());
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

/// `redirect_uri` as `post_logout_redirect_uri`, unless that is there too. `None`: nothing to be renamed, or nothing that can be
/// read; whoever reads it next says so.
fn rename_wish(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    const FROM: &str = "redirect_uri";
    const TO: &str = "post_logout_redirect_uri";
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => {
            let mut object: Map<String, Value> = serde_json::from_slice(body).ok()?;
            let wish = object.remove(FROM)?;
            object.entry(TO).or_insert(wish);
            serde_json::to_vec(&object).ok()
        }
        "application/x-www-form-urlencoded" => {
            let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
            let is_there = pairs.iter().any(|(name, _)| name == TO);
            let renamed: Vec<(String, String)> = pairs
                .into_iter()
                .filter_map(|(name, value)| match name.as_str() {
                    FROM if is_there => None,
                    FROM => Some((TO.to_owned(), value)),
                    _ => Some((name, value)),
                })
                .collect();
            serde_urlencoded::to_string(renamed).ok().map(String::into_bytes)
        }
        _ => None,
    }
}

fn name_addresses(body: &[u8], returns_to: &str) -> Option<Vec<u8>> {
    let mut object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let front_channel = object
        .get("front_channel_logout_url")
        .cloned()
        .unwrap_or(Value::Null);
    object.insert("logout_url".to_owned(), front_channel);
    object.insert("post_logout_redirect_uri".to_owned(), returns_to.into());
    serde_json::to_vec(&object).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn renamed(content_type: &'static str, body: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        rename_wish(&headers, body.as_bytes()).map(|body| String::from_utf8(body).unwrap())
    }

    #[test]
    fn both_names_of_the_wish_are_understood() {
        assert_eq!(
            renamed("application/json", r#"{"redirect_uri":"/a"}"#).unwrap(),
            r#"{"post_logout_redirect_uri":"/a"}"#
        );
        assert_eq!(
            renamed(
                "application/json",
                r#"{"redirect_uri":"/a","post_logout_redirect_uri":"/b"}"#
            )
            .unwrap(),
            r#"{"post_logout_redirect_uri":"/b"}"#
        );
        assert_eq!(
            renamed("application/x-www-form-urlencoded", "redirect_uri=%2Fa&scope=app").unwrap(),
            "post_logout_redirect_uri=%2Fa&scope=app"
        );
        assert_eq!(renamed("application/json", "{}"), None);
        assert_eq!(renamed("text/plain", r#"{"redirect_uri":"/a"}"#), None);
    }
}
