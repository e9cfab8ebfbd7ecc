//! Documents without scripts: for faults on the way, and for leaving to the provider.

use leptos::prelude::*;

use crate::{
    Language,
    texts::{APP, Texts, german_page},
};

/// A document without scripts, in the look of the app.
#[derive(Clone, Debug, Default)]
pub struct PlainPage {
    /// In which language its texts are.
    pub language: Language,
    /// Headline and title.
    pub title: String,
    /// What there is to say, below the headline.
    pub text: String,
    /// Where the browser goes on to by itself, at once. Give the same as an action, for whoever it does not.
    pub meta_refresh: Option<String>,
    /// A form that leads on.
    pub form: Option<PlainForm>,
    /// Links: label and address. The first stands out, unless there is a form.
    pub actions: Vec<(String, String)>,
    /// The address of the stylesheet: [`stylesheet`](crate::stylesheet).
    pub stylesheet: String,
    /// The address of the icon: [`icon`](crate::icon).
    pub icon: String,
    /// The path below which the app lives.
    pub base: String,
}

impl PlainPage {
    /// A page whose texts are those of the relying party, for a reader of this language. They are English; where all of
    /// them are known in the other language they are put into it, else the page stays as it is: nobody shall read two
    /// languages on one page, and `lang` shall be true.
    #[must_use]
    pub fn for_reader_of(self, language: Language) -> Self {
        match language {
            Language::English => self,
            Language::German => german_page(&self).unwrap_or(self),
        }
    }
}

/// A form with hidden fields and one button, sent by POST.
#[derive(Clone, Debug, Default)]
pub struct PlainForm {
    /// Where it is sent.
    pub action: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
    /// What stands on the button.
    pub button: String,
}

/// Writes the document. Everything in it is escaped.
#[must_use]
pub fn plain_page(page: PlainPage) -> String {
    let PlainPage {
        language,
        title,
        text,
        meta_refresh,
        form,
        actions,
        stylesheet,
        icon,
        base,
    } = page;
    let base = exeunt_leptos::Base::new(&base);
    let refresh =
        meta_refresh.map(|to| view! { <meta http-equiv="refresh" content=format!("0; url={to}")/> });
    let first_link = if form.is_some() {
        "button"
    } else {
        "button primary"
    };
    let links = actions.into_iter().enumerate().map(|(place, (label, href))| {
        let class = if place == 0 { first_link } else { "button" };
        view! { <a class=class href=href>{label}</a> }
    });
    let links = links.collect_view();
    let document = view! {
        <html lang=language.tag() dir=language.direction()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                {refresh}
                <title>{title.clone()}</title>
                <link rel="stylesheet" href=stylesheet/>
                <link rel="icon" type="image/svg+xml" href=icon/>
            </head>
            <body>
                <header class="masthead">
                    <a class="wordmark" href=base.href("/")>{APP}</a>
                </header>
                <main id="main">
                    <div class="farewell">
                        <section class="statement">
                            <h1>{title}</h1>
                            <p class="lead">{text}</p>
                        </section>
                        <div class="ways">{form.map(write_form)} {links}</div>
                    </div>
                </main>
                <footer class="foot">
                    <p><i>{APP}</i>" "{Texts::of(language).foot}</p>
                </footer>
            </body>
        </html>
    };
    ["<!DOCTYPE html>", &document.to_html()].concat()
}

fn write_form(form: PlainForm) -> impl IntoView {
    let fields = form
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form method="post" action=form.action>
            {fields.collect_view()}
            <button type="submit" class="primary">{form.button}</button>
        </form>
    }
}
