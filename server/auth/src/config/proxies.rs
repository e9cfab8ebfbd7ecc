//! Whose forwarding headers are believed.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// What is wrong with a list of networks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedProxiesError {
    /// Neither a network nor an address.
    #[error(
        "at place {0} is not a network; write it like 10.0.0.0/8, 192.0.2.7 or fd00::/8, separated by commas"
    )]
    Malformed(usize),
    /// The whole Internet.
    #[error(
        "at place {0} trusts every address, so anyone could forge the headers; name the networks of your proxies"
    )]
    Everyone(usize),
}

/// The networks whose forwarding headers are believed. Empty by default: nobody's are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether the peer with this address is one of them.
    #[must_use]
    pub fn contains(&self, peer: IpAddr) -> bool {
        // On a socket that serves both families an IPv4 peer shows as ::ffff:a.b.c.d.
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(&peer))
    }

    /// Whether each entry is a single address.
    #[must_use]
    pub fn names_only_addresses(&self) -> bool {
        self.0
            .iter()
            .all(|network| network.prefix_len() == network.max_prefix_len())
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    /// Networks or single addresses, separated by commas or white space.
    fn from_str(text: &str) -> Result<Self, TrustedProxiesError> {
        text.split(|c: char| c == ',' || c.is_whitespace())
            .filter(|entry| !entry.is_empty())
            .enumerate()
            .map(|(index, entry)| parse_network(entry, index + 1))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn parse_network(text: &str, place: usize) -> Result<IpNet, TrustedProxiesError> {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| TrustedProxiesError::Malformed(place))?;
    if network.prefix_len() == 0 {
        return Err(TrustedProxiesError::Everyone(place));
    }
    Ok(network.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses_are_told() {
        let proxies: TrustedProxies = "10.0.0.0/8, 192.0.2.7 fd00::/8".parse().unwrap();
        let trusted = |address: &str| proxies.contains(address.parse().unwrap());
        assert!(
            trusted("10.255.0.1") && trusted("192.0.2.7") && trusted("fd12::1") && trusted("::ffff:10.1.2.3")
        );
        assert!(
            !trusted("11.0.0.1") && !trusted("192.0.2.8") && !trusted("fe80::1") && !trusted("127.0.0.1")
        );
    }

    #[test]
    fn i7_nobody_is_trusted_by_default_and_never_everyone() {
        assert!(!TrustedProxies::default().contains("127.0.0.1".parse().unwrap()));
        assert!("".parse::<TrustedProxies>().unwrap().is_empty());
        assert_eq!(
            "0.0.0.0/0".parse::<TrustedProxies>(),
            Err(TrustedProxiesError::Everyone(1))
        );
        assert_eq!(
            "10.0.0.1,::/0".parse::<TrustedProxies>(),
            Err(TrustedProxiesError::Everyone(2))
        );
        assert_eq!(
            "10.0.0.0/8,proxy".parse::<TrustedProxies>(),
            Err(TrustedProxiesError::Malformed(2))
        );
        assert_eq!(
            "10.0.0.0/33".parse::<TrustedProxies>(),
            Err(TrustedProxiesError::Malformed(1))
        );
    }
}
