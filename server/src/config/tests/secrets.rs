//! What must never show.

use super::{KEY, Place, REAL, SECRET, registration_notice};

#[test]
fn i16_secrets_show_nowhere() {
    let place = Place::new();
    let config = place.config(&[], &REAL);
    let shown = format!("{config:?} {config:#?} {}", registration_notice(&config));
    assert!(
        !shown.contains("horse") && !shown.contains(KEY) && !shown.contains("0123456789abcdef"),
        "{shown}"
    );
    let message = place.refusal(
        &["--client-secret", SECRET, "--keys", KEY],
        &[("EXEUNT_CLIENT_SECRET_FILE", SECRET)],
    );
    assert!(
        message.contains("EXEUNT_CLIENT_SECRET cannot be given as an option"),
        "{message}"
    );
    assert!(
        message.contains("EXEUNT_KEYS cannot be given as an option"),
        "{message}"
    );
    assert!(!message.contains("horse") && !message.contains(KEY), "{message}");
}
