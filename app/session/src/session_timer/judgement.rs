//! When a warning is due. Pure: all times are seconds.

/// What is known of the session's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    /// Until the session ends by itself.
    pub(crate) left: i64,
    /// When that is, in unix seconds.
    pub(crate) limit: i64,
    /// When it ends whatever happens; `None`: never.
    pub(crate) absolute: Option<i64>,
}

/// A warning: the limit it is about, and the step (so many seconds before it) at which it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Warning {
    pub(super) limit: i64,
    pub(super) step: i64,
    /// Staying signed in would gain time.
    pub(super) is_extendable: bool,
}

/// What was seen so far of the limit at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    limit: i64,
    /// The most time that was left at it.
    most_left: i64,
}

impl Seen {
    /// Notes the time. A new limit begins anew.
    pub(super) fn note(self, time: Time) -> Self {
        let before = if self.limit == time.limit {
            self.most_left
        } else {
            0
        };
        Self {
            limit: time.limit,
            most_left: before.max(time.left),
        }
    }
}

/// The warning that is due: that of the smallest step which the time left has come down to. None that was put away (`calm`:
/// limit and step), nor any of the steps before it; and none at a step that lies so early that the session began within it,
/// unless nothing can be done about the end: then it is told in any case.
pub(super) fn due(steps: &[i64], time: Time, seen: Seen, calm: Option<(i64, i64)>) -> Option<Warning> {
    if time.left <= 0 {
        return None;
    }
    let is_extendable = time.absolute.is_none_or(|absolute| absolute > time.limit);
    let reached = |step: &&i64| time.left <= **step && (!is_extendable || seen.most_left > **step);
    let step = *steps.iter().filter(reached).min()?;
    let is_calm = calm.is_some_and(|(limit, put_away)| limit == time.limit && put_away <= step);
    (!is_calm).then_some(Warning {
        limit: time.limit,
        step,
        is_extendable,
    })
}

/// The step at which time is told aloud: the smallest of those that `left` has come down to.
pub(super) fn aloud(left: i64) -> Option<i64> {
    [10, 30, 60, 120, 180, 240, 300]
        .into_iter()
        .find(|step| left <= *step)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [i64; 2] = [300, 60];

    fn time(left: i64) -> Time {
        Time {
            left,
            limit: 10_000,
            absolute: Some(50_000),
        }
    }

    fn seen(most_left: i64) -> Seen {
        Seen::default().note(time(most_left))
    }

    fn step(left: i64, calm: Option<(i64, i64)>) -> Option<i64> {
        due(&STEPS, time(left), seen(1800), calm).map(|warning| warning.step)
    }

    #[test]
    fn it_warns_at_five_minutes_and_again_at_one() {
        assert_eq!(step(301, None), None);
        assert_eq!(step(300, None), Some(300));
        assert_eq!(step(61, None), Some(300));
        assert_eq!(step(60, None), Some(60));
        assert_eq!(step(1, None), Some(60));
        assert_eq!(step(0, None), None, "it is over");
    }

    #[test]
    fn what_was_put_away_stays_away_until_the_next_step_or_another_limit() {
        assert_eq!(step(299, Some((10_000, 300))), None);
        assert_eq!(step(60, Some((10_000, 300))), Some(60));
        assert_eq!(step(59, Some((10_000, 60))), None);
        assert_eq!(
            step(299, Some((9_000, 300))),
            Some(300),
            "that was about another limit"
        );
    }

    #[test]
    fn a_session_shorter_than_a_step_is_not_warned_of_at_once() {
        assert_eq!(due(&STEPS, time(120), seen(120), None), None);
        let warning = due(&STEPS, time(60), seen(120), None).unwrap();
        assert_eq!((warning.step, warning.is_extendable), (60, true));
        assert_eq!(Seen::default().note(time(500)).note(time(20)).most_left, 500);
        let other = Time {
            limit: 20_000,
            ..time(20)
        };
        assert_eq!(seen(500).note(other).most_left, 20, "another limit begins anew");
    }

    #[test]
    fn i4_an_end_that_nothing_can_put_off_is_told_in_any_case_and_offers_nothing() {
        let last = Time {
            absolute: Some(10_000),
            ..time(200)
        };
        let warning = due(&STEPS, last, Seen::default().note(last), None).unwrap();
        assert_eq!(
            warning,
            Warning {
                limit: 10_000,
                step: 300,
                is_extendable: false
            }
        );
    }

    #[test]
    fn time_is_told_aloud_at_sensible_steps() {
        assert_eq!(aloud(301), None);
        let told: Vec<_> = (1..=300).rev().filter_map(aloud).collect();
        let mut steps = told.clone();
        steps.dedup();
        assert_eq!(steps, [300, 240, 180, 120, 60, 30, 10]);
    }
}
