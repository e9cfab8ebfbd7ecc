//! The development provider: lets anyone in, so it runs only where nobody else can reach it.

use std::net::{Ipv4Addr, SocketAddr};

use exeunt::config::{ClientId, Issuer};

use super::{http::Http, problems::Problems};

/// How far its port is from ours. Not 1, which is the reload port of cargo-leptos.
const PORT_DISTANCE: u16 = 10;

/// The development provider takes the place of a real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevelopmentProvider {
    /// Where it listens: `127.0.0.1`, ten ports above the app. As another site than `localhost` it behaves towards
    /// cookies like a real provider.
    pub listen: SocketAddr,
}

/// Its issuer, our client id there, and where it listens; `None` if it must not run here.
pub(super) fn provider(
    http: &Http,
    problems: &mut Problems,
) -> Option<(Issuer, ClientId, DevelopmentProvider)> {
    let mut allowed = true;
    let mut refuse = |variable: &str, what: &str| {
        allowed = false;
        problems.add(
            "EXEUNT_ISSUER",
            format_args!(
                "is unset, and the development provider, which lets anyone in, must not run because {variable} {what}; \
                 set EXEUNT_ISSUER to a real provider, or {variable} to a loopback address"
            ),
        );
    };
    if !http.listen.ip().to_canonical().is_loopback() {
        refuse("LEPTOS_SITE_ADDR", "can be reached from other machines");
    }
    if !http.public_url.is_loopback() {
        refuse("EXEUNT_PUBLIC_URL", "is not on a loopback host");
    }
    let port = http
        .listen
        .port()
        .checked_add(PORT_DISTANCE)
        .filter(|port| *port != PORT_DISTANCE);
    if port.is_none() {
        problems.add(
            "LEPTOS_SITE_ADDR",
            "leaves no port for the development provider, which takes the tenth after it; use one from 1 to 65525",
        );
    }
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port?));
    let (issuer, client_id) = names(listen);
    allowed.then_some((issuer, client_id, DevelopmentProvider { listen }))
}

#[expect(
    clippy::expect_used,
    reason = "a loopback address and a constant are always valid; checked by the tests"
)]
fn names(listen: SocketAddr) -> (Issuer, ClientId) {
    let issuer = format!("http://{listen}")
        .parse()
        .expect("a loopback address is a valid issuer");
    (issuer, "exeunt".parse().expect("a word is a valid client id"))
}
