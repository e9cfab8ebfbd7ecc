//! The pages of the relying party (faults of the callback, leaving for the provider) in the look of the app.

use std::sync::Arc;

use app::{Base, PlainForm, PlainPage, icon, plain_page, stylesheet};
use exeunt::http::page::{Page, PageRenderer};
use leptos::config::LeptosOptions;

use crate::language;

/// Renders a page of the relying party, in the language of the reader where all of it is known in that.
#[must_use]
pub fn renderer(options: &LeptosOptions, base_path: &str) -> PageRenderer {
    let base = Base::new(base_path);
    let (stylesheet, icon) = (stylesheet(options, &base), icon(options, &base));
    let base = base_path.to_owned();
    Arc::new(move |page: &Page| {
        let page = PlainPage {
            title: page.title.clone(),
            text: page.text.clone(),
            meta_refresh: page.refresh.clone(),
            form: page.form.clone().map(|form| PlainForm {
                action: form.action,
                fields: form.fields,
                button: form.button,
            }),
            actions: page.links.clone(),
            stylesheet: stylesheet.clone(),
            icon: icon.clone(),
            base: base.clone(),
            ..PlainPage::default()
        };
        plain_page(page.for_reader_of(language::of_reader()))
    })
}
