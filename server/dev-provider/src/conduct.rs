//! The points at which a script can make the provider misbehave.

use std::fmt::Debug;

use crate::config::Client;
use crate::id_token::IssueError;
use crate::keys::{Keys, Object};

/// How the provider conducts itself where a test may want it otherwise. Every default is the right conduct.
pub(crate) trait Conduct: Debug + Send + Sync {
    fn discovery(&self, _metadata: &mut Object) {}

    fn jwks(&self, _keys: &mut Object) {}

    /// Signs an ID token.
    fn id_token(&self, keys: &Keys, _client: &Client, claims: Object) -> Result<String, IssueError> {
        Ok(keys.rsa.sign(&keys.rsa.header(), &claims)?)
    }

    fn token_response(&self, _response: &mut Object) {}

    fn userinfo(&self, _claims: &mut Object) {}

    fn authorization_response(&self, _parameters: &mut Vec<(String, String)>) {}

    fn end_session_return(&self, _parameters: &mut Vec<(String, String)>) {}

    /// The `sid` of a new session, made of an unguessable value.
    fn sid(&self, unguessable: String) -> String {
        unguessable
    }

    /// Who is signed in where the picker would ask.
    fn auto_login(&self) -> Option<String> {
        None
    }

    /// Whether the confirmation page comes even with a good hint.
    fn asks_at_logout(&self) -> bool {
        false
    }

    /// [OpenID Connect RP-Initiated Logout 1.0, section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout):
    /// the provider should accept them.
    fn accepts_expired_hints(&self) -> bool {
        true
    }

    /// An origin the browser passes through after the end of the session.
    fn end_session_hop(&self) -> Option<String> {
        None
    }
}

/// The conduct of the served provider.
#[derive(Debug)]
pub(crate) struct Conforming;

impl Conduct for Conforming {}
