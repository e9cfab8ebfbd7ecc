//! A dialog that stands before the page until it is dealt with: the browser's own `dialog`, which keeps the focus inside,
//! gives it back, and closes at Escape.

use leptos::{html, prelude::*};

use crate::late::Late;

/// A dialog, closed at first. `is_open` says whether it is open, `close` is called when the person closes it. Not generic, so
/// that two dialogs are one piece of code.
pub(crate) fn modal(
    is_open: Signal<bool>,
    close: Callback<()>,
    role: &'static str,
    id: &'static str,
    content: Box<dyn Fn() -> Option<Late> + Send + Sync>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = is_open.get();
        let Some(dialog) = dialog.get() else { return };
        if !open {
            dialog.close();
        } else if !dialog.open() {
            // After what stands in it, so that the first button gets the focus.
            request_animation_frame(move || {
                if is_open.get_untracked() {
                    // Fails only if it was taken from the page meanwhile.
                    _ = dialog.show_modal();
                }
            });
        }
    });
    let labelled_by = [id, "-title"].concat();
    let described_by = [id, "-said"].concat();
    view! {
        <dialog
            class="exeunt-dialog"
            role=role
            id=id
            aria-labelledby=labelled_by
            aria-describedby=described_by
            node_ref=dialog
            on:close=move |_| close.run(())
        >
            {move || if is_open.get() { content() } else { None }}
        </dialog>
    }
}
