//! What must never show.

use exeunt::config::StoreChoice;

use super::{KEY, Place, REAL, SECRET, real_and, registration_notice};

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

#[test]
fn i16_the_address_of_a_database_comes_from_a_file_and_shows_nowhere() {
    let place = Place::new();
    let file = place.path().join("store");
    std::fs::write(&file, "postgres://me:correct-horse@db.example/app\n").unwrap();
    let from_file = ("EXEUNT_STORE_FILE", file.to_str().unwrap());
    // The place's own store is unset by an empty one.
    let config = place.config(&[], &real_and(&[("EXEUNT_STORE", ""), from_file]));
    assert!(
        matches!(config.store, StoreChoice::Postgres(_)),
        "{:?}",
        config.store
    );
    assert!(!format!("{config:?}").contains("horse"));
    let message = place.refusal(&["--store", "postgres://me:correct-horse@db.example/app"], &REAL);
    assert!(message.contains("EXEUNT_STORE cannot be an address"), "{message}");
    assert!(!message.contains("horse"), "{message}");
}
