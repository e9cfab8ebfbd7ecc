//! Sentences with a name in them.

/// A sentence with gaps for one name: what stands before, between and behind them. Joined, never formatted: it is smaller,
/// and a placeholder that nobody fills cannot be written.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Gaps {
    pub(crate) parts: &'static [&'static str],
    /// What stands in the gaps where there is no name, in the form that the sentence needs.
    pub(crate) unnamed: &'static str,
}

impl Gaps {
    /// A sentence that names nobody.
    pub(crate) const fn whole(sentence: &'static [&'static str; 1]) -> Self {
        Self {
            parts: sentence,
            unnamed: "",
        }
    }

    pub(crate) fn fill(self, name: &str) -> String {
        self.parts.join(name)
    }

    /// Names somebody, if it is known who.
    pub(crate) fn name(self, name: Option<&str>) -> String {
        self.fill(name.unwrap_or(self.unnamed))
    }
}
