//! The sign-out that the logout modules share: it begins at the relying party, and it ends there whatever went wrong.

use exeunt_dev_provider::script::Endpoint;
use serde_json::Value;

use super::{
    suite::Suite,
    support::{Answer, Browser},
};

impl Suite {
    /// Registers our addresses for back-channel and front-channel logout, or only one of them, as the module has it.
    pub(super) fn register(&self, channels: &[Channel]) {
        for channel in channels {
            let address = format!("{}{}", self.app.exeunt.public_url().origin(), channel.path());
            match channel {
                Channel::Back => self.app.provider.set_backchannel_logout_uri(Some(&address)),
                Channel::Front => self.app.provider.set_frontchannel_logout_uri(Some(&address)),
            }
        }
    }

    /// Signs in once more in the same provider session, as in another profile of the browser: an app session that the
    /// sign-out itself does not end, and so only the provider's word can.
    pub(super) async fn bystander(&self, browser: &Browser) -> Browser {
        let mut bystander = self.app.browser();
        bystander.provider_cookies.clone_from(&browser.provider_cookies);
        let answer = bystander.sign_in("/auth/login").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(bystander.provider_cookies, browser.provider_cookies);
        assert!(is_signed_in(&mut bystander).await);
        bystander
    }

    /// Signs out at the relying party and goes to the provider, whose answer it returns. The request must hold an
    /// `id_token_hint` that was issued in this run, as it was, and the registered address.
    pub(super) async fn sign_out(&self, browser: &mut Browser) -> Answer {
        let sso = browser.provider_cookies[exeunt_dev_provider::SSO_COOKIE].clone();
        let answer = browser.post_json("/api/auth/logout", "{}").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(!is_signed_in(browser).await, "the app's own session is over");
        let url = answer.json()["front_channel_logout_url"]
            .as_str()
            .unwrap()
            .to_owned();
        let answer = browser.visit_provider(&url).await;

        let script = self.app.script();
        let request = script.last_request(Endpoint::EndSession).unwrap();
        let hint = request.parameter("id_token_hint").expect("id_token_hint");
        assert!(
            self.issued().contains(&hint),
            "an ID token of this run, unchanged"
        );
        assert_eq!(
            request.parameter("post_logout_redirect_uri").as_deref(),
            Some(&*self.app.exeunt.post_logout_redirect_uri())
        );
        assert_ne!(
            request.parameter("state"),
            None,
            "without it two modules are skipped"
        );
        assert!(!script.has_session(&sso), "the provider's session is over");
        answer
    }

    /// Follows the post-logout redirect to `location` to the page it ends on, and looks at what the person is told of the
    /// provider's session. Afterwards nobody is signed in: not at the provider, and by no earlier cookie.
    pub(super) async fn return_from(&self, browser: &mut Browser, location: &str, told: &str) {
        let mut path = browser.path_here(location);
        let mut answer = browser.open(&path).await;
        if answer.status == 303 {
            path = answer.location();
            answer = browser.open(&path).await;
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(path, "/logged-out");
        let receipt = browser.fetch("/api/auth/receipt").await.json();
        assert_eq!(provider_session(&receipt), told, "{receipt}");
        assert!(!is_signed_in(browser).await);

        // Whoever comes back is asked who they are: by the provider, that has no session any more, or, where nothing
        // proves that, because the sign-in demands it.
        let start = browser.open("/auth/login?prompt=none").await.location();
        if told == "returned" {
            let refusal = browser.visit_provider(&start).await.location();
            assert!(
                refusal.contains("error=login_required"),
                "prompt=none finds nobody"
            );
        } else {
            assert!(start.contains("prompt=login"), "no sign-in without a question");
        }
        self.assert_sound();
    }
}

/// How a provider tells that a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Back,
    Front,
}

impl Channel {
    const fn path(self) -> &'static str {
        match self {
            Self::Back => "/auth/backchannel-logout",
            Self::Front => "/auth/frontchannel-logout",
        }
    }
}

pub(super) async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.fetch("/api/session").await.status == 200
}

/// What a receipt says of the provider's session.
fn provider_session(receipt: &Value) -> &str {
    let layers = receipt["layers"].as_array().unwrap();
    let line = layers.iter().find(|line| line["layer"] == "provider_session");
    line.unwrap()["status"].as_str().unwrap()
}
