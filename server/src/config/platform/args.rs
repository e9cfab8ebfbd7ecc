//! Which settings platform mode has. The texts are the manual.

use clap::Args;

#[derive(Args)]
#[command(next_help_heading = "Platform (KAMIWAZA_*)")]
pub(in crate::config) struct PlatformArgs {
    /// The platform that owns the session, as this server reaches its API. Turns platform mode on.
    ///
    /// Then no OpenID Provider, no store and no keys are needed: the platform's gateway says who is signed in, and a sign-out is
    /// handed on to the platform. docs/platform.md tells how. Excludes EXEUNT_ISSUER. Default: none. Example:
    /// http://host.docker.internal:8080
    #[arg(long, env = "KAMIWAZA_API_URL", value_name = "URL")]
    pub(in crate::config) kamiwaza_api_url: Option<String>,
    /// The platform's API as browsers reach it: https, or http on a loopback host.
    ///
    /// Default: KAMIWAZA_API_URL. Example: https://platform.example/api
    #[arg(long, env = "KAMIWAZA_PUBLIC_API_URL", value_name = "URL")]
    pub(in crate::config) kamiwaza_public_api_url: Option<String>,
    /// Where people find this app, if EXEUNT_PUBLIC_URL does not say it.
    ///
    /// Default: the origin of KAMIWAZA_PUBLIC_API_URL with KAMIWAZA_APP_PATH; without a path http://localhost:3000, and only while
    /// LEPTOS_SITE_ADDR is a loopback address. Example: https://platform.example:4443
    #[arg(long, env = "KAMIWAZA_APP_URL", value_name = "URL")]
    pub(in crate::config) kamiwaza_app_url: Option<String>,
    /// The path below which the platform serves this app; empty where it has a port of its own, which KAMIWAZA_APP_URL names.
    ///
    /// A proxy's x-forwarded-prefix never counts. Default: none. Example: /runtime/apps/my-app
    #[arg(long, env = "KAMIWAZA_APP_PATH", value_name = "PATH")]
    pub(in crate::config) kamiwaza_app_path: Option<String>,
    /// Whether anybody has to sign in: true, or false (also 0, no, off), and then everybody is anonymous.
    ///
    /// Default: true. Example: false
    #[arg(long, env = "KAMIWAZA_USE_AUTH", value_name = "BOOL")]
    pub(in crate::config) kamiwaza_use_auth: Option<String>,
    /// Whether the platform's certificate is checked: true, or false (also 0, no, off), for development alone.
    ///
    /// With false, whoever stands between can read and forge what is exchanged. EXEUNT_PLATFORM_CA_FILE is the better way.
    /// Default: true. Example: false
    #[arg(long, env = "KAMIWAZA_TLS_REJECT_UNAUTHORIZED", value_name = "BOOL")]
    pub(in crate::config) kamiwaza_tls_reject_unauthorized: Option<String>,
    /// A file with certificates of authorities, in PEM, that the platform's certificate may come from besides the public ones.
    ///
    /// Default: none. Example: /etc/ssl/platform-ca.pem
    #[arg(long, env = "EXEUNT_PLATFORM_CA_FILE", value_name = "FILE")]
    pub(in crate::config) platform_ca_file: Option<String>,
    /// The secret with which the gateway signs the identity headers; environment only.
    ///
    /// With it every request needs a valid signature (x-user-signature, x-user-signature-ts), whoever sends it. Without it the
    /// identity headers of the peers in EXEUNT_TRUSTED_PROXIES are believed, and of nobody else. Default: none.
    #[arg(long, env = "FORWARDAUTH_SIGNATURE_SECRET", value_name = "SECRET")]
    pub(in crate::config) forwardauth_signature_secret: Option<String>,
    /// A file that holds the secret instead.
    ///
    /// A newline at its end is ignored. Default: none. Example: /run/secrets/forwardauth-signature-secret
    #[arg(long, env = "FORWARDAUTH_SIGNATURE_SECRET_FILE", value_name = "FILE")]
    pub(in crate::config) forwardauth_signature_secret_file: Option<String>,
    /// What the gateway signs, with HMAC-SHA256: text, {header-name} where the value of a header stands, \n for a line feed.
    ///
    /// Headers that are not named are not signed, and are ignored. The contract "legacy" needs {x-user-email}. Default:
    /// {x-user-signature-ts}\n{x-user-id}\n{x-user-email}\n{x-user-name}\n{x-user-roles}. Example:
    /// {x-user-signature-ts}\n{x-user-id}\n{x-user-email}
    #[arg(long, env = "EXEUNT_PLATFORM_SIGNED_STRING", value_name = "TEMPLATE")]
    pub(in crate::config) platform_signed_string: Option<String>,
    /// How far the moment of a signature may be from ours, in either direction; at most 15 minutes.
    ///
    /// Default: 60s. Example: 30s
    #[arg(long, env = "EXEUNT_PLATFORM_SIGNATURE_WINDOW", value_name = "DURATION")]
    pub(in crate::config) platform_signature_window: Option<String>,
    /// In which version the platform's contract is spoken: legacy or current.
    ///
    /// Default: legacy. Example: current
    #[arg(long, env = "EXEUNT_PLATFORM_CONTRACT", value_name = "NAME")]
    pub(in crate::config) platform_contract: Option<String>,
    /// The cookies of the browser that the platform gets to see at a sign-out, separated by commas; no others leave.
    ///
    /// By each of them the sign-on that was signed out is known again: name none that stays the same from one sign-on to the next.
    /// Default: access_token,refresh_token,id_token. Example: access_token,gateway_session
    #[arg(long, env = "EXEUNT_PLATFORM_FORWARDED_COOKIES", value_name = "NAMES")]
    pub(in crate::config) platform_forwarded_cookies: Option<String>,
    /// The cookies that the platform's answer to a sign-out may remove from the browser, separated by commas.
    ///
    /// Default: access_token,refresh_token,id_token. Example: access_token,gateway_session
    #[arg(long, env = "EXEUNT_PLATFORM_RELAYED_COOKIES", value_name = "NAMES")]
    pub(in crate::config) platform_relayed_cookies: Option<String>,
    /// How long a sign-out waits for the platform; at most 8 seconds, since a page gives up on this server after ten.
    ///
    /// Default: 5s. Example: 2s
    #[arg(long, env = "EXEUNT_PLATFORM_TIMEOUT", value_name = "DURATION")]
    pub(in crate::config) platform_timeout: Option<String>,
}

impl PlatformArgs {
    /// Whether platform mode is asked for.
    pub(in crate::config) const fn is_on(&self) -> bool {
        self.kamiwaza_api_url.is_some()
    }
}
