//! One instance is killed right after it has ended very many sessions of a person: what belongs to each end is done by another.

use std::time::Duration;

use exeunt::{
    Exeunt,
    random::OsRandom,
    session::{
        SessionToken,
        record::{self, Column, SessionTokens},
    },
    store::{Begun, SessionHead, SessionKey, SessionRow},
};
use exeunt_dev_provider::script::{Answer, Endpoint};
use futures::{StreamExt as _, stream};

use super::{fleet::Fleet, on_each_engine};

on_each_engine!(i13_killed_while_it_deals_with_very_many_ends_another_deals_with_the_rest);

/// So many that an instance is still at it for a while when it has answered.
const OTHERS: usize = 3_000;
const AT_ONCE: usize = 256;

/// Sessions like hers on as many other devices.
async fn others_like(exeunt: &Exeunt, hers: &SessionHead) -> Vec<SessionKey> {
    let (store, keyring) = (exeunt.store(), exeunt.keyring());
    let tokens = store.load_tokens(&hers.key, exeunt.now()).await.unwrap().unwrap();
    let tokens: SessionTokens = record::open_column(keyring, &hers.key, Column::Tokens, &tokens).unwrap();
    let rows = (0..OTHERS).map(|number| {
        let key = SessionToken::fresh(&OsRandom).unwrap().key();
        SessionRow {
            key,
            public_id: format!("device {number}"),
            iss: hers.iss.clone(),
            sub: hers.sub.clone(),
            sid: None,
            former_sid: None,
            login_started_at: hers.created_at,
            created_at: hers.created_at,
            last_used_at: hers.last_used_at,
            idle_expires_at: hers.idle_expires_at,
            absolute_expires_at: hers.absolute_expires_at,
            device: Vec::new(),
            identity: Vec::new(),
            tokens: record::seal_column(keyring, &key, Column::Tokens, &tokens, &OsRandom).unwrap(),
            data: None,
        }
    });
    let begin = async |row: SessionRow| {
        let key = row.key;
        assert_eq!(store.begin(row, exeunt.now()).await.unwrap(), Begun::Created);
        key
    };
    stream::iter(rows.map(begin)).buffered(AT_ONCE).collect().await
}

async fn i13_killed_while_it_deals_with_very_many_ends_another_deals_with_the_rest(fleet: Fleet) {
    let script = fleet.provider.script();
    script.answer_always(Endpoint::Revocation, Answer::hang());
    let (first, second) = (fleet.start().await, fleet.start().await);
    let mut ada = fleet.browser();
    ada.sign_in(&first).await;
    let view = ada.get(&first, "/api/session").await.unwrap();
    let view: serde_json::Value = serde_json::from_str(&view.text().await.unwrap()).unwrap();
    let beside = fleet.later(Duration::ZERO).await;
    let hers = beside
        .store()
        .list(
            &fleet.provider.issuer(),
            view["user_id"].as_str().unwrap(),
            beside.now(),
        )
        .await
        .unwrap();
    assert_eq!(hers.len(), 1);
    let others = others_like(&beside, &hers[0]).await;
    drop(beside);

    let answer = ada
        .clone()
        .post_json_at(first.addressed(), "/api/auth/logout", r#"{"scope":"everywhere"}"#)
        .await
        .unwrap();
    first.kill();
    assert_eq!(answer.status(), 200);

    assert_eq!(ada.status(&second).await, 401);
    let heir = fleet.later(Duration::ZERO).await;
    for key in &others {
        assert_eq!(heir.store().load(key, heir.now()).await.unwrap(), None);
        assert!(heir.store().load_end(key, heir.now()).await.unwrap().is_some());
    }
    heir.store().sweep(heir.now()).await.unwrap();
    let census = heir.store().census(heir.now()).await.unwrap();
    assert_eq!(census.sessions, 0);
    assert_eq!(
        census.outbox_entries,
        u64::try_from(OTHERS).unwrap() + 1,
        "the tokens of each wait to be revoked"
    );
}
