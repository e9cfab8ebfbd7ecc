//! A logout and a refresh of the same session at the same time, in a thousand random orders (F4.9): the end is always
//! dead, and every token that the session held at its end, or that came too late for it, is revoked.

use std::{collections::BTreeSet, sync::Arc};

use exeunt::{
    session::{
        SessionToken,
        record::{self, Column, Contact, Identity, SessionTokens},
    },
    store::SessionRow,
};
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    LIFE, TOKEN, assert_signed_out, refreshes, revoked,
    support::{App, Browser, FailingStore, every_store},
    using_tokens, work_off,
};

const SCHEDULES: u64 = 1_000;
/// So many sessions at a time.
const AT_ONCE: u64 = 25;

/// A small generator: the schedules are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// A session with tokens of its own that run out, begun without a login, and its browser.
async fn begin(app: &App, number: u64) -> (Browser, BTreeSet<String>) {
    let token = SessionToken::fresh(app.exeunt.random()).unwrap();
    let (key, now) = (token.key(), app.now());
    let tokens = SessionTokens {
        id_token: "a.b.c".to_owned(),
        access_token: format!("access {number}, old"),
        refresh_token: Some(format!("refresh {number}, old")),
        expires_at: Some(now),
        logout_hint: None,
        ui_locales: None,
        upstream_idp: None,
        life: None,
        is_for_offline_access: false,
    };
    let identity = Identity {
        email: None,
        name: None,
        roles: Vec::new(),
        watched: None,
        contact: Some(Contact {
            at: now,
            original: exeunt::provider::refresh::Original::default(),
        }),
    };
    let (keyring, random) = (app.exeunt.keyring(), app.exeunt.random());
    let row = SessionRow {
        key,
        public_id: format!("session {number}"),
        iss: app.provider.issuer(),
        sub: format!("person {number}"),
        sid: Some(format!("sid {number}")),
        former_sid: None,
        login_started_at: now,
        created_at: now,
        last_used_at: now,
        idle_expires_at: now + 100 * LIFE,
        absolute_expires_at: now + 100 * LIFE,
        device: Vec::new(),
        identity: record::seal_column(keyring, &key, Column::Identity, &identity, random).unwrap(),
        tokens: record::seal_column(keyring, &key, Column::Tokens, &tokens, random).unwrap(),
        data: None,
    };
    app.store.begin(row, now).await.unwrap();
    let mut browser = app.browser();
    browser
        .cookies
        .insert("exeunt".to_owned(), token.as_str().to_owned());
    (
        browser,
        BTreeSet::from([tokens.access_token, tokens.refresh_token.unwrap()]),
    )
}

async fn yield_times(times: u64) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

/// One person uses a token while another tab signs out. What became of the session's old tokens.
async fn schedule(app: Arc<App>, number: u64, mut dice: Dice, asked: usize) -> BTreeSet<String> {
    let what = format!("schedule {number}");
    let (browser, old) = begin(&app, number).await;
    let (mut user, mut leaver) = (browser.clone(), browser.clone());
    let (user_waits, leaver_waits, follows) = (dice.below(40), dice.below(40), dice.below(2) == 0);
    let script = app.script();
    let using = tokio::spawn(async move {
        yield_times(user_waits).await;
        user.fetch(TOKEN).await
    });
    let leaving = tokio::spawn(async move {
        if follows {
            script.arrived(Endpoint::Token, asked + 1).await;
        }
        yield_times(leaver_waits).await;
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        let path = "/api/auth/logout";
        leaver
            .send(Method::POST, path, &headers, axum::body::Body::empty())
            .await
    });
    let (used, left) = (using.await.unwrap(), leaving.await.unwrap());
    assert_eq!(left.json()["success"], true, "{what}: {}", left.text());
    let after = browser.clone().fetch("/api/session").await;
    assert_eq!(after.status, 401, "{what}");
    let sub = format!("person {number}");
    let living = app
        .store
        .list(&app.provider.issuer(), &sub, app.now())
        .await
        .unwrap();
    assert_eq!(living, [], "{what}");
    if used.status == 200 {
        // New ones took their place before the end.
        assert!(used.text().ends_with("new"), "{what}: {}", used.text());
        return BTreeSet::new();
    }
    assert_signed_out(&used, &what);
    old
}

#[tokio::test]
async fn f4_9_i13_i2_a_logout_and_a_refresh_in_any_order_leave_a_dead_session_and_revoked_tokens() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = Arc::new(using_tokens().store(store.clone()).start().await);
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let (mut old, mut new, mut used) = (BTreeSet::new(), BTreeSet::new(), 0);
        for batch in 0..SCHEDULES / AT_ONCE {
            let numbers = batch * AT_ONCE..(batch + 1) * AT_ONCE;
            let answers: Vec<_> = numbers
                .clone()
                .map(|number| [format!("access {number}, new"), format!("refresh {number}, new")])
                .collect();
            for [access, refresh] in &answers {
                let answer = json!({
                    "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 300,
                });
                app.script()
                    .answer_next(Endpoint::Token, Scripted::json(200, &answer));
            }
            let asked = refreshes(&app);
            store.dither(dice.below(u64::MAX - 1) + 1);
            let mut schedules = JoinSet::new();
            for number in numbers {
                schedules.spawn(schedule(
                    Arc::clone(&app),
                    number,
                    Dice(dice.below(u64::MAX - 1) + 1),
                    asked,
                ));
            }
            for left in schedules.join_all().await {
                used += usize::from(left.is_empty());
                old.extend(left);
            }
            // Each refresh got the next answer.
            new.extend(answers.into_iter().take(refreshes(&app) - asked).flatten());
            app.script().answer_normally(Endpoint::Token);
        }
        store.dither(0);
        work_off(&app).await;
        let revoked = revoked(&app);
        let expected: BTreeSet<_> = old.union(&new).cloned().collect();
        let forgotten: Vec<_> = expected.difference(&revoked).collect();
        assert!(forgotten.is_empty(), "{}: {forgotten:?}", named.name);
        assert_eq!(revoked.len(), expected.len(), "{}", named.name);
        // The schedules are worth something only if many of them meet.
        let overtaken = new.len() / 2 - used;
        assert!(
            overtaken > 50,
            "{}: only {overtaken} refreshes were overtaken",
            named.name
        );
        assert!(used > 50, "{}: only {used} refreshes came first", named.name);
    }
}
