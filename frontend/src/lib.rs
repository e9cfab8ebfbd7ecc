//! The wasm entry point.

use app::{App, Base};
use leptos::mount::hydrate_body;
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the server's HTML to life. The page calls it once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    Base::of_document().point_server_functions();
    hydrate_body(App);
}
