//! The document around the app.

use exeunt_leptos::Base;
use leptos::{
    WasmSplitManifest,
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    prelude::*,
};

use crate::{App, Language, Route, texts::Texts};

/// The whole document, as the server renders it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let base = Base::current();
    let language = Language::current();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.direction() data-base=base.as_str().to_owned()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{Route::current().title(Texts::of(language))}</title>
                <link rel="stylesheet" href=stylesheet(&options, &base)/>
                <link rel="icon" type="image/svg+xml" href=base.href("/favicon.svg")/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options root=base.as_str()/>
                <PartFiles/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// If the program for the browser is divided: names the files of this page's part, so that they are fetched together with the
/// main part, and not after it. [`HydrationScripts`] has read what there is.
#[component]
fn PartFiles() -> impl IntoView {
    use_context::<WasmSplitManifest>().map(|manifest| {
        let (folder, parts, loader) = &*manifest.0.read_value();
        let part = Route::current().part().and_then(|part| parts.get(part));
        let files = part.into_iter().flatten().map(|file| {
            let href = format!("{folder}/{file}.wasm");
            view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin=""/> }
        });
        view! {
            <link rel="modulepreload" href=format!("{folder}/{loader}") crossorigin=""/>
            {files.collect_view()}
        }
    })
}

/// The address of the stylesheet, for a [`PlainPage`](crate::PlainPage). Reads the hash file, so ask once.
#[must_use]
pub fn stylesheet(options: &LeptosOptions, base: &Base) -> String {
    let hash = options.hash_files.then(|| css_hash(options)).flatten();
    let name = hash.map_or_else(
        || options.output_name.to_string(),
        |hash| format!("{}.{hash}", options.output_name),
    );
    base.href(&format!("/{}/{name}.css", options.site_pkg_dir))
}

/// As `cargo leptos` left it beside the binary.
fn css_hash(options: &LeptosOptions) -> Option<String> {
    let binary = std::env::current_exe().ok()?;
    let hashes = std::fs::read_to_string(binary.parent()?.join(&*options.hash_file)).ok()?;
    hashes
        .lines()
        .find_map(|line| line.strip_prefix("css:").map(|hash| hash.trim().to_owned()))
}
