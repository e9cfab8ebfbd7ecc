//! A moment in time: in UTC as the server knows it, in the reader's own time once the page is live.

use leptos::{
    prelude::*,
    web_sys::js_sys::{Date, Object, Reflect},
};

use crate::texts::texts;
#[cfg(any(test, feature = "ssr"))]
use crate::texts::{Time, two_digits};

/// Shows a moment.
///
/// # Server-side rendering
/// UTC in the language of the page, which stays there until an effect puts the reader's own time in its place; neither clock
/// nor time zone of the machine that renders plays a part in the HTML. The browser never speaks of UTC, so it has no text
/// before that effect: hydration leaves the server's, and in what it makes by itself the effect comes before it is shown.
#[component]
pub fn Moment(
    /// Unix seconds.
    at: i64,
) -> impl IntoView {
    let time = &texts().time;
    #[cfg(feature = "ssr")]
    let (iso, spoken) = (Utc::of(at).iso(), Utc::of(at).spoken(time));
    #[cfg(not(feature = "ssr"))]
    let (iso, spoken) = (String::from(date(at).to_iso_string()), String::new());
    let (text, set_text) = signal(spoken);
    Effect::new(move |_| set_text.set(local(at, time.locale)));
    view! { <time datetime=iso>{text}</time> }
}

/// In the browser only.
fn date(at: i64) -> Date {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our age are far below 2^53"
    )]
    let milliseconds = at as f64 * 1000.0;
    Date::new(&milliseconds.into())
}

/// In the reader's own time zone, which is named. In the browser only.
fn local(at: i64, locale: &str) -> String {
    let options = Object::new();
    for (key, value) in [
        ("day", "numeric"),
        ("month", "long"),
        ("year", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ] {
        // Fails only on what is not an object.
        _ = Reflect::set(&options, &key.into(), &value.into());
    }
    date(at).to_locale_string(locale, &options).into()
}

/// A moment by the calendar, to the second.
#[cfg(any(test, feature = "ssr"))]
#[derive(Debug, PartialEq, Eq)]
struct Utc {
    year: i64,
    month: u8,
    day: i64,
    seconds: i64,
}

#[cfg(any(test, feature = "ssr"))]
impl Utc {
    /// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day comes last.
    fn of(unix: i64) -> Self {
        let days = unix.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: u8::try_from(month).unwrap_or(1),
            day,
            seconds: unix.rem_euclid(86_400),
        }
    }

    fn iso(&self) -> String {
        let Self {
            year,
            month,
            day,
            seconds,
        } = self;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    fn spoken(&self, time: &Time) -> String {
        let Self {
            year,
            month,
            day,
            seconds,
        } = self;
        let month = time.months.get(usize::from(*month) - 1).copied();
        [
            &*day.to_string(),
            time.after_day,
            month.unwrap_or_default(),
            " ",
            &*year.to_string(),
            time.at,
            &*two_digits(seconds / 3600),
            ":",
            &*two_digits(seconds / 60 % 60),
            " UTC",
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, texts::Texts};

    #[test]
    fn moments_are_told_in_utc() {
        for (unix, iso) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(Utc::of(unix).iso(), iso);
        }
    }

    #[test]
    fn moments_are_spoken_in_the_language_of_the_page() {
        for (language, spoken) in [
            (Language::English, "1 January 2026 at 12:45 UTC"),
            (Language::German, "1. Januar 2026 um 12:45 UTC"),
        ] {
            assert_eq!(Utc::of(1_767_271_500).spoken(&Texts::of(language).time), spoken);
        }
        assert_eq!(
            Utc::of(951_782_399).spoken(&Texts::of(Language::German).time),
            "28. Februar 2000 um 23:59 UTC"
        );
    }
}
