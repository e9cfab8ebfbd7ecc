//! The settings: from the environment and the command line to a [`ServerConfig`] that is known to be right.
//!
//! Three steps, each in its own file: [`args`] says which settings exist (and is the manual: `server --help`),
//! [`environment`] reads them, and one file per concern checks them. Every problem is collected, so the operator sees all
//! of them at once. Only a start without problems touches the disk, in [`prepare`].

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, process::ExitCode};

use exeunt::config::{Settings, StoreChoice};

use crate::operator::Target;

mod args;
mod development;
mod environment;
mod http;
mod keygen;
mod keys;
mod logout;
mod notice;
mod platform;
mod prepare;
mod problems;
mod provider;
mod secret;
mod session;
mod stand_in;
mod store;
mod telemetry;
#[cfg(test)]
mod tests;

use args::Subject;
pub use development::DevelopmentProvider;
pub use keygen::fresh_key;
pub use notice::{platform_notice, registration_notice, registrations};
pub use platform::PlatformConfig;
pub use problems::Problems;
pub use stand_in::StandIn;

/// What the program was asked to do.
#[derive(Debug)]
pub enum Action {
    /// Serve, with these settings.
    Serve(Box<ServerConfig>),
    /// Serve inside of a platform, which owns the session.
    ServePlatform(Box<PlatformConfig>),
    /// End sessions in the store that these settings name.
    End(Box<ServerConfig>, Target),
    /// Seal all sessions with the first key: see [`reseal`](crate::reseal).
    Reseal(Box<ServerConfig>),
    /// Try the provider: see [`doctor`](crate::doctor).
    Doctor(Box<Examination>),
    /// Play the platform: see [`stand_in`](crate::stand_in).
    StandIn(Box<StandIn>),
    /// Print a fresh value for `EXEUNT_KEYS`: see [`fresh_key`].
    Keygen,
}

/// What the doctor is to look at.
#[derive(Debug)]
pub struct Examination {
    /// The settings, or what is wrong with them: that is a finding like any other.
    pub config: Result<ServerConfig, Problems>,
    /// Whether the answer is for a program.
    pub json: bool,
}

/// Everything the server needs to know. What exists is valid.
#[derive(Debug)]
pub struct ServerConfig {
    /// Where to listen (`LEPTOS_SITE_ADDR`, `127.0.0.1:3000`).
    pub listen: SocketAddr,
    /// Where the built site lies, an existing directory (`LEPTOS_SITE_ROOT`, `target/site`, else `site` beside the
    /// program).
    pub site_root: PathBuf,
    /// Where sessions are kept; the directory of a SQLite file exists (`EXEUNT_STORE`, `sqlite:.exeunt/exeunt.sqlite`).
    pub store: StoreChoice,
    /// Where metrics are to be had (`EXEUNT_METRICS_ADDR`); `None`: nowhere.
    pub metrics: Option<SocketAddr>,
    /// What to log (`RUST_LOG`, `info`).
    pub log_filter: String,
    /// Set if there is no `EXEUNT_ISSUER`: then [`Settings::provider`] describes this development provider.
    pub development: Option<DevelopmentProvider>,
    /// What the relying party needs to know.
    pub settings: Settings,
    /// What is allowed but worth a line in the log at start.
    pub notes: Vec<String>,
}

/// Why the program ends before it has begun.
#[derive(Debug)]
pub enum Stop {
    /// The command line was answered or could not be read: help, version, an unknown option.
    CommandLine(clap::Error),
    /// Settings are missing, wrong or contradict each other.
    Settings(Problems),
}

impl Stop {
    /// Tells the person at the terminal, and gives the exit code: 0 for help, 2 for everything else.
    #[expect(
        clippy::print_stderr,
        reason = "there is no log yet: its settings are part of what failed"
    )]
    pub fn report(self) -> ExitCode {
        match self {
            Self::CommandLine(answer) => {
                // Fails only if nobody reads the output; then there is nobody to tell.
                let _ = answer.print();
                ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2))
            }
            Self::Settings(problems) => {
                eprintln!("{problems}");
                ExitCode::from(2)
            }
        }
    }
}

/// Reads the settings. Both sources are parameters, so that a test decides what they hold; the program passes
/// [`std::env::args_os`] and [`std::env::vars_os`].
///
/// # Errors
///
/// If the program is not to run: help was asked for, or something needs mending.
pub fn load(
    args: impl IntoIterator<Item = OsString>,
    env: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Action, Stop> {
    let command_line = args::parse(args).map_err(Stop::CommandLine)?;
    if matches!(command_line.subject, Subject::Keygen) {
        return Ok(Action::Keygen);
    }
    if let Subject::StandIn(given) = &command_line.subject {
        let env: Vec<_> = env.into_iter().collect();
        return stand_in::validate(given, &env)
            .map(|stand_in| Action::StandIn(Box::new(stand_in)))
            .map_err(Stop::Settings);
    }
    let mut problems = Problems::default();
    let given = environment::read(env, &command_line.matches, &mut problems).map_err(Stop::CommandLine)?;
    if given.platform.is_on() {
        return load_platform(given, &command_line.subject, problems);
    }
    let config = match validate(given, &mut problems) {
        Some(config) if problems.is_empty() => match command_line.subject {
            Subject::Doctor { .. } => prepare::look(config),
            _ => prepare::prepare(config),
        },
        _ => Err(problems),
    };
    match command_line.subject {
        Subject::Doctor { json } => Ok(Action::Doctor(Box::new(Examination { config, json }))),
        Subject::End(target) => config
            .map(|config| Action::End(Box::new(config), target))
            .map_err(Stop::Settings),
        Subject::Reseal => config
            .map(|config| Action::Reseal(Box::new(config)))
            .map_err(Stop::Settings),
        Subject::Serve | Subject::Keygen | Subject::StandIn(_) => {
            config.map(Box::new).map(Action::Serve).map_err(Stop::Settings)
        }
    }
}

/// In platform mode there are no sessions of ours and no provider: only serving makes sense.
fn load_platform(given: args::ServeArgs, subject: &Subject, mut problems: Problems) -> Result<Action, Stop> {
    if !matches!(subject, Subject::Serve) {
        problems.add(
            "KAMIWAZA_API_URL",
            "is set, and in platform mode there is no provider to be tried and no session of this server; do that at the \
             platform, or remove it",
        );
    }
    match platform::validate(given, &mut problems) {
        Some(config) if problems.is_empty() => Ok(Action::ServePlatform(Box::new(config))),
        _ => Err(Stop::Settings(problems)),
    }
}

/// Checks every concern, whatever the others say. `None` only if there are problems.
fn validate(given: args::ServeArgs, problems: &mut Problems) -> Option<prepare::Unprepared> {
    let mut notes = Vec::new();
    platform::refuse_what_needs_a_platform(&given.platform, problems);
    let http = http::validate(&given.http, problems);
    let telemetry = telemetry::validate(&given.telemetry, problems);
    let session = session::validate(&given.session, problems);
    let logout = logout::validate(&given.logout, problems);
    let store = store::validate(&given.store, problems, &mut notes);
    let keys = keys::validate(&given.keys, given.provider.issuer.is_none(), problems);
    let logout_tokens = provider::logout_tokens(&given.provider, problems);
    let provider = provider::validate(&given.provider, &http, problems, &mut notes);
    let development = provider
        .as_ref()
        .and_then(|(_, development)| development.as_ref());
    telemetry::refuse_taken_addresses(&telemetry, http.listen, development, problems);
    let (provider, development) = provider?;
    Some(prepare::Unprepared {
        http,
        telemetry,
        session,
        logout,
        store,
        provider,
        development,
        logout_tokens,
        keys,
        notes,
    })
}
