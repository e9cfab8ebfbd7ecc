//! What right settings become.

use std::{net::SocketAddr, time::Duration};

use exeunt::config::{LogoutTokenPolicy, RequireClaim, StoreChoice, Strictness, Switch};

use super::{Action, KEY, Place, REAL, SECRET, Stop, real_and};
use crate::operator::Target;

#[test]
fn without_settings_it_is_a_development_server() {
    let place = Place::new();
    let config = place.config(&[], &[]);
    assert_eq!(config.listen, SocketAddr::from(([127, 0, 0, 1], 3000)));
    assert_eq!(config.settings.public_url.to_string(), "http://localhost:3000");
    assert_eq!(
        config.development.unwrap().listen,
        SocketAddr::from(([127, 0, 0, 1], 3010))
    );
    assert_eq!(config.settings.provider.issuer.as_str(), "http://127.0.0.1:3010");
    assert_eq!(config.settings.limits.idle(), Duration::from_secs(1800));
    assert_eq!(config.settings.limits.absolute(), Duration::from_secs(43_200));
    assert_eq!(config.settings.logout_tokens, LogoutTokenPolicy::default());
    assert_eq!(config.log_filter, "info");
    assert_eq!(config.metrics, None);
    assert_eq!(
        StoreChoice::default(),
        StoreChoice::Sqlite(".exeunt/exeunt.sqlite".into())
    );
}

#[test]
fn every_setting_reaches_its_place() {
    let place = Place::new();
    let secret = place.path().join("secret");
    std::fs::write(&secret, format!("{SECRET}\r\n")).unwrap();
    let keys = place.path().join("keys");
    std::fs::write(&keys, format!("{KEY}\n")).unwrap();
    let config = place.config(
        &[],
        &[
            ("EXEUNT_PUBLIC_URL", "https://app.example/some/app/"),
            ("LEPTOS_SITE_ADDR", "0.0.0.0:8080"),
            ("EXEUNT_TRUSTED_PROXIES", "10.0.0.0/8"),
            ("EXEUNT_ISSUER", "https://id.example/"),
            ("EXEUNT_CLIENT_ID", "app"),
            ("EXEUNT_CLIENT_SECRET_FILE", secret.to_str().unwrap()),
            ("EXEUNT_KEYS_FILE", keys.to_str().unwrap()),
            ("EXEUNT_SCOPES", "email offline_access"),
            ("EXEUNT_DIALECT", "standard"),
            ("EXEUNT_END_SESSION_ENDPOINT", "https://id.example/out"),
            ("EXEUNT_ID_TOKEN_ALG", "ES256"),
            ("EXEUNT_TRUSTED_AUDIENCES", "one, two"),
            ("EXEUNT_LOGOUT_TOKEN_TYP", "strict"),
            ("EXEUNT_LOGOUT_TOKEN_EXP", "strict"),
            ("EXEUNT_REQUIRE_CLAIM", "groups=CN=a,DC=b; hd=example.com"),
            ("EXEUNT_ROLES_CLAIM", "/realm_access/roles"),
            ("EXEUNT_STORE", "memory:"),
            ("EXEUNT_IDLE_TIMEOUT", "1h30m"),
            ("EXEUNT_ABSOLUTE_TIMEOUT", "1d"),
            ("EXEUNT_POST_LOGOUT_URIS", "https://www.example/bye"),
            ("EXEUNT_KEEP_OFFLINE_ACCESS", "true"),
            ("EXEUNT_FRONT_CHANNEL_LOGOUT", "on"),
            ("EXEUNT_LOGOUT_PROBE", "true"),
            ("EXEUNT_LIVENESS_CHECK", "5m"),
            ("EXEUNT_SESSION_MANAGEMENT", "true"),
            ("EXEUNT_METRICS_ADDR", "[::]:9464"),
            ("RUST_LOG", "warn,exeunt=debug"),
        ],
    );
    let (settings, provider) = (&config.settings, &config.settings.provider);
    assert_eq!(settings.public_url.absolute("/"), "https://app.example/some/app/");
    assert_eq!(config.listen.to_string(), "0.0.0.0:8080");
    assert!(settings.trusted_proxies.contains("10.1.1.1".parse().unwrap()));
    assert_eq!(
        (provider.issuer.as_str(), provider.client_id.as_str()),
        ("https://id.example/", "app")
    );
    assert_eq!(provider.client_secret.as_ref().unwrap().expose(), SECRET);
    assert_eq!(settings.key_material.iter().count(), 1);
    assert_eq!(provider.scopes.to_string(), "openid email offline_access");
    assert_eq!(provider.dialect.as_str(), "standard");
    assert_eq!(
        provider.end_session_endpoint.as_ref().unwrap().to_string(),
        "https://id.example/out"
    );
    assert_eq!(provider.id_token_alg.unwrap().as_str(), "ES256");
    assert_eq!(provider.trusted_audiences, ["one", "two"]);
    assert_eq!(
        (settings.logout_tokens.typ, settings.logout_tokens.exp),
        (Strictness::Strict, Strictness::Strict)
    );
    let claims: Vec<_> = settings
        .require_claims
        .iter()
        .map(|claim| (claim.name(), claim.value()))
        .collect();
    assert_eq!(claims, [("groups", "CN=a,DC=b"), ("hd", "example.com")]);
    assert_eq!(settings.roles_claim.as_str(), "/realm_access/roles");
    assert_eq!(config.store, StoreChoice::Memory);
    assert_eq!(settings.limits.idle(), Duration::from_secs(5400));
    assert_eq!(settings.limits.absolute(), Duration::from_secs(86_400));
    assert!(
        settings
            .post_logout_uris
            .resolve("https://www.example/bye", &settings.public_url)
            .is_some()
    );
    let logout = &settings.logout;
    assert!(logout.keep_offline_access && logout.probe && logout.session_management);
    assert_eq!(logout.front_channel, Switch::On);
    assert_eq!(logout.liveness_check, Some(Duration::from_secs(300)));
    assert_eq!(config.metrics, Some("[::]:9464".parse().unwrap()));
    assert_eq!(config.log_filter, "warn,exeunt=debug");
    assert!(config.development.is_none());
}

#[test]
fn an_option_wins_over_its_variable_and_an_empty_variable_is_unset() {
    let place = Place::new();
    let variables = [
        ("EXEUNT_PUBLIC_URL", "http://localhost:5000"),
        ("EXEUNT_ISSUER", ""),
        ("EXEUNT_REQUIRE_CLAIM", "a=1"),
    ];
    let options = [
        "--public-url",
        "http://localhost:4000",
        "--require-claim=b=2",
        "--require-claim=c=3",
    ];
    for options in [options.to_vec(), [&["serve"][..], &options].concat()] {
        let config = place.config(&options, &variables);
        assert_eq!(config.settings.public_url.to_string(), "http://localhost:4000");
        let claims: Vec<_> = config
            .settings
            .require_claims
            .iter()
            .map(RequireClaim::name)
            .collect();
        assert_eq!(claims, ["b", "c"]);
    }
}

#[test]
fn a_public_client_is_allowed_and_noted() {
    let place = Place::new();
    let config = place.config(&[], &real_and(&[("EXEUNT_CLIENT_SECRET", "")]));
    assert!(config.settings.provider.client_secret.is_none());
    assert!(
        config
            .notes
            .iter()
            .any(|note| note.contains("EXEUNT_CLIENT_SECRET"))
    );
    assert_eq!(place.config(&[], &REAL).notes, Vec::<String>::new());
}

#[test]
fn a_command_ends_sessions_of_one_person_or_one_session() {
    let place = Place::new();
    for (options, expected) in [
        (["end", "--user", "ada"], Target::User("ada".to_owned())),
        (["end", "--session", "x1"], Target::Session("x1".to_owned())),
    ] {
        match place.load(&options, &REAL) {
            Ok(Action::End(config, target)) => {
                assert_eq!(target, expected);
                assert_eq!(config.settings.provider.client_id.as_str(), "app");
            }
            other => panic!("{other:?}"),
        }
    }
    for options in [&["end"][..], &["end", "--user", "a", "--session", "b"]] {
        assert!(matches!(place.load(options, &REAL), Err(Stop::CommandLine(_))));
    }
}
