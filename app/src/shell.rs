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
                <link rel="icon" type="image/svg+xml" href=icon(&options, &base)/>
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
    let name = hash(options, "css").map_or_else(
        || options.output_name.to_string(),
        |hash| format!("{}.{hash}", options.output_name),
    );
    base.href(&format!("/{}/{name}.css", options.site_pkg_dir))
}

/// The address of the icon, likewise. Where the build gave it no name of its own (`make build` does) it is the one in `public/`.
#[must_use]
pub fn icon(options: &LeptosOptions, base: &Base) -> String {
    match hash(options, "favicon") {
        Some(hash) => base.href(&format!("/{}/favicon.{hash}.svg", options.site_pkg_dir)),
        None => base.href("/favicon.svg"),
    }
}

/// The hash in the name of a file, if names have one.
fn hash(options: &LeptosOptions, file: &str) -> Option<String> {
    options
        .hash_files
        .then(|| hash_file(options))
        .flatten()
        .and_then(|hashes| hash_in(&hashes, file))
}

/// As `cargo leptos` and `scripts/name-by-content.mjs` left it beside the binary.
fn hash_file(options: &LeptosOptions) -> Option<String> {
    let binary = std::env::current_exe().ok()?;
    std::fs::read_to_string(binary.parent()?.join(&*options.hash_file)).ok()
}

fn hash_in(hashes: &str, file: &str) -> Option<String> {
    hashes.lines().find_map(|line| {
        let (name, hash) = line.split_once(':')?;
        (name == file).then(|| hash.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_found_under_its_own_name_and_no_other() {
        let hashes = "js: aaa\nwasm: bbb\ncss: ccc\nfavicon: ddd\n";
        for (file, hash) in [
            ("js", Some("aaa")),
            ("css", Some("ccc")),
            ("favicon", Some("ddd")),
        ] {
            assert_eq!(hash_in(hashes, file).as_deref(), hash, "{file}");
        }
        for file in ["", "fav", "favicon.svg", "ddd"] {
            assert_eq!(hash_in(hashes, file), None, "{file}");
        }
    }

    #[test]
    fn without_hashes_the_icon_is_the_one_in_public() {
        let options = LeptosOptions::builder().output_name("exeunt").build();
        let base = Base::new("/some/app");
        assert_eq!(icon(&options, &base), "/some/app/favicon.svg");
        assert_eq!(stylesheet(&options, &base), "/some/app/pkg/exeunt.css");
    }
}
