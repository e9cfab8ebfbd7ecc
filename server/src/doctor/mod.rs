//! `server doctor`: tries the provider with the settings of the server, before anybody signs in or out.
//!
//! The most common way for a sign-out to fail is an address: the end-session endpoint is another than somebody thought, or
//! the address to return to is not registered. Both show only when a person stands on the provider's error page. So each
//! endpoint is asked here, as the app will ask it, with values that are good for nothing: a made-up code, state and token,
//! no cookie, and no redirect is followed. Nothing changes at the provider.
//!
//! Each file is one check: `fetch_…` or `try_…` asks, `judge_…` is pure and makes a [`Finding`] of the answer.

use std::io;

use exeunt::{
    clock::{Clock, SystemClock},
    provider::outbound::{self, Outbound, OutboundSetupError},
    random::{self, OsRandom, RandomError},
};

use crate::config::{Problems, ServerConfig, registrations};

mod authorization;
mod clock;
mod discovery;
mod end_session;
mod finding;
mod notification;
mod report;
mod revocation;
mod settings;
mod signing_keys;
mod store;
mod token;
mod userinfo;

pub use finding::{Finding, Verdict};
pub use report::Report;

/// Why nothing could be examined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoctorError {
    /// The runtime did not start.
    #[error("the runtime could not be started")]
    Runtime(#[source] io::Error),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Outbound(#[from] OutboundSetupError),
    /// There is nothing to make up a state of.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Examines and waits for the end of it. Settings that cannot be read are findings too.
///
/// # Errors
///
/// If this machine does not let us ask anything.
pub fn run(config: Result<ServerConfig, Problems>) -> Result<Report, DoctorError> {
    let config = match config {
        Ok(config) => config,
        Err(problems) => return Ok(Report::of_problems(&problems)),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(DoctorError::Runtime)?
        .block_on(examine(&config, &SystemClock))
}

/// What the checks have in common.
struct Patient<'a> {
    config: &'a ServerConfig,
    outbound: Outbound,
    clock: &'a dyn Clock,
    /// Stands for a code, a state, a token: nobody ever issued it.
    made_up: String,
    redirect_uri: String,
    post_logout_redirect_uri: String,
}

/// Examines everything that the settings name.
///
/// # Errors
///
/// As [`run`].
pub async fn examine(config: &ServerConfig, clock: &dyn Clock) -> Result<Report, DoctorError> {
    let public_url = &config.settings.public_url;
    let patient = Patient {
        config,
        outbound: Outbound::new(outbound::TIMEOUT)?,
        clock,
        made_up: random::token(&OsRandom)?,
        redirect_uri: public_url.absolute("/auth/callback"),
        post_logout_redirect_uri: public_url.absolute("/logged-out"),
    };
    let mut findings = settings::judge_settings(config);
    findings.push(store::examine(config).await);
    let (discovered, known) = discovery::examine(&patient).await;
    findings.extend(discovered);
    if let Some(known) = &known {
        findings.push(signing_keys::examine(&patient, &known.metadata).await);
        findings.push(authorization::examine(&patient, &known.metadata).await);
        findings.push(token::examine(&patient, &known.metadata).await);
        findings.push(userinfo::examine(&patient, &known.metadata).await);
        findings.push(revocation::examine(&patient, &known.metadata).await);
        findings.push(end_session::examine(&patient, known).await);
        findings.push(notification::judge_notification(known, config));
        findings.extend(notification::judge_settings_without_effect(known, config));
    }
    Ok(Report::new(
        config,
        known.map(|known| known.metadata.dialect),
        findings,
        registrations(public_url).collect(),
    ))
}
