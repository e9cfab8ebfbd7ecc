//! Where the development provider runs, and its keys.

use std::path::Path;

use super::Place;

#[test]
fn the_development_provider_runs_only_where_nobody_else_can_reach_it() {
    let place = Place::new();
    for (variables, culprit) in [
        (&[("LEPTOS_SITE_ADDR", "0.0.0.0:3000")][..], "LEPTOS_SITE_ADDR"),
        (&[("LEPTOS_SITE_ADDR", "[::]:3000")], "LEPTOS_SITE_ADDR"),
        (&[("LEPTOS_SITE_ADDR", "192.0.2.1:3000")], "LEPTOS_SITE_ADDR"),
        (
            &[("EXEUNT_PUBLIC_URL", "https://app.example")],
            "EXEUNT_PUBLIC_URL",
        ),
    ] {
        let message = place.refusal(&[], variables);
        assert!(
            message.contains("EXEUNT_ISSUER is unset") && message.contains(culprit),
            "{message}"
        );
    }
    for port in ["0", "65530"] {
        let address = format!("127.0.0.1:{port}");
        let message = place.refusal(
            &[],
            &[
                ("LEPTOS_SITE_ADDR", &address),
                ("EXEUNT_PUBLIC_URL", "http://localhost:3000"),
            ],
        );
        assert!(message.contains("LEPTOS_SITE_ADDR leaves no port"), "{message}");
    }
    let config = place.config(
        &[],
        &[
            ("LEPTOS_SITE_ADDR", "[::1]:4000"),
            ("EXEUNT_PUBLIC_URL", "http://localhost:4000"),
        ],
    );
    assert_eq!(config.development.unwrap().listen.port(), 4010);
}

#[test]
#[cfg(unix)]
fn development_keys_last_and_belong_to_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let first = place.config(&[], &[]);
    let file = place.path().join("data/exeunt-dev-keys");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let again = place.config(&[], &[]);
    assert_eq!(
        first.settings.key_material.first(),
        again.settings.key_material.first()
    );
    let elsewhere = place.config(&[], &[("EXEUNT_STORE", "memory:")]);
    assert_ne!(
        first.settings.key_material.first(),
        elsewhere.settings.key_material.first()
    );

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(place.refusal(&[], &[]).contains("chmod 600"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, "broken").unwrap();
    assert!(place.refusal(&[], &[]).contains("mend or remove that file"));
}
