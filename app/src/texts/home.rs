//! The texts of the start page.

#[cfg_attr(test, derive(Debug))]
pub(crate) struct Home {
    pub(crate) title: &'static str,
    pub(crate) headline: &'static str,
    pub(crate) lead: &'static str,
    /// To whoever was kept from a page.
    pub(crate) please: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) nobody_more: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) unknown_more: &'static str,
    pub(crate) on_stage: &'static str,
    pub(crate) ends: &'static str,
    pub(crate) account: &'static str,
    pub(crate) other_ways: &'static str,
    pub(crate) cast: &'static str,
    /// Who leaves, and how.
    pub(crate) leaving: [(&'static str, &'static str); 6],
}
