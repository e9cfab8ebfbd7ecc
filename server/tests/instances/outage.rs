//! The engine cannot be reached for a while.

use super::{
    fleet::{Fleet, Instance},
    on_engines,
};

on_engines!(postgres redis:
    f3_1_i17_nobody_is_told_signed_out_and_all_goes_on_afterwards,
    f4_10_i17_a_logout_claims_nothing_and_another_instance_finishes_it,
);

async fn f3_1_i17_nobody_is_told_signed_out_and_all_goes_on_afterwards(fleet: Fleet) {
    let instance = fleet.start().await;
    let mut ada = fleet.browser();
    ada.sign_in(&instance).await;
    let ready = async || {
        let answer = fleet.browser().get(&instance, "/readyz").await.unwrap();
        let status = answer.status().as_u16();
        let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, body["store"].as_str().unwrap().to_owned())
    };
    assert_eq!(ready().await, (200, "ok".to_owned()));

    fleet.engine.cut_off();
    for _ in 0..3 {
        assert_eq!(ada.status(&instance).await, 503, "nobody knows");
        assert_eq!(ready().await, (503, "down".to_owned()));
        let alive = fleet.browser().get(&instance, "/healthz").await.unwrap();
        assert_eq!(alive.status(), 200, "a process that lives needs no restart");
    }
    fleet.engine.mend();
    until_it_is_back(&fleet, &instance).await;
    assert_eq!(
        ada.status(&instance).await,
        200,
        "the cookie is still there, and good"
    );
}

async fn f4_10_i17_a_logout_claims_nothing_and_another_instance_finishes_it(fleet: Fleet) {
    let (first, second) = (fleet.start().await, fleet.start().await);
    let mut ada = fleet.browser();
    ada.sign_in(&first).await;
    let mut thief = ada.clone();

    fleet.engine.cut_off();
    let outcome = press(&mut ada, &first).await;
    assert_eq!(outcome["success"], false);
    assert_eq!(app_session(&outcome), "failed");

    fleet.engine.mend();
    until_it_is_back(&fleet, &first).await;
    until_it_is_back(&fleet, &second).await;
    assert_eq!(ada.status(&first).await, 401, "its cookie was taken away");
    assert_eq!(thief.status(&first).await, 200, "as it was said: not ended yet");
    let outcome = press(&mut ada, &second).await;
    assert_eq!(outcome["success"], true);
    assert_eq!(app_session(&outcome), "ended");
    assert_eq!(thief.status(&first).await, 401);
    assert_eq!(thief.status(&second).await, 401);
}

async fn press(browser: &mut super::fleet::Browser, at: &Instance) -> serde_json::Value {
    let answer = browser.post(at, "/api/auth/logout").await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

fn app_session(outcome: &serde_json::Value) -> &str {
    let mut layers = outcome["receipt"]["layers"].as_array().unwrap().iter();
    let line = layers.find(|line| line["layer"] == "app_session").unwrap();
    line["status"].as_str().unwrap()
}

/// Connections that broke are made anew, some of them after a moment.
async fn until_it_is_back(fleet: &Fleet, instance: &Instance) {
    while fleet.browser().get(instance, "/readyz").await.unwrap().status() != 200 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
