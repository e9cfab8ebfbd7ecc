//! In which language a page speaks.

#[cfg(feature = "ssr")]
mod accepted;

use leptos::prelude::{document, use_context};

/// A language that the app speaks. Another one is a variant here and a file in `texts`; the compiler then names what is
/// missing.
///
/// # Server-side rendering
/// Chosen for each request by its `Accept-Language`, unless the server provides one as a context. It stands as `lang` on
/// `<html>`, where the browser finds it before it hydrates: both sides speak alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, also for whoever asks for what is not there.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them; the first of two that are asked for alike.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag, for `lang` and for dates. [RFC 5646](https://www.rfc-editor.org/rfc/rfc5646)
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// In which direction it is written, for `dir`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
        }
    }

    /// The one that a tag names, by its first part: `de-AT` is German.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The one in force here: from the context, else of the request or, in the browser, of the document.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_else(Self::found)
    }

    #[cfg(feature = "ssr")]
    fn found() -> Self {
        use_context::<http::request::Parts>()
            .map(|parts| Self::of_headers(&parts.headers))
            .unwrap_or_default()
    }

    #[cfg(not(feature = "ssr"))]
    fn found() -> Self {
        Self::of_document()
    }

    /// As the server wrote it into the document. Call it in the browser only.
    #[must_use]
    pub fn of_document() -> Self {
        document()
            .document_element()
            .and_then(|html| html.get_attribute("lang"))
            .and_then(|tag| Self::of_tag(&tag))
            .unwrap_or_default()
    }
}
