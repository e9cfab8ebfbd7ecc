//! Where the server listens and where people find it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::Args;
use exeunt::config::{PublicUrl, TrustedProxies};

use super::problems::Problems;

#[derive(Args)]
#[command(next_help_heading = "Addresses")]
pub(super) struct HttpArgs {
    /// Where people find the app: https, or http on a loopback host; may hold a path prefix.
    ///
    /// Default: http://localhost:3000. Example: https://app.example/some/app
    #[arg(long, env = "EXEUNT_PUBLIC_URL", value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// Where to listen: an IP address and a port.
    ///
    /// May differ from the public URL, behind a reverse proxy. Default: 127.0.0.1:3000. Example: 0.0.0.0:8080
    #[arg(long, env = "LEPTOS_SITE_ADDR", value_name = "IP:PORT")]
    pub(super) site_addr: Option<String>,
    /// The directory of the built site.
    ///
    /// Default: target/site in the working directory; if that does not exist, site beside the program. Example:
    /// /usr/share/exeunt/site
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "DIRECTORY")]
    pub(super) site_root: Option<String>,
    /// The networks whose forwarding headers are believed, separated by commas.
    ///
    /// Default: none, nobody's are. Example: 10.0.0.0/8,192.0.2.7
    #[arg(long, env = "EXEUNT_TRUSTED_PROXIES", value_name = "CIDRS")]
    pub(super) trusted_proxies: Option<String>,
}

/// The addresses, checked. Where one was wrong, its default stands in.
pub(super) struct Http {
    pub(super) listen: SocketAddr,
    pub(super) site_root: PathBuf,
    pub(super) public_url: PublicUrl,
    pub(super) trusted_proxies: TrustedProxies,
}

const DEFAULT_PORT: u16 = 3000;
const DEFAULT_PUBLIC_URL: &str = "http://localhost:3000";
const DEFAULT_SITE_ROOT: &str = "target/site";

pub(super) fn validate(given: &HttpArgs, problems: &mut Problems) -> Http {
    let listen = given.site_addr.as_deref().and_then(|text| {
        let refuse = |_| {
            problems.add(
                "LEPTOS_SITE_ADDR",
                "is not an IP address with a port; write it like 127.0.0.1:3000",
            );
        };
        text.parse().map_err(refuse).ok()
    });
    let listen = listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)));
    if given.public_url.is_none() && listen.port() != DEFAULT_PORT {
        problems.add(
            "EXEUNT_PUBLIC_URL",
            format_args!(
                "is unset, which means {DEFAULT_PUBLIC_URL}, but LEPTOS_SITE_ADDR has port {}; set it to the address that people will use",
                listen.port()
            ),
        );
    }
    Http {
        listen,
        site_root: site_root(given.site_root.as_deref(), problems),
        public_url: problems
            .parse("EXEUNT_PUBLIC_URL", given.public_url.as_deref())
            .unwrap_or_else(default_public_url),
        trusted_proxies: problems
            .parse_or_default("EXEUNT_TRUSTED_PROXIES", given.trusted_proxies.as_deref()),
    }
}

#[expect(
    clippy::expect_used,
    reason = "a constant, parsed in every test of this module"
)]
fn default_public_url() -> PublicUrl {
    DEFAULT_PUBLIC_URL
        .parse()
        .expect("the default public URL is valid")
}

fn site_root(given: Option<&str>, problems: &mut Problems) -> PathBuf {
    if let Some(given) = given {
        if !Path::new(given).is_dir() {
            problems.add(
                "LEPTOS_SITE_ROOT",
                "is not a directory; set it to the built site (`make build` leaves it in target/site)",
            );
        }
        return PathBuf::from(given);
    }
    let program = std::env::current_exe().ok();
    let beside = program
        .as_deref()
        .and_then(Path::parent)
        .map(|directory| directory.join("site"));
    default_site_root(Path::new(DEFAULT_SITE_ROOT), beside).unwrap_or_else(|| {
        problems.add(
            "LEPTOS_SITE_ROOT",
            "is unset and there is neither target/site here nor site beside the program; run `make build`, or set it to the built site",
        );
        PathBuf::from(DEFAULT_SITE_ROOT)
    })
}

/// The first of the two that exists.
fn default_site_root(here: &Path, beside: Option<PathBuf>) -> Option<PathBuf> {
    if here.is_dir() {
        Some(here.to_owned())
    } else {
        beside.filter(|beside| beside.is_dir())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_found_here_or_beside_the_program() {
        let there = tempfile::tempdir().unwrap();
        let (here, beside) = (there.path().join("here"), there.path().join("beside"));
        assert_eq!(default_site_root(&here, Some(beside.clone())), None);
        std::fs::create_dir(&beside).unwrap();
        assert_eq!(
            default_site_root(&here, Some(beside.clone())),
            Some(beside.clone())
        );
        std::fs::create_dir(&here).unwrap();
        assert_eq!(default_site_root(&here, Some(beside)), Some(here));
    }
}
