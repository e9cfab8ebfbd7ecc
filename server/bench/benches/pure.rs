//! What costs only arithmetic: a logout token, a record, a plan. `cargo bench -p exeunt-bench`.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot begin is none")]

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use exeunt::{
    Exeunt,
    clock::{Clock as _, SystemClock, Timestamp},
    config::{ClientId, KeyMaterial, LogoutTokenPolicy, ProviderSettings, Settings},
    logout::{
        backchannel::{Expected, verify_logout_token},
        body::Scope,
        plan::{Facts, LocalEnd, LogoutPlan, Others, ProviderKnown},
        token_lines::TokensKnown,
    },
    provider::metadata::Metadata,
    random::OsRandom,
    seal::{Keyring, Purpose},
    session::{
        SessionToken,
        record::{self, Column, Identity, SessionTokens},
    },
    store::{MemoryStore, SessionKey},
};
use exeunt_dev_provider::script::{ScriptedProvider, Signing};
use serde_json::json;

const KEYS: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

fn keyring() -> Keyring {
    Keyring::new(&KEYS.parse::<KeyMaterial>().unwrap())
}

fn identity() -> Identity {
    serde_json::from_value(json!({
        "email": "ada@example.org", "name": "Ada Lovelace", "roles": ["reader", "writer"],
    }))
    .unwrap()
}

fn tokens() -> SessionTokens {
    serde_json::from_value(json!({
        "id_token": "i".repeat(900), "access_token": "a".repeat(900), "refresh_token": "r".repeat(43),
        "expires_at": null, "logout_hint": null, "ui_locales": null,
    }))
    .unwrap()
}

/// Records and cookies.
fn seal(bench: &mut Criterion) {
    let (keyring, key) = (keyring(), SessionKey([7; 32]));
    let (identity, tokens) = (identity(), tokens());
    let token = SessionToken::fresh(&OsRandom).unwrap();
    let mut group = bench.benchmark_group("seal");
    let mut column = |name: &str, column, value: &dyn Fn() -> Vec<u8>| {
        let sealed = value();
        group.bench_function(format!("seal {name}, {} bytes", sealed.len()), |bencher| {
            bencher.iter(|| black_box(value()));
        });
        group.bench_function(format!("open {name}"), |bencher| match column {
            Column::Tokens => bencher.iter(|| {
                black_box(record::open_column::<SessionTokens>(&keyring, &key, column, &sealed).unwrap());
            }),
            _ => bencher.iter(|| {
                black_box(record::open_column::<Identity>(&keyring, &key, column, &sealed).unwrap());
            }),
        });
    };
    column("identity", Column::Identity, &|| {
        record::seal_column(&keyring, &key, Column::Identity, &identity, &OsRandom).unwrap()
    });
    column("tokens", Column::Tokens, &|| {
        record::seal_column(&keyring, &key, Column::Tokens, &tokens, &OsRandom).unwrap()
    });
    let attempt = keyring
        .seal(Purpose::Attempt, b"attempt", &[7; 400], &OsRandom)
        .unwrap();
    group.bench_function("open the cookie of a login attempt", |bencher| {
        bencher.iter(|| {
            keyring
                .open(Purpose::Attempt, b"attempt", black_box(&attempt))
                .unwrap()
        });
    });
    group.bench_function("from the session's cookie to its key", |bencher| {
        bencher.iter(|| SessionToken::parse(black_box(token.as_str())).unwrap().key());
    });
}

/// A logout token, from its bytes to a verdict.
fn logout_token(bench: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let provider = runtime.block_on(ScriptedProvider::start());
    let (metadata, keys) = runtime.block_on(async {
        let settings = ProviderSettings::new(
            provider.issuer().parse().unwrap(),
            provider.client_id().parse::<ClientId>().unwrap(),
            None,
        );
        let settings = Settings::new(
            "http://localhost:3000".parse().unwrap(),
            settings,
            KEYS.parse().unwrap(),
        );
        let exeunt = Exeunt::builder(settings, Arc::new(MemoryStore::new()))
            .build()
            .unwrap();
        let metadata = exeunt.provider().metadata().await.unwrap();
        let keys = exeunt.provider().keys(&metadata).await.unwrap();
        (metadata, keys)
    });
    let now = SystemClock.now();
    let claims = json!({
        "iss": provider.issuer(), "aud": provider.client_id(), "iat": now.seconds(), "exp": now.seconds() + 120,
        "jti": "j".repeat(22), "sub": "ada", "sid": "s".repeat(22),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let mut group = bench.benchmark_group("logout token");
    for (name, signing) in [("RS256", Signing::Normal), ("ES256", Signing::Es256)] {
        let token = provider
            .script()
            .sign(signing, claims.as_object().unwrap(), |header| {
                header.insert("typ".to_owned(), "logout+jwt".into());
            });
        let alg = match signing {
            Signing::Es256 => openidconnect::core::CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            _ => metadata.id_token_alg.clone(),
        };
        let (issuer, client_id) = (provider.issuer(), provider.client_id());
        let expected = Expected {
            issuer: &issuer,
            client_id: &client_id,
            alg: &alg,
        };
        let policy = LogoutTokenPolicy::default();
        group.bench_function(format!("verify, {name}"), |bencher| {
            bencher.iter(|| verify_logout_token(black_box(&token), &keys, &expected, &policy, now).unwrap());
        });
        let unsigned = token
            .rsplit_once('.')
            .map_or("", |(unsigned, _)| unsigned)
            .to_owned()
            + ".AAAA";
        group.bench_function(format!("refuse for its signature, {name}"), |bencher| {
            bencher.iter(|| {
                verify_logout_token(black_box(&unsigned), &keys, &expected, &policy, now).unwrap_err()
            });
        });
    }
    drop(group);
    plan(bench, &metadata);
}

/// The plan of a logout, after the store gave the record.
fn plan(bench: &mut Criterion, metadata: &Metadata) {
    let local = LocalEnd::Ended(Some(tokens()));
    let facts = Facts {
        local: &local,
        others: Others::Kept(2),
        tokens: TokensKnown::NotQueued,
        scope: Scope::Browser,
        provider: ProviderKnown::Yes(metadata),
        host: "op.example",
        client_id: "client",
        post_logout_redirect_uri: "http://localhost:3000/logged-out",
        state: "state",
        now: Timestamp::from_seconds(1_700_000_000),
    };
    bench.bench_function("logout plan", |bencher| {
        bencher.iter(|| LogoutPlan::compute(black_box(&facts)));
    });
}

criterion_group! {
    name = pure;
    config = Criterion::default().measurement_time(Duration::from_secs(3)).without_plots();
    targets = seal, logout_token
}
criterion_main!(pure);
