//! The conduct of a provider that follows a script.

use http::Method;

use super::back_channel::BackChannel;
use super::state::{ObjectHook, ParametersHook, ScriptState, Settings};
use crate::back_channel::Notice;
use crate::client::Client;
use crate::conduct::Conduct;
use crate::delivery::{Answered, Carrier};
use crate::id_token::{IssueError, Occasion};
use crate::keys::{Keys, Object};
use crate::logout_request::LogoutRequest;
use crate::logout_token::Whose;
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

impl ScriptState {
    /// Runs a hook outside the lock, so that it may use the script itself.
    fn run(&self, hook: impl FnOnce(&Settings) -> Option<ObjectHook>, object: &mut Object) {
        let hook = hook(&self.settings());
        if let Some(hook) = hook {
            hook(object);
        }
    }

    fn run_on_parameters(
        &self,
        hook: impl FnOnce(&Settings) -> Option<ParametersHook>,
        parameters: &mut Vec<(String, String)>,
    ) {
        let hook = hook(&self.settings());
        if let Some(hook) = hook {
            hook(parameters);
        }
    }

    fn has_special_sids(&self) -> bool {
        let settings = self.settings();
        settings.special_sid || settings.imitates_conformance_suite
    }
}

impl Conduct for ScriptState {
    fn discovery(&self, metadata: &mut Object) {
        self.shape.advertise(metadata);
        self.run(|set| set.discovery.clone(), metadata);
    }

    fn jwks(&self, keys: &mut Object) {
        self.run(|set| set.jwks.clone(), keys);
    }

    fn id_token(
        &self,
        keys: &Keys,
        client: &Client,
        occasion: Occasion<'_>,
        mut claims: Object,
    ) -> Result<String, IssueError> {
        let (signing, omits_kid) = {
            let settings = self.settings();
            (settings.signing, settings.omits_kid)
        };
        let mut header = signing.header(keys);
        if omits_kid {
            header.remove("kid");
        }
        if !self.shape.audiences.is_empty() {
            let mut audience = vec![client.client_id.as_str()];
            audience.extend(self.shape.audiences);
            claims.insert("aud".to_owned(), audience.into());
        }
        (self.shape.id_token)(&mut claims);
        self.run(|set| set.id_token_header.clone(), &mut header);
        self.run(|set| set.id_token_claims.clone(), &mut claims);
        if occasion == Occasion::Refresh {
            self.run(|set| set.refreshed_id_token_claims.clone(), &mut claims);
        }
        let secret = client.client_secret.as_deref().unwrap_or_default();
        Ok(signing.sign(keys, secret, &header, &claims)?)
    }

    fn token_response(&self, response: &mut Object) {
        self.run(|set| set.token_response.clone(), response);
    }

    fn userinfo(&self, claims: &mut Object) {
        self.run(|set| set.userinfo.clone(), claims);
    }

    fn authorization_response(&self, parameters: &mut Vec<(String, String)>) {
        self.run_on_parameters(|set| set.authorization_response.clone(), parameters);
    }

    fn end_session_return(&self, parameters: &mut Vec<(String, String)>) {
        self.run_on_parameters(|set| set.end_session_return.clone(), parameters);
    }

    fn authorization(&self, sent: &Parameters) -> Result<(), ErrorPage> {
        (self.shape.authorization)(sent)
    }

    fn logout_request(
        &self,
        provider: &Provider,
        path: &str,
        method: &Method,
        sent: &Parameters,
    ) -> Result<LogoutRequest, ErrorPage> {
        (self.shape.logout_request)(provider, path, method, sent)
    }

    fn whose(&self, client: &Client, whose: Whose) -> Whose {
        (self.shape.whose)(client, whose)
    }

    fn has_front_channel(&self) -> bool {
        self.shape.has_front_channel
    }

    fn logout_token(&self, keys: &Keys, client: &Client, mut claims: Object) -> Result<String, IssueError> {
        let (signing, imitates) = {
            let settings = self.settings();
            (settings.logout_token_signing, settings.imitates_conformance_suite)
        };
        let mut header = signing.header(keys);
        header.insert("typ".to_owned(), "logout+jwt".into());
        (self.shape.logout_token)(&mut header, &mut claims);
        if imitates {
            header.remove("typ");
            claims.insert("ignored_claim".to_owned(), "ignored".into());
        }
        self.run(|set| set.logout_token_header.clone(), &mut header);
        self.run(|set| set.logout_token_claims.clone(), &mut claims);
        let secret = client.client_secret.as_deref().unwrap_or_default();
        Ok(signing.sign(keys, secret, &header, &claims)?)
    }

    fn back_channel_form(&self, form: &mut Vec<(String, String)>) {
        if self.settings().imitates_conformance_suite {
            form.push(("ignored_parameter".to_owned(), "ignored".to_owned()));
        }
        self.run_on_parameters(|set| set.back_channel_form.clone(), form);
    }

    fn sends(&self, notice: Notice) -> Option<Notice> {
        // What the product does not know, no setting makes it do.
        let when = self.shape.back_channel?;
        let set = self.settings().back_channel;
        match set.unwrap_or(when) {
            BackChannel::Synchronous => Some(notice),
            BackChannel::Queued => {
                self.back_channel.queue(notice);
                None
            }
            BackChannel::Off => None,
        }
    }

    fn carrier(&self) -> Carrier {
        self.back_channel.carrier()
    }

    fn delivered(&self, notice: Notice, answered: Option<&Answered>) {
        self.back_channel.delivered(notice, answered);
    }

    fn front_channel(&self, parameters: &mut Vec<(String, String)>) {
        (self.shape.front_channel)(parameters);
        self.run_on_parameters(|set| set.front_channel.clone(), parameters);
    }

    fn refuses_refresh(&self) -> bool {
        self.settings().refuses_refresh
    }

    fn rotates_refresh_tokens(&self) -> bool {
        !self.settings().keeps_refresh_tokens
    }

    fn offline_access_ends(&self) -> bool {
        self.settings().offline_access_ends
    }

    fn revokes_all(&self) -> bool {
        self.shape.revokes_all || self.settings().revokes_all
    }

    fn revoked(&self, token: &str, gone: Vec<String>) {
        self.revocations().add(token, gone);
    }

    fn sid(&self, unguessable: String) -> String {
        // Visible characters that mean something in a URL, in JSON or in HTML.
        if self.has_special_sids() {
            format!("{unguessable}/+&=?#%22\"\\'<>;:,@~^`|{{}}")
        } else {
            unguessable
        }
    }

    fn auto_login(&self) -> Option<String> {
        self.settings().auto_login.clone()
    }

    fn asks_at_logout(&self) -> bool {
        self.settings().asks_at_logout
    }

    fn accepts_expired_hints(&self) -> bool {
        !self.settings().refuses_expired_hints
    }

    fn end_session_hop(&self) -> Option<String> {
        self.settings().end_session_hop.clone()
    }
}
