//! Texts that the server writes and the browser never does: see [`fixed`](crate::fixed::fixed).

/// Whether they are needed here.
const HERE: bool = cfg!(any(test, feature = "ssr"));

/// A text that the server alone writes. In the program for the browser it is empty.
pub(super) const fn written(text: &'static str) -> &'static str {
    if HERE { text } else { "" }
}

/// The same for several.
pub(super) const fn written_pairs<const N: usize>(
    pairs: [(&'static str, &'static str); N],
) -> [(&'static str, &'static str); N] {
    if HERE { pairs } else { [("", ""); N] }
}
