//! Which settings exist. The texts are the manual: `server --help` prints them.
//!
//! Every field is optional text here; defaults and checks are in the file of its concern. That a setting was left out,
//! came from the environment or from the command line can be told apart only this way.

use std::ffi::OsString;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::{
    http::HttpArgs, keys::KeyArgs, logout::LogoutArgs, platform::PlatformArgs, provider::ProviderArgs,
    session::SessionArgs, stand_in::StandInArgs, store::StoreArgs, telemetry::TelemetryArgs,
};
use crate::operator::Target;

/// The Exeunt server: signs people in through OpenID Connect, and out completely.
///
/// Settings come from the environment or from options; an option wins over its variable, and an empty variable counts as
/// unset. Secrets are read from the environment or from a file, never from an option. Without any setting the server runs
/// at http://localhost:3000 with a development provider of its own. What is missing or contradicts itself stops the
/// start with a message that names the variable and the mend.
#[derive(Parser)]
#[command(name = "server", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    action: Option<ActionArgs>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum ActionArgs {
    /// Serve the app (what happens without a subcommand).
    Serve(Box<ServeArgs>),
    /// End a session, or all sessions of a person, in the store of a running server.
    End(Box<EndArgs>),
    /// Try the provider with these settings and say what is wrong, before anybody signs in or out.
    ///
    /// Reads the same settings as serve, asks every endpoint of the provider without changing anything there, and prints
    /// what was seen, the mend, and the addresses to register. Ends with 1 if something is wrong. The server need not run,
    /// save with the development provider, which is part of it.
    Doctor(Box<DoctorArgs>),
    /// Print a fresh value for EXEUNT_KEYS.
    Keygen,
    /// Seal with the first of EXEUNT_KEYS what the others sealed, so that they can be removed without signing anybody out.
    ///
    /// Reads the same settings as serve and works on the store itself, beside running servers. Run it when every server has the
    /// new first key.
    Reseal(Box<ServeArgs>),
    /// Play a platform that owns the session, to try platform mode with. For development and tests, on loopback only.
    ///
    /// Anyone signs in as anyone there. FORWARDAUTH_SIGNATURE_SECRET and EXEUNT_PLATFORM_SIGNED_STRING mean what they mean to
    /// serve.
    StandIn(StandInArgs),
}

/// Whose session ends, and the settings of the server whose store it is in.
#[derive(Args)]
struct EndArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Args)]
struct DoctorArgs {
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct TargetArgs {
    /// The subject of the person all of whose sessions end; the audit log calls it sub.
    #[arg(long, value_name = "SUB")]
    user: Option<String>,
    /// The session that ends; the audit log calls it session.
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

/// All settings, one group per concern.
#[derive(Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    pub(super) http: HttpArgs,
    #[command(flatten)]
    pub(super) provider: ProviderArgs,
    #[command(flatten)]
    pub(super) session: SessionArgs,
    #[command(flatten)]
    pub(super) logout: LogoutArgs,
    #[command(flatten)]
    pub(super) store: StoreArgs,
    #[command(flatten)]
    pub(super) keys: KeyArgs,
    #[command(flatten)]
    pub(super) telemetry: TelemetryArgs,
    #[command(flatten)]
    pub(super) platform: PlatformArgs,
}

/// Which subcommand.
pub(super) enum Subject {
    Serve,
    Doctor { json: bool },
    End(Target),
    Reseal,
    Keygen,
    StandIn(StandInArgs),
}

/// What the command line said.
pub(super) struct CommandLine {
    pub(super) subject: Subject,
    /// The options that were given, for whichever way `serve` was asked for.
    pub(super) matches: clap::ArgMatches,
}

/// Reads the command line alone, without the environment.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
    let command = Cli::command()
        .mut_args(name_variable)
        .mut_subcommands(|sub| sub.mut_args(name_variable));
    let mut matches = command.try_get_matches_from(args)?;
    let Some((name, matches)) = matches.remove_subcommand() else {
        return Ok(CommandLine {
            subject: Subject::Serve,
            matches,
        });
    };
    let subject = match name.as_str() {
        "keygen" => Subject::Keygen,
        "doctor" => Subject::Doctor {
            json: matches.get_flag("json"),
        },
        "end" => Subject::End(match TargetArgs::from_arg_matches(&matches)? {
            TargetArgs { user: Some(sub), .. } => Target::User(sub),
            TargetArgs { session, .. } => Target::Session(session.unwrap_or_default()),
        }),
        "reseal" => Subject::Reseal,
        "stand-in" => Subject::StandIn(StandInArgs::from_arg_matches(&matches)?),
        _ => Subject::Serve,
    };
    Ok(CommandLine { subject, matches })
}

/// A command that knows the settings and nothing else: what the environment is read with.
pub(super) fn settings_command() -> clap::Command {
    ServeArgs::augment_args(clap::Command::new("environment"))
}

impl ServeArgs {
    /// Settings from the environment, written as options, overridden by those of the command line.
    pub(super) fn merge(
        environment: Vec<OsString>,
        command_line: &clap::ArgMatches,
    ) -> Result<Self, clap::Error> {
        let matches = settings_command()
            .no_binary_name(true)
            .mut_args(name_variable)
            .try_get_matches_from(environment)?;
        let mut merged = Self::from_arg_matches(&matches)?;
        merged.update_from_arg_matches(command_line)?;
        Ok(merged)
    }
}

/// Names the variable in the help, and keeps clap from reading the process environment on its own: it is a parameter
/// here, and its values (secrets among them) must not show in the help.
fn name_variable(arg: clap::Arg) -> clap::Arg {
    let Some(name) = arg.get_env().and_then(|name| name.to_str()).map(str::to_owned) else {
        return arg;
    };
    let short = format!("{} [env: {name}]", arg.get_help().cloned().unwrap_or_default());
    let long = arg
        .get_long_help()
        .or(arg.get_help())
        .cloned()
        .unwrap_or_default();
    arg.env(None::<&'static str>)
        .help(short)
        .long_help(format!("{long}\n\n[env: {name}]"))
}
