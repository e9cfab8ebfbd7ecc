//! `GET /auth/login`: 303 to the provider.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    attempt::{self, Attempt},
    error::CallbackError,
};
use crate::{
    Exeunt,
    http::{cookies::Presented, page::Page, return_to::ReturnTo},
    metrics::{self, LoginStart},
    provider::{
        code::{self, AuthorizationRequest},
        metadata::Metadata,
    },
    session_management,
};

/// The longest `login_hint` that is passed on, in bytes as they stand in the address: any e-mail address people have.
const LONGEST_HINT: usize = 128;
/// The longest `ui_locales`.
const LONGEST_LOCALES: usize = 64;

/// What `GET /auth/login` may carry. A doubled parameter counts as absent.
#[derive(Debug, Default)]
struct Parameters {
    return_to: Option<String>,
    target_link_uri: Option<String>,
    iss: Option<String>,
    prompt: Option<String>,
    login_hint: Option<String>,
    ui_locales: Option<String>,
    recheck: Option<String>,
}

impl Parameters {
    fn parse(query: &str) -> Self {
        let mut values: std::collections::HashMap<String, Option<String>> = std::collections::HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).take(50) {
            values
                .entry(name.into_owned())
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(value.into_owned()));
        }
        let mut take = |name: &str| values.remove(name).flatten().filter(|value| !value.is_empty());
        Self {
            return_to: take("return_to"),
            target_link_uri: take("target_link_uri"),
            iss: take("iss"),
            prompt: take("prompt").filter(|prompt| {
                matches!(
                    &**prompt,
                    "none" | "login" | "consent" | "select_account" | "create"
                )
            }),
            login_hint: take("login_hint").filter(|hint| is_hint(hint)),
            ui_locales: take("ui_locales").filter(|locales| is_locales(locales)),
            recheck: take("recheck"),
        }
    }
}

fn is_hint(value: &str) -> bool {
    let encoded: usize = url::form_urlencoded::byte_serialize(value.as_bytes())
        .map(str::len)
        .sum();
    encoded <= LONGEST_HINT && !value.chars().any(char::is_control)
}

/// Language tags, separated by spaces.
fn is_locales(value: &str) -> bool {
    value.len() <= LONGEST_LOCALES
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b' ')
}

/// Begins a login. Third parties may send a person here too, with `iss` and `target_link_uri`:
/// [OpenID Connect Core 1.0, section 4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin).
pub async fn get(State(exeunt): State<Exeunt>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let purpose = headers
        .get("sec-purpose")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if purpose.contains("prefetch") {
        // Nobody pressed anything yet: no attempt, nothing at the provider.
        metrics::login_began(LoginStart::Prefetch);
        return exeunt.render(&Page::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not yet",
            "Signing in begins when you press the link.",
        ));
    }
    let parameters = Parameters::parse(query.as_deref().unwrap_or_default());
    if parameters
        .iss
        .as_deref()
        .is_some_and(|iss| iss != exeunt.settings().provider.issuer.as_str())
    {
        metrics::login_began(LoginStart::UnknownIssuer);
        let page = Page::problem(
            StatusCode::BAD_REQUEST,
            "That provider is not known here",
            "A link asked this app to sign you in at a provider that it does not use.",
        )
        .with_link("To the first page", exeunt.public_url().rooted("/"));
        return exeunt.render(&page);
    }
    let begun = match &parameters.recheck {
        Some(session) => {
            session_management::start(&exeunt, session, return_to(&exeunt, &parameters), &headers).await
        }
        None => begin(&exeunt, &parameters, &headers).await,
    };
    match begun {
        Ok(response) => {
            metrics::login_began(LoginStart::Begun);
            response
        }
        Err(error) => {
            metrics::login_began(LoginStart::Failed);
            tracing::warn!(target: "exeunt::login", %error, "a sign-in could not be begun");
            exeunt.render(&error.page(&exeunt))
        }
    }
}

/// Where the person wants to go.
fn return_to(exeunt: &Exeunt, parameters: &Parameters) -> ReturnTo {
    let wanted = parameters
        .return_to
        .as_deref()
        .or(parameters.target_link_uri.as_deref());
    wanted.map_or_else(ReturnTo::home, |path| ReturnTo::parse(path, exeunt.public_url()))
}

async fn begin(
    exeunt: &Exeunt,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, CallbackError> {
    let metadata = exeunt.provider().metadata().await?;
    let issuer = exeunt.settings().provider.issuer.as_str();
    let attempt = Attempt::start(
        exeunt.random(),
        issuer,
        return_to(exeunt, parameters),
        parameters.ui_locales.clone(),
        exeunt.now(),
    )?;
    let must_prompt = exeunt.cookies().read(headers, &exeunt.cookies().prompt()) != Presented::None;
    let request = AuthorizationRequest {
        redirect_uri: &exeunt.redirect_uri(),
        state: &attempt.state(),
        nonce: &attempt.nonce,
        code_challenge: &attempt.code_challenge(),
        prompt: choose_prompt(parameters.prompt.as_deref(), must_prompt, &metadata),
        login_hint: parameters.login_hint.as_deref(),
        ui_locales: parameters.ui_locales.as_deref(),
    };
    let location = code::authorization_url(&metadata, &exeunt.settings().provider, &request);
    let mut response = see_other(location.as_str()).ok_or(CallbackError::Malformed)?;
    attempt::remember(exeunt, headers, response.headers_mut(), &attempt)?;
    Ok(response)
}

/// What `prompt` is sent. If the last sign-out was not confirmed by the provider, it is one that makes the provider ask,
/// and no parameter weakens that (invariant I19).
///
/// `select_account` is sent only where it is known to be understood, since some answer it with an error. Where it is not,
/// `login` lets the person choose as well.
fn choose_prompt<'a>(wanted: Option<&'a str>, must_prompt: bool, metadata: &Metadata) -> Option<&'a str> {
    let listed = metadata.prompts.as_deref();
    let asking = metadata.dialect.asking_prompt(listed);
    match wanted {
        Some("select_account") if metadata.dialect.selects_account(listed) => Some("select_account"),
        Some("login" | "select_account") => Some(asking),
        _ if must_prompt => Some(asking),
        other => other,
    }
}

/// 303, never stored by a cache. None if the address cannot stand in a header.
#[must_use]
pub(crate) fn see_other(location: &str) -> Option<Response> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_str(location).ok()?);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}
