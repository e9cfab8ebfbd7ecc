//! Wrong settings, and what the message says.

use super::{Place, real_and};

/// What differs from a right configuration | the variable that the message names | words of the mend.
const WRONG: &str = "
EXEUNT_PUBLIC_URL=http://app.example | EXEUNT_PUBLIC_URL | use https
EXEUNT_PUBLIC_URL=https://app.example?x | EXEUNT_PUBLIC_URL | remove everything from the ?
EXEUNT_PUBLIC_URL=app.example | EXEUNT_PUBLIC_URL | write it in full
LEPTOS_SITE_ADDR=localhost:3000 | LEPTOS_SITE_ADDR | like 127.0.0.1:3000
LEPTOS_SITE_ADDR=127.0.0.1:4000 | EXEUNT_PUBLIC_URL | set it to the address
LEPTOS_SITE_ROOT=/nowhere/at/all | LEPTOS_SITE_ROOT | make build
EXEUNT_TRUSTED_PROXIES=0.0.0.0/0 | EXEUNT_TRUSTED_PROXIES | name the networks
EXEUNT_ISSUER=http://id.example | EXEUNT_ISSUER | use https
EXEUNT_ISSUER=https://id.example?a=b | EXEUNT_ISSUER | remove everything from the ?
EXEUNT_CLIENT_ID= | EXEUNT_CLIENT_ID | set it to the id
EXEUNT_CLIENT_ID=äpp | EXEUNT_CLIENT_ID | copy it again
EXEUNT_CLIENT_SECRET=correct-hörse | EXEUNT_CLIENT_SECRET | copy it again
EXEUNT_CLIENT_SECRET_FILE=/x | EXEUNT_CLIENT_SECRET | remove one of them
EXEUNT_CLIENT_SECRET= & EXEUNT_CLIENT_SECRET_FILE=/x | EXEUNT_CLIENT_SECRET_FILE | check path
EXEUNT_SCOPES=openid,email | EXEUNT_SCOPES | separate scopes by spaces
EXEUNT_DIALECT=Okta | EXEUNT_DIALECT | auto, standard, zitadel
EXEUNT_END_SESSION_ENDPOINT=/logout | EXEUNT_END_SESSION_ENDPOINT | write it in full
EXEUNT_ID_TOKEN_ALG=none | EXEUNT_ID_TOKEN_ALG | like RS256
EXEUNT_ID_TOKEN_ALG=HS256 | EXEUNT_ID_TOKEN_ALG | asymmetric
EXEUNT_LOGOUT_TOKEN_TYP=Strict | EXEUNT_LOGOUT_TOKEN_TYP | lenient, strict
EXEUNT_LOGOUT_TOKEN_EXP=none | EXEUNT_LOGOUT_TOKEN_EXP | lenient, strict
EXEUNT_REQUIRE_CLAIM=a=1;staff | EXEUNT_REQUIRE_CLAIM | like groups=staff
EXEUNT_ROLES_CLAIM=roles | EXEUNT_ROLES_CLAIM | begin it with a slash
EXEUNT_STORE=postgres://u:correct-horse@db:port/x | EXEUNT_STORE | percent-encode
EXEUNT_STORE=postgres://u:correct-horse@db/x?sslmod=require | EXEUNT_STORE | sslmode
EXEUNT_STORE=postgres://u:correct-horse@db/x?sslmode=allow | EXEUNT_STORE | verify-full
EXEUNT_STORE=redis://u:correct-horse@db/x | EXEUNT_STORE | redis://host/1
EXEUNT_STORE=exeunt.sqlite | EXEUNT_STORE | sqlite:PATH
EXEUNT_KEYS= | EXEUNT_KEYS | server keygen
EXEUNT_KEYS=correct-horse | EXEUNT_KEYS | server keygen
EXEUNT_KEYS_FILE=/x | EXEUNT_KEYS | remove one of them
EXEUNT_IDLE_TIMEOUT=30 | EXEUNT_IDLE_TIMEOUT | like 90s
EXEUNT_IDLE_TIMEOUT=30s | EXEUNT_IDLE_TIMEOUT | 2m or more
EXEUNT_IDLE_TIMEOUT=2d | EXEUNT_IDLE_TIMEOUT | shorten it
EXEUNT_ABSOLUTE_TIMEOUT=2 years | EXEUNT_ABSOLUTE_TIMEOUT | 400d or less
EXEUNT_POST_LOGOUT_URIS=/a,//evil.example | EXEUNT_POST_LOGOUT_URIS | begin it with one slash
EXEUNT_KEEP_OFFLINE_ACCESS=yes | EXEUNT_KEEP_OFFLINE_ACCESS | neither true nor false
EXEUNT_FRONT_CHANNEL_LOGOUT=true | EXEUNT_FRONT_CHANNEL_LOGOUT | auto, on, off
EXEUNT_LIVENESS_CHECK=5s | EXEUNT_LIVENESS_CHECK | like 5m
EXEUNT_METRICS_ADDR=localhost:9464 | EXEUNT_METRICS_ADDR | like 127.0.0.1:9464
EXEUNT_METRICS_ADDR=9464 | EXEUNT_METRICS_ADDR | like 127.0.0.1:9464
EXEUNT_METRICS_ADDR=127.0.0.1:3000 | EXEUNT_METRICS_ADDR | a port of its own
EXEUNT_METRICS_ADDR=0.0.0.0:3000 | EXEUNT_METRICS_ADDR | LEPTOS_SITE_ADDR=127.0.0.1:3000
RUST_LOG=exeunt=loud | RUST_LOG | like info
KAMIWAZA_API_URL=https://k.example | KAMIWAZA_API_URL | remove one of them
EXEUNT_ISSURE=x | EXEUNT_ISSURE | EXEUNT_ISSUER
EXEUNT_ISSUER= | EXEUNT_CLIENT_ID | set EXEUNT_ISSUER
";

#[test]
fn i7_i8_each_wrong_setting_is_named_with_its_mend() {
    let place = Place::new();
    for case in WRONG.lines().filter(|line| !line.is_empty()) {
        let [variables, named, mend] = case.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{case}");
        };
        let variables: Vec<_> = variables
            .split('&')
            .filter_map(|pair| pair.trim().split_once('='))
            .collect();
        let message = place.refusal(&[], &real_and(&variables));
        let line = message
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{named} ")));
        assert!(line.is_some_and(|line| line.contains(mend)), "{case}\n{message}");
        assert!(!message.contains("correct-h"), "a secret shows: {message}");
        assert!(message.contains("server --help"));
    }
    assert!(
        !place.path().join("data").exists(),
        "a start that fails leaves nothing behind"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let message = Place::new().refusal(
        &["--idle-timeout", "soon"],
        &[
            ("EXEUNT_ISSUER", "nowhere"),
            ("EXEUNT_STORE", "x"),
            ("EXEUNT_TYPO", ""),
        ],
    );
    for named in [
        "EXEUNT_ISSUER",
        "EXEUNT_CLIENT_ID",
        "EXEUNT_KEYS",
        "EXEUNT_STORE",
        "EXEUNT_IDLE_TIMEOUT",
        "EXEUNT_TYPO",
    ] {
        assert!(message.contains(&format!("  {named} ")), "{named} in {message}");
    }
}
