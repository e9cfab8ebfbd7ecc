//! Whether leaving the page would lose what somebody is writing.

use leptos::prelude::document;
use wasm_bindgen::JsValue;
use web_sys::js_sys::Reflect;

/// Whether a field holds something else than it came with, or somebody writes where the page itself can be written on.
pub(super) fn is_something() -> bool {
    let find = |selector| document().query_selector_all(selector).ok();
    let is_written_on = find("[contenteditable]:focus").is_some_and(|found| found.length() > 0);
    is_written_on
        || find("textarea, input:not([type=hidden])").is_some_and(|fields| {
            (0..fields.length())
                .filter_map(|index| fields.get(index))
                .any(|field| {
                    differs(&field, "value", "defaultValue") || differs(&field, "checked", "defaultChecked")
                })
        })
}

fn differs(field: &JsValue, now: &str, at_first: &str) -> bool {
    let read = |name: &str| Reflect::get(field, &name.into()).ok();
    read(now) != read(at_first)
}
