//! Pages that this crate answers with: faults of the callback, and leaving for the provider. No scripts.

use std::{fmt, fmt::Write as _, sync::Arc};

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// A form with a visible button that leaves for the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeavingForm {
    /// Where it goes.
    pub action: String,
    /// Its hidden fields.
    pub fields: Vec<(String, String)>,
    /// What the button says.
    pub button: String,
}

/// A small page without scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// HTTP status.
    pub status: StatusCode,
    /// Heading and title.
    pub title: String,
    /// One or two sentences: what happened and what to do.
    pub text: String,
    /// Ways on: (label, address), the best first.
    pub links: Vec<(String, String)>,
    /// Goes there by itself at once (`http-equiv=refresh`).
    pub refresh: Option<String>,
    /// Leaves by POST when the button is pressed.
    pub form: Option<LeavingForm>,
}

impl Page {
    /// A page about something that went wrong.
    #[must_use]
    pub fn problem(status: StatusCode, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            status,
            title: title.into(),
            text: text.into(),
            links: Vec::new(),
            refresh: None,
            form: None,
        }
    }

    /// Adds a way on.
    #[must_use]
    pub fn with_link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.links.push((label.into(), href.into()));
        self
    }
}

/// Turns a [`Page`] into an HTML document. Everything in it must be escaped.
pub type PageRenderer = Arc<dyn Fn(&Page) -> String + Send + Sync>;

/// A plain document, for apps that bring no renderer of their own.
#[must_use]
pub fn plain(page: &Page) -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">",
    );
    if let Some(url) = &page.refresh {
        let _ = write!(
            html,
            "<meta http-equiv=\"refresh\" content=\"0; url={}\">",
            escape(url)
        );
    }
    let _ = write!(
        html,
        "<title>{0}</title></head><body><main><h1>{0}</h1><p>{1}</p>",
        escape(&page.title),
        escape(&page.text)
    );
    if let Some(form) = &page.form {
        let _ = write!(html, "<form method=\"post\" action=\"{}\">", escape(&form.action));
        for (name, value) in &form.fields {
            let _ = write!(
                html,
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            );
        }
        let _ = write!(html, "<button>{}</button></form>", escape(&form.button));
    }
    for (label, href) in &page.links {
        let _ = write!(html, "<p><a href=\"{}\">{}</a></p>", escape(href), escape(label));
    }
    html.push_str("</main></body></html>");
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The response for a page. Never stored by a cache.
#[must_use]
pub fn respond(page: &Page, render: &PageRenderer) -> Response {
    let mut response = (page.status, Html(render(page))).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) struct Renderer(pub(crate) PageRenderer);

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renderer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_on_a_page_is_read_as_markup() {
        let attack = "\"><script>alert('x')</script>";
        let mut page = Page::problem(StatusCode::BAD_REQUEST, attack, attack).with_link(attack, attack);
        page.refresh = Some(attack.to_owned());
        page.form = Some(LeavingForm {
            action: attack.to_owned(),
            fields: vec![(attack.to_owned(), attack.to_owned())],
            button: attack.to_owned(),
        });
        let html = plain(&page);
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("\">\""), "{html}");
    }
}
