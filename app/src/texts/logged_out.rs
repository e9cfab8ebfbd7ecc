//! The texts of the page that reports a sign-out, and which of them is said when (invariant I4).

use exeunt_leptos::wire::{Layer, LayerStatus, ReceiptLayer};

use super::Gaps;
use crate::verdict::Verdict;

#[cfg_attr(test, derive(Debug))]
pub(crate) struct LoggedOut {
    pub(crate) title: &'static str,
    /// What it says first.
    pub(crate) headline: fn(Verdict) -> &'static str,
    pub(crate) still_signed_in: &'static str,
    pub(crate) unfinished: &'static str,
    pub(crate) ended_by_provider: Gaps,
    pub(crate) ran_out: Gaps,
    pub(crate) not_signed_in: &'static str,
    /// What became of the session at the provider.
    pub(crate) of_provider: fn(LayerStatus) -> Gaps,
    /// What became of the session on the platform, where there is something to say.
    pub(crate) of_platform: fn(LayerStatus) -> Option<&'static str>,
    pub(crate) finish: &'static str,
    pub(crate) sign_in_again: &'static str,
    pub(crate) other_account: &'static str,
    /// Goes on to where the app that asked for the sign-out wants it.
    pub(crate) go_on: &'static str,
    /// Goes on to the provider, where the session here is over already.
    pub(crate) sign_out_at: Gaps,
    /// Asks the provider again.
    pub(crate) try_provider: Gaps,
    /// Asks the provider whether its session is over.
    pub(crate) probe_provider: Gaps,
    pub(crate) under_way: &'static str,
    pub(crate) refresh: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) unreachable_more: &'static str,
    pub(crate) trying: &'static str,
}

#[cfg_attr(test, derive(Debug))]
pub(crate) struct Receipt {
    pub(crate) title: &'static str,
    /// A layer by name.
    pub(crate) layer: fn(Layer) -> &'static str,
    /// What became of it, in a word or two.
    pub(crate) status: fn(Layer, LayerStatus) -> &'static str,
    /// The same in a sentence that is true whatever the server knows beyond the status, where one helps.
    pub(crate) more: fn(Layer, LayerStatus) -> Option<Gaps>,
    /// Whether the sentences that the server writes are in this language. They say more than ours can, since it knows more
    /// than layer and status; but they are English, and nobody shall read two languages in one list. So in another language
    /// ours stand in their place.
    pub(crate) is_the_servers: bool,
}

impl LoggedOut {
    /// What the page says after its headline. Speaks of the provider only what the receipt holds.
    pub(crate) fn explanation(&self, verdict: Verdict, provider: Option<&str>) -> Vec<String> {
        match verdict {
            Verdict::StillSignedIn => vec![self.still_signed_in.to_owned()],
            Verdict::Unfinished => vec![self.unfinished.to_owned()],
            Verdict::SignedOut {
                provider: status,
                platform,
            } => {
                // Of a platform both are lines; one sentence holds of both, the more doubtful. What failed in the browser
                // is more than what the platform did not say.
                let platform = platform.filter(|_| status != Some(LayerStatus::Failed));
                match platform.and_then(self.of_platform) {
                    Some(platform) => vec![platform.to_owned()],
                    None => Vec::from_iter(status.map(|status| (self.of_provider)(status).name(provider))),
                }
            }
            Verdict::EndedByProvider => vec![self.ended_by_provider.name(provider)],
            Verdict::RanOut => vec![self.ran_out.name(provider)],
            Verdict::NotSignedIn => vec![self.not_signed_in.to_owned()],
        }
    }
}

impl Receipt {
    /// The sentence below a line, if there is one.
    pub(crate) fn detail(&self, line: &ReceiptLayer, provider: Option<&str>) -> Option<String> {
        let theirs = line.detail.clone().filter(|_| self.is_the_servers);
        theirs.or_else(|| (self.more)(line.layer, line.status).map(|sentence| sentence.name(provider)))
    }
}
