//! The conduct of a provider that follows a script.

use super::state::{ObjectHook, ParametersHook, ScriptState, Settings};
use crate::conduct::Conduct;
use crate::config::Client;
use crate::id_token::IssueError;
use crate::keys::{Keys, Object};

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
}

impl Conduct for ScriptState {
    fn discovery(&self, metadata: &mut Object) {
        self.run(|set| set.discovery.clone(), metadata);
    }

    fn jwks(&self, keys: &mut Object) {
        self.run(|set| set.jwks.clone(), keys);
    }

    fn id_token(&self, keys: &Keys, client: &Client, mut claims: Object) -> Result<String, IssueError> {
        let (signing, omits_kid) = {
            let settings = self.settings();
            (settings.signing, settings.omits_kid)
        };
        let mut header = signing.header(keys);
        if omits_kid {
            header.remove("kid");
        }
        if !self.audiences.is_empty() {
            let mut audience = vec![client.client_id.clone()];
            audience.extend(self.audiences.iter().cloned());
            claims.insert("aud".to_owned(), audience.into());
        }
        self.run(|set| set.id_token_header.clone(), &mut header);
        self.run(|set| set.id_token_claims.clone(), &mut claims);
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

    fn sid(&self, unguessable: String) -> String {
        // Visible characters that mean something in a URL, in JSON or in HTML.
        if self.settings().special_sid {
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
