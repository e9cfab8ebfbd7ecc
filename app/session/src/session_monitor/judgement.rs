//! What a message says, judged without touching the page.

/// What a message of the provider's frame says of the session there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It is not from the frame that was asked: none of our business.
    Ignored,
    /// The session is the same.
    Unchanged,
    /// It may be another: the server is to ask.
    Changed,
    /// The frame cannot tell, or says what nobody understands: it is not asked again, since asking the provider would
    /// change nothing and might never end.
    Over,
}

/// Judges. `from_frame`: whether the frame's own window sent it. `data`: `None` if it is no text.
///
/// [OpenID Connect Session Management 1.0, section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe)
pub(super) fn judge(from_frame: bool, origin: &str, expected: &str, data: Option<&str>) -> Judgement {
    if !from_frame || origin != expected {
        return Judgement::Ignored;
    }
    match data {
        Some("unchanged") => Judgement::Unchanged,
        Some("changed") => Judgement::Changed,
        _ => Judgement::Over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: &str = "https://id.example";

    #[test]
    fn f7_6_only_the_frame_and_its_origin_are_listened_to() {
        for origin in [
            "https://evil.example",
            "http://id.example",
            "https://id.example:8443",
            "https://id.example.evil.example",
            "https://ID.example",
            "null",
            "",
        ] {
            assert_eq!(
                judge(true, origin, PROVIDER, Some("changed")),
                Judgement::Ignored,
                "{origin}"
            );
            assert_eq!(
                judge(true, origin, PROVIDER, Some("error")),
                Judgement::Ignored,
                "{origin}"
            );
        }
        assert_eq!(
            judge(false, PROVIDER, PROVIDER, Some("changed")),
            Judgement::Ignored
        );
    }

    #[test]
    fn f7_8_nothing_but_changed_leads_to_the_provider() {
        for data in [
            "error",
            "",
            "Changed",
            "changed ",
            "changed changed",
            "login_required",
        ] {
            assert_eq!(
                judge(true, PROVIDER, PROVIDER, Some(data)),
                Judgement::Over,
                "{data:?}"
            );
        }
        assert_eq!(
            judge(true, PROVIDER, PROVIDER, None),
            Judgement::Over,
            "an object"
        );
        assert_eq!(
            judge(true, PROVIDER, PROVIDER, Some("unchanged")),
            Judgement::Unchanged
        );
        assert_eq!(
            judge(true, PROVIDER, PROVIDER, Some("changed")),
            Judgement::Changed
        );
    }
}
