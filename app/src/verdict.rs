//! What may be said of a sign-out: the judgement behind the page `/logged-out`, free of words and markup.

use exeunt_leptos::wire::{Layer, LayerStatus, LoggedOutView, Receipt};

/// The one thing the page says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The app session is alive.
    StillSignedIn,
    /// An end was begun and is not certain.
    Unfinished,
    /// The app session is certainly ended. Beside it, what became of the sessions around it, where there were any.
    SignedOut {
        provider: Option<LayerStatus>,
        platform: Option<LayerStatus>,
    },
    /// The provider ended the app session a moment ago.
    EndedByProvider,
    /// The app session reached its idle limit a moment ago.
    RanOut,
    /// There is no session here, and nothing is known of how that came to be.
    NotSignedIn,
}

impl Verdict {
    /// Judges. Life goes before death, doubt before certainty.
    pub(crate) fn on(view: &LoggedOutView) -> Self {
        if view.signed_in {
            return Self::StillSignedIn;
        }
        if view.unfinished {
            return Self::Unfinished;
        }
        let Some(receipt) = &view.receipt else {
            return if view.ended_by_provider {
                Self::EndedByProvider
            } else if view.ran_out {
                Self::RanOut
            } else {
                Self::NotSignedIn
            };
        };
        match status(receipt, Layer::AppSession) {
            Some(LayerStatus::Ended) => Self::SignedOut {
                provider: status(receipt, Layer::ProviderSession),
                platform: status(receipt, Layer::Platform),
            },
            Some(_) => Self::Unfinished,
            None => Self::NotSignedIn,
        }
    }

    /// Whether a sign-out, which has nothing left to end here, still goes on to the provider.
    pub(crate) fn goes_on_to_provider(self) -> bool {
        matches!(self, Self::EndedByProvider | Self::RanOut)
    }

    /// Whether the receipt belongs under it. A receipt beside a living session would speak of another one.
    pub(crate) fn shows_receipt(self) -> bool {
        self != Self::StillSignedIn
    }
}

fn status(receipt: &Receipt, layer: Layer) -> Option<LayerStatus> {
    receipt
        .layers
        .iter()
        .find(|line| line.layer == layer)
        .map(|line| line.status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use exeunt_leptos::wire::ReceiptLayer;

    fn view(layers: &[(Layer, LayerStatus)]) -> LoggedOutView {
        let line = |&(layer, status): &(Layer, LayerStatus)| ReceiptLayer {
            layer,
            status,
            detail: None,
        };
        LoggedOutView {
            signed_in: false,
            unfinished: false,
            receipt: Some(Receipt {
                ended_at: 0,
                layers: layers.iter().map(line).collect(),
            }),
            provider: None,
            provider_tries_left: 0,
            continue_to: None,
            can_probe: false,
            ended_by_provider: false,
            ran_out: false,
        }
    }

    #[test]
    fn i4_a_living_session_goes_before_any_receipt() {
        let view = LoggedOutView {
            signed_in: true,
            ..view(&[(Layer::AppSession, LayerStatus::Ended)])
        };
        assert_eq!(Verdict::on(&view), Verdict::StillSignedIn);
        assert!(!Verdict::on(&view).shows_receipt());
    }

    #[test]
    fn i4_only_an_ended_app_session_counts_as_signed_out() {
        use LayerStatus::{CannotBeEnded, Ended, Failed, Kept, Pending, Returned, Unconfirmed};
        for status in [CannotBeEnded, Failed, Kept, Pending, Returned, Unconfirmed] {
            let verdict = Verdict::on(&view(&[(Layer::AppSession, status)]));
            assert_eq!(verdict, Verdict::Unfinished, "{status:?}");
        }
        let ended = Verdict::on(&view(&[
            (Layer::AppSession, Ended),
            (Layer::ProviderSession, Unconfirmed),
        ]));
        assert_eq!(
            ended,
            Verdict::SignedOut {
                provider: Some(Unconfirmed),
                platform: None
            }
        );
    }

    #[test]
    fn i4_doubt_goes_before_a_receipt() {
        let view = LoggedOutView {
            unfinished: true,
            ..view(&[(Layer::AppSession, LayerStatus::Ended)])
        };
        assert_eq!(Verdict::on(&view), Verdict::Unfinished);
    }

    #[test]
    fn what_the_provider_ended_is_told_until_there_is_a_receipt() {
        let told = LoggedOutView {
            receipt: None,
            ended_by_provider: true,
            ..view(&[])
        };
        assert_eq!(Verdict::on(&told), Verdict::EndedByProvider);
        let signed_in = LoggedOutView {
            signed_in: true,
            ..told
        };
        assert_eq!(Verdict::on(&signed_in), Verdict::StillSignedIn);
    }

    #[test]
    fn f4_4_that_it_ran_out_is_told_until_there_is_a_receipt() {
        let told = LoggedOutView {
            receipt: None,
            ran_out: true,
            ..view(&[])
        };
        assert_eq!(Verdict::on(&told), Verdict::RanOut);
        assert!(Verdict::RanOut.goes_on_to_provider());
        let signed_in = LoggedOutView {
            signed_in: true,
            ..told
        };
        assert_eq!(Verdict::on(&signed_in), Verdict::StillSignedIn);
        let told = LoggedOutView {
            ran_out: true,
            ..view(&[(Layer::AppSession, LayerStatus::Ended)])
        };
        assert!(matches!(Verdict::on(&told), Verdict::SignedOut { .. }));
    }

    #[test]
    fn i4_without_a_receipt_nothing_is_claimed() {
        assert_eq!(
            Verdict::on(&LoggedOutView {
                receipt: None,
                ..view(&[])
            }),
            Verdict::NotSignedIn
        );
        assert_eq!(
            Verdict::on(&view(&[(Layer::AccessToken, LayerStatus::Ended)])),
            Verdict::NotSignedIn
        );
    }
}
