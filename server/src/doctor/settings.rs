//! What can be told from the settings alone.

use exeunt::http::cookies::Cookies;

use super::finding::Finding;
use crate::config::ServerConfig;

/// Addresses, cookies, client, keys. What may not be at all was refused before it came here.
pub(super) fn judge_settings(config: &ServerConfig) -> Vec<Finding> {
    vec![public_url(config), client(config), keys(config)]
}

fn public_url(config: &ServerConfig) -> Finding {
    let url = &config.settings.public_url;
    let cookie = Cookies::new(url).session();
    if url.is_secure() {
        return Finding::ok(
            "public_url",
            format!("People come by https; the session cookie is called {cookie}."),
        );
    }
    Finding::warning(
        "public_url",
        format!(
            "People come by http, which works on this machine alone; the session cookie is called {cookie}."
        ),
        "For anybody else set EXEUNT_PUBLIC_URL to an https address: only then are cookies Secure and bound to the host.",
    )
}

fn client(config: &ServerConfig) -> Finding {
    let provider = &config.settings.provider;
    if provider.client_secret.is_some() {
        Finding::ok(
            "client",
            "It has a secret, and proves itself with it and with PKCE.",
        )
    } else if config.development.is_some() {
        Finding::warning(
            "client",
            "This is the development provider, which lets anyone in.",
            "For a real one set EXEUNT_ISSUER, EXEUNT_CLIENT_ID and EXEUNT_CLIENT_SECRET.",
        )
    } else {
        Finding::warning(
            "client",
            "It has no secret: a public client, which proves itself by PKCE alone.",
            "If the provider issued a secret, set EXEUNT_CLIENT_SECRET or EXEUNT_CLIENT_SECRET_FILE.",
        )
    }
}

fn keys(config: &ServerConfig) -> Finding {
    let count = config.settings.key_material.iter().count();
    if config.development.is_some() {
        return Finding::ok("keys", "There are keys for sessions and cookies.");
    }
    Finding::ok(
        "keys",
        match count {
            1 => "One key seals sessions and cookies, and opens them.".to_owned(),
            count => format!("The first of {count} keys seals sessions and cookies; all of them open."),
        },
    )
}
