//! What to register at the provider, for the operator to read at start.

use std::fmt::Write as _;

use exeunt::{config::PublicUrl, logout::frontchannel};

use super::{PlatformConfig, ServerConfig};

/// What this build serves that a provider must know: what it is called there, and its path.
const REGISTRATIONS: &[(&str, &str)] = &[
    ("redirect URI", "/auth/callback"),
    ("post-logout redirect URI", "/logged-out"),
    ("back-channel logout URI", "/auth/backchannel-logout"),
    ("front-channel logout URL", frontchannel::PATH),
];

/// What to register at the provider: what it is called there, and the address, which must be equal to the letter.
pub fn registrations(public_url: &PublicUrl) -> impl Iterator<Item = (&'static str, String)> {
    REGISTRATIONS
        .iter()
        .map(|(name, path)| (*name, public_url.absolute(path)))
}

/// Tells which platform is used, and where it sends browsers back to.
#[must_use]
pub fn platform_notice(config: &PlatformConfig) -> String {
    let settings = &config.settings;
    format!(
        "Exeunt is at {}\n\
         The platform at {} owns the session. It must be allowed to send browsers back to\n  {}\n",
        settings.public_url,
        settings.public_api_url,
        settings.public_url.absolute("/logged-out"),
    )
}

/// Tells which provider is used, what to register there, and how to get from the development provider to a real one.
#[must_use]
pub fn registration_notice(config: &ServerConfig) -> String {
    let provider = &config.settings.provider;
    let public_url = &config.settings.public_url;
    let mut text = format!("Exeunt is at {public_url}\n");
    // Writing to a String cannot fail.
    let _ = if config.development.is_some() {
        writeln!(
            text,
            "It signs people in through its development provider at {}, which lets anyone in.\n\
             For a real provider, register this app there with",
            provider.issuer
        )
    } else {
        writeln!(
            text,
            "It signs people in through {} as the client {}, which must be registered there with",
            provider.issuer, provider.client_id
        )
    };
    for (name, address) in registrations(public_url) {
        let _ = writeln!(text, "  {name:<26}{address}");
    }
    if config.development.is_some() {
        text.push_str(
            "and set EXEUNT_ISSUER, EXEUNT_CLIENT_ID, EXEUNT_CLIENT_SECRET and EXEUNT_KEYS (`server keygen` prints one).\n",
        );
    }
    text
}
