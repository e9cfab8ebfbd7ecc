//! Whether the two clocks agree.

use std::time::Duration;

use exeunt::{clock::Timestamp, provider::id_token::LEEWAY};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::finding::Finding;

const CHECK: &str = "clock";
/// Above this it will go wrong one day.
const WORTH_KNOWING: Duration = Duration::from_secs(10);

/// Compares the header `Date` of an answer with our time before and after. `age`: for how many seconds a cache on the way has
/// kept the answer, whose `Date` is as old.
/// [RFC 9110, section 6.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1),
/// [RFC 9111, section 5.1](https://www.rfc-editor.org/rfc/rfc9111#section-5.1)
pub(super) fn judge_clock(
    date: Option<&str>,
    age: Option<u32>,
    asked_at: Timestamp,
    answered_at: Timestamp,
) -> Finding {
    let Some(theirs) = date
        .and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok())
        .map(|date| Timestamp::from_seconds(date.unix_timestamp() + i64::from(age.unwrap_or_default())))
    else {
        return Finding::warning(
            CHECK,
            "The provider does not say what time it is, so the clocks could not be compared.",
            "See that both machines keep their time by NTP.",
        );
    };
    // It tells whole seconds, so it may be one behind.
    let ahead = theirs.since(answered_at);
    let behind = asked_at.since(theirs + Duration::from_secs(1));
    let (apart, which) = if ahead > behind {
        (ahead, "ahead of")
    } else {
        (behind, "behind")
    };
    let seen = format!(
        "The provider's clock is {} s {which} this machine's.",
        apart.as_secs()
    );
    let leeway = LEEWAY.as_secs();
    if apart > LEEWAY {
        Finding::wrong(
            CHECK,
            format!("{seen} More than {leeway} s, and every sign-in is refused."),
            "Set the clock of whichever machine is wrong; NTP keeps it right.",
        )
    } else if apart > WORTH_KNOWING {
        Finding::warning(
            CHECK,
            format!("{seen} Above {leeway} s every sign-in would be refused."),
            "See that both machines keep their time by NTP.",
        )
    } else {
        Finding::ok(CHECK, "The provider's clock and this machine's agree.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    // Tue, 15 Nov 1994 08:12:31 GMT, from RFC 9110, section 6.6.1.
    const THEN: i64 = 784_887_151;

    #[test]
    fn f6_7_a_clock_that_is_far_off_is_wrong_and_a_little_is_a_warning() {
        for (ours, expected) in [
            (THEN, Verdict::Ok),
            (THEN + 11, Verdict::Ok),
            (THEN - 10, Verdict::Ok),
            (THEN + 12, Verdict::Warning),
            (THEN - 11, Verdict::Warning),
            (THEN + 61, Verdict::Warning),
            (THEN - 60, Verdict::Warning),
            (THEN + 62, Verdict::Wrong),
            (THEN - 61, Verdict::Wrong),
        ] {
            let ours = Timestamp::from_seconds(ours);
            let finding = judge_clock(Some("Tue, 15 Nov 1994 08:12:31 GMT"), None, ours, ours);
            assert_eq!(finding.verdict, expected, "{ours:?}: {}", finding.seen);
        }
    }

    #[test]
    fn an_answer_from_a_cache_is_as_old_as_it_says() {
        let now = Timestamp::from_seconds(THEN + 2400);
        let finding = judge_clock(Some("Tue, 15 Nov 1994 08:12:31 GMT"), Some(2400), now, now);
        assert_eq!(finding.verdict, Verdict::Ok, "{}", finding.seen);
    }

    #[test]
    fn a_slow_answer_does_not_make_a_clock_wrong() {
        let (asked, answered) = (
            Timestamp::from_seconds(THEN - 60),
            Timestamp::from_seconds(THEN + 60),
        );
        let finding = judge_clock(Some("Tue, 15 Nov 1994 08:12:31 GMT"), None, asked, answered);
        assert_eq!(finding.verdict, Verdict::Ok);
    }

    #[test]
    fn a_provider_that_does_not_tell_the_time_is_not_judged() {
        for date in [None, Some(""), Some("yesterday")] {
            let now = Timestamp::from_seconds(THEN);
            assert_eq!(
                judge_clock(date, None, now, now).verdict,
                Verdict::Warning,
                "{date:?}"
            );
        }
    }
}
