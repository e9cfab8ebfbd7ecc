//! What all pages share: the frame, the style, the headers.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};
use url::{Origin, Url};

use super::html::escape;

const STYLE: &str = include_str!("page.css");

/// The policy names the style by its digest, so that nothing else in a page can style it.
static STYLE_SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE))));

/// Goes on as soon as all frames have loaded.
const SCRIPT: &str = include_str!("frames_loaded.js");

static SCRIPT_SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(SCRIPT))));

/// How long frames are waited for, in seconds.
const PATIENCE: u8 = 5;
/// How long a browser without scripts, which cannot tell when they have loaded, stays.
const PATIENCE_WITHOUT_SCRIPTS: u8 = 2;

/// Whose page it is.
#[derive(Clone, Copy, Debug)]
enum Speaker {
    Provider,
    Platform,
}

impl Speaker {
    const fn name(self) -> &'static str {
        match self {
            Self::Provider => "Development provider",
            Self::Platform => "Platform stand-in",
        }
    }
}

/// A page. `leads_to`: the addresses outside the provider that its form may lead to, by redirect.
pub(super) fn page(status: StatusCode, title: &str, body: &str, leads_to: &[&str]) -> Response {
    assemble(Speaker::Provider, status, title, "", body, policy(leads_to, ""))
}

/// A page of the platform stand-in. `leads_to`: as for [`page`].
pub(crate) fn platform_page(status: StatusCode, title: &str, body: &str, leads_to: &[&str]) -> Response {
    assemble(Speaker::Platform, status, title, "", body, policy(leads_to, ""))
}

/// A page that loads `frames` out of sight, and goes on to `next`, if there is one, when they have loaded or time is
/// up. The frames stand after `body`, the script at the end; of `next` the page must hold a link with the id `next`.
pub(super) fn page_with_frames(title: &str, body: &str, frames: &[String], next: Option<&str>) -> Response {
    let mut sources: Vec<String> = frames.iter().filter_map(|uri| source_of(uri)).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut further = match sources.as_slice() {
        [] => String::new(),
        _ => format!("frame-src {}; ", sources.join(" ")),
    };
    let mut body = body.to_owned();
    for frame in frames {
        // Writing to a string does not fail.
        let _ = writeln!(body, "<iframe hidden src=\"{}\"></iframe>", escape(frame));
    }
    let mut head = String::new();
    if let Some(next) = next {
        let next = escape(next);
        // Of two the first counts.
        head = format!(
            "<noscript><meta http-equiv=\"refresh\" content=\"{PATIENCE_WITHOUT_SCRIPTS}; url={next}\"></noscript>\n\
             <meta http-equiv=\"refresh\" content=\"{PATIENCE}; url={next}\">\n"
        );
        further.push_str(&format!("script-src {}; ", *SCRIPT_SOURCE));
        let _ = writeln!(body, "<script>{SCRIPT}</script>");
    }
    assemble(
        Speaker::Provider,
        StatusCode::OK,
        title,
        &head,
        &body,
        policy(&[], &further),
    )
}

fn assemble(
    speaker: Speaker,
    status: StatusCode,
    title: &str,
    head: &str,
    body: &str,
    policy: HeaderValue,
) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title} · {speaker}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         {head}<style>{STYLE}</style>\n</head>\n<body>\n\
         <header class=\"banner\"><strong>{speaker}.</strong> Anyone can sign in as anyone here, without a \
         password. Never for production.</header>\n<main>\n{body}</main>\n</body>\n</html>\n",
        title = escape(title),
        speaker = speaker.name(),
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (status, headers, html).into_response()
}

/// Browsers apply `form-action` to the redirects that follow a form too, so where they lead is part of it.
/// `further` directives end with a semicolon and a space.
fn policy(leads_to: &[&str], further: &str) -> HeaderValue {
    let mut form_action = "'self'".to_owned();
    for source in leads_to.iter().filter_map(|uri| source_of(uri)) {
        form_action.push(' ');
        form_action.push_str(&source);
    }
    let policy = format!(
        "default-src 'none'; style-src {}; img-src data:; {further}form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'",
        *STYLE_SOURCE
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

fn source_of(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    Some(match url.origin() {
        origin @ Origin::Tuple(..) => origin.ascii_serialization(),
        Origin::Opaque(_) => format!("{}:", url.scheme()),
    })
}
