//! What was granted for offline access may outlive a back-channel end, if the operator wants it so.
//! [Back-Channel Logout 1.0, section 2.7](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions)

use exeunt::{
    audit::Caller,
    logout::{
        Ending, Reason, ending,
        outbox::{Progress, Step},
    },
    store::{MarkRule, Selector},
};

use super::{
    Given, entry_id, progress, revoked,
    support::{App, every_store},
    work,
};

#[tokio::test]
async fn a_grant_for_offline_access_is_kept_only_by_setting_and_only_at_a_back_channel_end() {
    for (keep, scopes, reason, kept) in [
        (true, "offline_access", Reason::BackChannel, true),
        (true, "offline_access", Reason::BackChannelOffline, false),
        (true, "offline_access", Reason::FrontChannel, false),
        (true, "offline_access", Reason::Operator, false),
        (true, "offline_access", Reason::Everywhere, false),
        (true, "profile", Reason::BackChannel, false),
        (false, "offline_access", Reason::BackChannel, false),
    ] {
        for named in every_store() {
            let what = format!("{keep}, {scopes}, {reason:?}, {}", named.name);
            let app = App::builder()
                .store(named.store.clone())
                .settings(move |settings| {
                    settings.logout.keep_offline_access = keep;
                    settings.provider.scopes = scopes.parse().unwrap();
                })
                .start()
                .await;
            let given = Given::watch(&app);
            let browser = app.signed_in("ada").await;
            let selector = Selector::Subject {
                iss: app.provider.issuer(),
                sub: "ada".to_owned(),
                started_by: None,
            };
            let ending = Ending::new(selector, MarkRule::Subject, reason, Caller::none());
            ending::carry_out(&app.exeunt, ending).await.unwrap();
            assert_eq!(work(&app).await, 1, "{what}");
            let expected = Progress {
                refresh_token: if kept { Step::KeptOffline } else { Step::Revoked },
                access_token: Step::Revoked,
            };
            assert_eq!(progress(&app, &entry_id(&browser)).await, expected, "{what}");
            let tokens = given.tokens();
            assert_eq!(revoked(&app), tokens[usize::from(kept)..], "{what}");
        }
    }
}
