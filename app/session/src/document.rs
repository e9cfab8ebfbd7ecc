//! What the server wrote into the document for hydration, and what has no business there once a session is over.

use leptos::prelude::{document, window};
use web_sys::js_sys::{Array, Reflect};

/// Where Leptos keeps the resources that came with the document.
const RESOURCES: &str = "__RESOLVED_RESOURCES";

/// Takes the resources that came with the document out of it: they hold who was signed in. In the browser only, and only
/// once the page is live, which is when they have been read.
pub(crate) fn forget_resources() {
    // Fails only where there is no such name, and then there is nothing to forget.
    _ = Reflect::set(&window(), &RESOURCES.into(), &Array::new());
    let Ok(scripts) = document().query_selector_all("script:not([src])") else {
        return;
    };
    for script in (0..scripts.length()).filter_map(|index| scripts.get(index)) {
        let holds_some = script.text_content().is_some_and(|text| text.contains(RESOURCES));
        if holds_some {
            script.set_text_content(None);
        }
    }
}
