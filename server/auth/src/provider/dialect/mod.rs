//! Dialects: how providers deviate from the specifications, as data. One row each in [`TABLE`].
//!
//! A row chooses parameters, never an address (invariant I8): where a provider's session is ended comes from its discovery
//! document, or from the operator.

use std::time::Duration;

use url::Url;

use crate::config::{Dialect, Issuer};

mod recognise;
mod table;

pub use recognise::recognise;
pub use table::TABLE;

/// One row: the habits of a provider.
#[derive(Debug)]
pub struct Habits {
    dialect: Dialect,
    signs: &'static [Sign],
    logout: Logout,
    revocation: Revocation,
    front_channel_sid_without_iss: bool,
    prompts: Prompts,
}

/// How a provider is recognised. All comparisons are of the whole host or of whole path segments.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// The issuer, to the letter.
    Issuer(&'static str),
    /// The issuer's host.
    IssuerHost(&'static str),
    /// The issuer's host is a name below this one.
    IssuerBelow(&'static str),
    /// The issuer's host begins and ends so, with one label between.
    IssuerRegion(&'static str, &'static str),
    /// The issuer's path ends so, whether or not a slash follows.
    IssuerPathEnd(&'static str),
    /// The host of the end-session endpoint is a name below this one.
    EndpointBelow(&'static str),
    /// The path of the end-session endpoint.
    EndpointPath(&'static str),
    /// The path of the end-session endpoint ends so.
    EndpointPathEnd(&'static str),
}

/// The parameters of a logout request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logout {
    /// The ID token.
    pub(crate) hint: Hint,
    /// Whether `client_id` is sent.
    pub(crate) client_id: bool,
    /// What the address to return to is called.
    pub(crate) return_to: &'static str,
    /// Whether `state` is sent. Only then does a return tell anything: it says that the provider sent the browser back
    /// after this very request, and no more, since some send it back also when the person chose to stay signed in.
    pub(crate) state: bool,
    /// Whether `logout_hint` is sent, with the value of the claim `login_hint`.
    pub(crate) logout_hint: bool,
    /// Whether `ui_locales` is sent.
    pub(crate) ui_locales: bool,
    /// How the browser gets there.
    pub(crate) method: Method,
}

/// What becomes of `id_token_hint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Never sent.
    None,
    /// Sent. Without it the provider asks the person.
    Welcome,
    /// Sent unless it expired longer ago than this: then it would be refused.
    WelcomeUntil(Duration),
    /// Sent. Without it the provider refuses to send the browser back, so it is not asked to.
    NeededToReturn,
    /// Sent. Without it the provider answers with an error, so it is not asked at all.
    Required,
}

/// How the browser gets to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// By navigating; by a form if the address would be too long.
    ByLength,
    /// By navigating, always.
    Get,
    /// By a form, always.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "no product that is known so far insists on it")
    )]
    Post,
}

/// What revoking a token does at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It ends the tokens of this one sign-in.
    Token,
    /// It ends the tokens of all the person's sign-ins to this app, in other browsers too.
    Grant,
    /// There is no such thing, whatever the metadata says.
    None,
}

/// Which prompts a provider understands where its metadata does not list them.
#[derive(Clone, Copy, Debug)]
struct Prompts {
    /// What makes it ask the person instead of signing them in by itself.
    asks: &'static str,
    /// Whether it understands `select_account`; some answer it with an error.
    selects_account: bool,
}

impl Habits {
    /// The row of a dialect. [`Dialect::Auto`] has none of its own: it is that of [`Dialect::Standard`].
    #[must_use]
    pub fn of(dialect: Dialect) -> &'static Self {
        TABLE
            .iter()
            .find(|row| row.dialect == dialect)
            .unwrap_or(&TABLE[0])
    }

    /// The row that the operator names, else the one that is recognised.
    #[must_use]
    pub fn chosen(setting: Dialect, issuer: &Issuer, end_session_endpoint: Option<&Url>) -> &'static Self {
        Self::of(match setting {
            Dialect::Auto => recognise(issuer, end_session_endpoint),
            named => named,
        })
    }

    /// Which dialect this is.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What revoking a token does there.
    #[must_use]
    pub const fn revocation(&self) -> Revocation {
        self.revocation
    }

    /// Whether its front-channel requests carry `sid` without `iss`.
    /// [Front-Channel Logout 1.0, section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
    #[must_use]
    pub const fn front_channel_sid_without_iss(&self) -> bool {
        self.front_channel_sid_without_iss
    }

    /// The prompt that makes it ask the person, by what its metadata lists, else by what is known of it (invariant I19).
    #[must_use]
    pub fn asking_prompt(&self, listed: Option<&[String]>) -> &'static str {
        match listed {
            Some(prompts) if prompts.iter().any(|one| one == "login") => "login",
            Some(_) => "select_account",
            None => self.prompts.asks,
        }
    }

    /// Whether it understands `prompt=select_account`.
    #[must_use]
    pub fn selects_account(&self, listed: Option<&[String]>) -> bool {
        listed.map_or(self.prompts.selects_account, |prompts| {
            prompts.iter().any(|one| one == "select_account")
        })
    }

    /// Whether it hands our state back, so that a return can be recognised.
    #[must_use]
    pub const fn returns_state(&self) -> bool {
        self.logout.state
    }

    /// Whether it can be asked to sign out only with the session's ID token.
    #[must_use]
    pub const fn requires_id_token_hint(&self) -> bool {
        matches!(self.logout.hint, Hint::Required)
    }

    /// Whether it is never given an ID token: what it refuses then, it does not refuse for want of one.
    #[must_use]
    pub const fn takes_no_id_token_hint(&self) -> bool {
        matches!(self.logout.hint, Hint::None)
    }

    /// Whether it is told where to return to only together with an ID token.
    #[must_use]
    pub const fn returns_by_id_token_hint_only(&self) -> bool {
        matches!(self.logout.hint, Hint::NeededToReturn)
    }

    /// The parameters of its logout request.
    pub(crate) const fn logout(&self) -> &Logout {
        &self.logout
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Timestamp,
        logout::rp_initiated::{Departure, LogoutRequest},
    };

    #[test]
    fn a1_7_a_provider_that_insists_on_it_gets_a_form_however_short() {
        let row = Habits {
            dialect: Dialect::Standard,
            signs: &[],
            logout: Logout {
                method: Method::Post,
                ..TABLE[0].logout
            },
            revocation: Revocation::Token,
            front_channel_sid_without_iss: false,
            prompts: TABLE[0].prompts,
        };
        let request = LogoutRequest {
            client_id: "app",
            post_logout_redirect_uri: "https://app.example/logged-out",
            state: "s",
            hint: None,
            dialect: &row,
            now: Timestamp::from_seconds(0),
        };
        let departure = Departure::new(&"https://op.example/end?p=1".parse().unwrap(), &request);
        let Some(Departure::Post { action, fields }) = departure else {
            panic!("no form");
        };
        assert_eq!(action, "https://op.example/end?p=1");
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["client_id", "post_logout_redirect_uri", "state"]);
    }
}
