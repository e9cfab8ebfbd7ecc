//! `server stand-in`: a platform to try platform mode with.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
};

use clap::Args;
use exeunt_dev_provider::platform::{Extension, Place, PlatformConfig, SIGNED_STRING, Signature};

use super::problems::Problems;

/// Where the stand-in listens unless told otherwise: where the app itself is at other times.
const DEFAULT_PORT: u16 = 3000;

#[derive(Args)]
pub(super) struct StandInArgs {
    /// Where to listen: a loopback address and a port.
    ///
    /// Default: 127.0.0.1:3000.
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<String>,
    /// Where browsers reach it: http on a loopback host.
    ///
    /// Default: http://localhost with the port it listens on.
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// An extension behind the gateway: where browsers find it (a path, or a colon and a port), and where it listens.
    ///
    /// May be given several times. Example: /runtime/apps/notes=http://127.0.0.1:3002
    #[arg(long = "extension", value_name = "PLACE=URL")]
    extensions: Vec<String>,
    /// Take the path off before a request is passed on.
    #[arg(long)]
    strip_prefix: bool,
    /// Let only those through to extensions who are signed in.
    #[arg(long)]
    signed_in_only: bool,
    /// Where tests set faults and look at what was sent: a loopback address and a port.
    ///
    /// Default: nowhere.
    #[arg(long, value_name = "IP:PORT")]
    control: Option<String>,
}

/// What the stand-in is told. It exists only if everything can be read.
#[derive(Debug)]
pub struct StandIn {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where tests set faults.
    pub control: Option<SocketAddr>,
    /// The platform.
    pub platform: PlatformConfig,
}

/// Checks what was given. The secret of the signature and what is signed come from the environment, by the names that the app
/// knows them by.
pub(super) fn validate(given: &StandInArgs, env: &[(OsString, OsString)]) -> Result<StandIn, Problems> {
    let mut problems = Problems::default();
    let address = |option: &str, text: Option<&str>, problems: &mut Problems| {
        let text = text?;
        let address: Option<SocketAddr> = text.parse().ok();
        let address = address.filter(|address| address.ip().is_loopback());
        if address.is_none() {
            problems.add(
                option,
                "must be a loopback address with a port, like 127.0.0.1:3000",
            );
        }
        address
    };
    let listen = address("--listen", given.listen.as_deref(), &mut problems)
        .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)));
    let control = address("--control", given.control.as_deref(), &mut problems);
    let origin = given
        .origin
        .clone()
        .unwrap_or_else(|| format!("http://localhost:{}", listen.port()));
    let mut extensions = Vec::new();
    for text in &given.extensions {
        match extension(text) {
            Some(mut extension) => {
                if given.strip_prefix {
                    extension = extension.strip_prefix();
                }
                if given.signed_in_only {
                    extension = extension.for_signed_in();
                }
                extensions.push(extension);
            }
            None => problems.add(
                "--extension",
                "must be like /runtime/apps/notes=http://127.0.0.1:3002 or :4001=http://127.0.0.1:3002",
            ),
        }
    }
    let mut platform = PlatformConfig::new(origin, extensions);
    if let Some(secret) = variable(env, "FORWARDAUTH_SIGNATURE_SECRET") {
        let signed_string = variable(env, "EXEUNT_PLATFORM_SIGNED_STRING").unwrap_or(SIGNED_STRING);
        match Signature::new(secret, signed_string) {
            Ok(signature) => platform.signature = Some(signature),
            Err(error) => problems.add(
                "FORWARDAUTH_SIGNATURE_SECRET",
                format_args!("cannot be used: {error}"),
            ),
        }
    }
    if problems.is_empty() {
        Ok(StandIn {
            listen,
            control,
            platform,
        })
    } else {
        Err(problems)
    }
}

fn extension(text: &str) -> Option<Extension> {
    let (place, upstream) = text.split_once('=')?;
    let place = match place.strip_prefix(':') {
        Some(port) => Place::Port(port.parse().ok()?),
        None => Place::Path(place.to_owned()),
    };
    Some(Extension::new(place, upstream))
}

/// A variable; an empty one counts as unset.
fn variable<'a>(env: &'a [(OsString, OsString)], name: &str) -> Option<&'a str> {
    let (_, value) = env.iter().find(|(known, _)| known == name)?;
    value.to_str().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Stop, load};
    use super::*;

    fn stand_in(args: &[&str], env: &[(&str, &str)]) -> Result<StandIn, Problems> {
        let args = ["server", "stand-in"].iter().chain(args).map(OsString::from);
        let env = env.iter().map(|(name, value)| (name.into(), value.into()));
        match load(args, env) {
            Ok(Action::StandIn(stand_in)) => Ok(*stand_in),
            Err(Stop::Settings(problems)) => Err(problems),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_options_it_takes_the_place_of_the_app() {
        let stand_in = stand_in(&[], &[]).unwrap();
        assert_eq!(stand_in.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(stand_in.platform.origin, "http://localhost:3000");
        assert_eq!(stand_in.control, None);
        assert!(stand_in.platform.signature.is_none());
    }

    #[test]
    fn extensions_are_at_a_path_or_at_a_port() {
        let stand_in = stand_in(
            &[
                "--listen=127.0.0.1:4000",
                "--extension=/a=http://127.0.0.1:1",
                "--extension=:4001=http://127.0.0.1:2",
                "--strip-prefix",
            ],
            &[("FORWARDAUTH_SIGNATURE_SECRET", "0123456789abcdef")],
        )
        .unwrap();
        let platform = &stand_in.platform;
        let places: Vec<_> = platform.extensions.iter().map(|one| &one.place).collect();
        assert_eq!(places, [&Place::Path("/a".to_owned()), &Place::Port(4001)]);
        assert!(platform.extensions.iter().all(|one| one.strips_prefix));
        assert_eq!(platform.origin, "http://localhost:4000");
        assert!(platform.signature.is_some());
    }

    #[test]
    fn it_says_what_cannot_be_and_repeats_no_secret() {
        for (args, env, named) in [
            (vec!["--listen=0.0.0.0:3000"], vec![], "--listen"),
            (vec!["--control=192.0.2.1:3000"], vec![], "--control"),
            (vec!["--extension=/a"], vec![], "--extension"),
            (
                vec![],
                vec![("FORWARDAUTH_SIGNATURE_SECRET", "s3cret")],
                "FORWARDAUTH_SIGNATURE_SECRET",
            ),
        ] {
            let problems = stand_in(&args, &env).unwrap_err();
            let told: Vec<_> = problems.iter().collect();
            assert!(matches!(told[..], [only] if only.starts_with(named)), "{told:?}");
            assert!(!problems.to_string().contains("s3cret"));
        }
    }
}
