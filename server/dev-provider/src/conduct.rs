//! The points at which a script can make the provider misbehave.

use std::fmt::Debug;

use http::Method;

use crate::back_channel::Notice;
use crate::client::Client;
use crate::delivery::{Answered, Carrier, over_http};
use crate::id_token::{IssueError, Occasion};
use crate::keys::{Keys, Object};
use crate::logout_request::LogoutRequest;
use crate::logout_token::{self, Whose};
use crate::pages::ErrorPage;
use crate::parameters::Parameters;
use crate::provider::Provider;

/// How the provider conducts itself where a test may want it otherwise. Every default is the right conduct.
pub(crate) trait Conduct: Debug + Send + Sync {
    fn discovery(&self, _metadata: &mut Object) {}

    fn jwks(&self, _keys: &mut Object) {}

    /// Signs an ID token.
    fn id_token(
        &self,
        keys: &Keys,
        _client: &Client,
        _occasion: Occasion<'_>,
        claims: Object,
    ) -> Result<String, IssueError> {
        Ok(keys.rsa.sign(&keys.rsa.header(), &claims)?)
    }

    fn token_response(&self, _response: &mut Object) {}

    fn userinfo(&self, _claims: &mut Object) {}

    fn authorization_response(&self, _parameters: &mut Vec<(String, String)>) {}

    fn end_session_return(&self, _parameters: &mut Vec<(String, String)>) {}

    /// Refuses an authorization request with a page.
    fn authorization(&self, _sent: &Parameters) -> Result<(), ErrorPage> {
        Ok(())
    }

    /// Reads a logout request that came to this path, below the issuer.
    fn logout_request(
        &self,
        provider: &Provider,
        _path: &str,
        _method: &Method,
        sent: &Parameters,
    ) -> Result<LogoutRequest, ErrorPage> {
        LogoutRequest::read(provider, sent)
    }

    /// What a logout token tells a client of the session.
    fn whose(&self, _client: &Client, whose: Whose) -> Whose {
        whose
    }

    /// Signs a logout token.
    fn logout_token(&self, keys: &Keys, _client: &Client, claims: Object) -> Result<String, IssueError> {
        Ok(keys.rsa.sign(&logout_token::header(keys), &claims)?)
    }

    /// The form with a logout token.
    fn back_channel_form(&self, _form: &mut Vec<(String, String)>) {}

    /// Whether a notice is sent now: it is returned then.
    fn sends(&self, notice: Notice) -> Option<Notice> {
        Some(notice)
    }

    /// How requests get to relying parties.
    fn carrier(&self) -> Carrier {
        over_http()
    }

    /// What came of a notice; `None` where there was no answer.
    fn delivered(&self, _notice: Notice, _answered: Option<&Answered>) {}

    /// Whether frames are shown at all.
    fn has_front_channel(&self) -> bool {
        true
    }

    /// What is added to the address that is loaded in a frame.
    fn front_channel(&self, _parameters: &mut Vec<(String, String)>) {}

    /// Whether every refresh is answered with `invalid_grant`.
    fn refuses_refresh(&self) -> bool {
        false
    }

    /// Whether a refresh gives a new refresh token.
    fn rotates_refresh_tokens(&self) -> bool {
        true
    }

    /// Whether a grant with offline access goes with its session like any other.
    fn offline_access_ends(&self) -> bool {
        false
    }

    /// Whether the revocation of one token takes everything that the client has of the person.
    fn revokes_all(&self) -> bool {
        false
    }

    /// `token` was revoked, and `gone`, itself included, are good for nothing now.
    fn revoked(&self, _token: &str, _gone: Vec<String>) {}

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
