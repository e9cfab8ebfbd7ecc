//! The receipt: layer by layer, like the cast on a printed programme.

use exeunt_leptos::wire::{LayerStatus, Receipt, ReceiptLayer};
use leptos::prelude::*;

use crate::{
    moment::Moment,
    texts::{self, texts},
};

/// Lists what became of each layer.
///
/// # Accessibility
/// A list; each line is read as name, status, detail, and read again when it changes. The sign before it says by its
/// shape what the word says too.
#[component]
pub fn ReceiptList(
    /// What is listed.
    receipt: Receipt,
    /// The provider's host, if it is known.
    provider: Option<String>,
) -> impl IntoView {
    let texts = &texts().receipt;
    let line = |one: ReceiptLayer| line(texts, &one, provider.as_deref());
    view! {
        <section class="receipt">
            <header class="receipt-head">
                <h2>{texts.title}</h2>
                <Moment at=receipt.ended_at/>
            </header>
            <ul class="lines" aria-live="polite">{receipt.layers.into_iter().map(line).collect_view()}</ul>
        </section>
    }
}

fn line(texts: &texts::Receipt, line: &ReceiptLayer, provider: Option<&str>) -> impl IntoView + use<> {
    let detail = texts.detail(line, provider);
    view! {
        <li class=["line ", mark(line.status)].concat()>
            <span class="glyph" aria-hidden="true"></span>
            <span class="line-name">{(texts.layer)(line.layer)}</span>
            <span class="leader" aria-hidden="true"></span>
            <span class="line-status">{(texts.status)(line.layer, line.status)}</span>
            {detail.map(|detail| view! { <span class="line-detail">{detail}</span> })}
        </li>
    }
}

/// The class that draws the sign.
fn mark(status: LayerStatus) -> &'static str {
    match status {
        LayerStatus::Ended => "is-ended",
        LayerStatus::Returned => "is-returned",
        LayerStatus::Unconfirmed => "is-unconfirmed",
        LayerStatus::Pending => "is-pending",
        LayerStatus::Failed => "is-failed",
        LayerStatus::CannotBeEnded => "is-beyond",
        LayerStatus::Kept => "is-kept",
    }
}
