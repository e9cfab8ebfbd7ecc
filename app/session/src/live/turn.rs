//! Whose turn it is to listen to the server: one tab of a browser holds a [Web Lock](https://w3c.github.io/web-locks/), and
//! when it goes the browser hands the lock to another. `web-sys` has no stable binding for it.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    AbortController, AbortSignal,
    js_sys::{Function, Object, Promise, Reflect},
};

/// A place in the queue, or the turn itself. Dropped, it goes to the next tab.
pub(super) struct Turn {
    abort: AbortController,
    _granted: Closure<dyn FnMut() -> Promise>,
}

impl Turn {
    /// Queues up. `mine` is called once, when it is this tab's turn. `None` where the browser has no locks: then every tab
    /// listens for itself.
    pub(super) fn queue(name: &str, mine: impl FnOnce() + 'static) -> Option<Self> {
        let navigator = Reflect::get(&leptos::prelude::window(), &"navigator".into()).ok()?;
        let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let abort = AbortController::new().ok()?;
        let signal = abort.signal();
        let mut mine = Some(mine);
        let granted = Closure::new({
            let signal = signal.clone();
            move || {
                if let Some(mine) = mine.take() {
                    mine();
                }
                until(&signal)
            }
        });
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &signal).ok()?;
        let queued: Promise = request
            .call3(&locks, &name.into(), &options, granted.as_ref())
            .ok()?
            .unchecked_into();
        // Leaving the queue is told as an error, and is none.
        IGNORE.with(|ignore| _ = queued.catch(ignore));
        Some(Self {
            abort,
            _granted: granted,
        })
    }
}

thread_local! {
    static IGNORE: Closure<dyn FnMut(JsValue)> = Closure::new(|_| {});
}

/// Holds the lock until the signal is given.
fn until(signal: &AbortSignal) -> Promise {
    Promise::new(&mut |done, _| {
        let once = web_sys::AddEventListenerOptions::new();
        once.set_once(true);
        _ = signal.add_event_listener_with_callback_and_add_event_listener_options("abort", &done, &once);
    })
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
