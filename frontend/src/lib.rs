//! The wasm entry point.

use app::{App, Base};
use leptos::mount::hydrate_body;
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the server's HTML to life. The page calls it once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    Base::of_document().point_server_functions();
    #[cfg(not(feature = "split"))]
    hydrate_body(App);
    #[cfg(feature = "split")]
    wasm_bindgen_futures::spawn_local(async {
        // Without its part the page stays what it is without scripts. The console was told why.
        if let Ok(part) = app::Part::load().await {
            hydrate_body(move || {
                leptos::context::provide_context(part);
                App()
            });
        }
    });
}
