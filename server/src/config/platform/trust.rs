//! Whom this app believes: the gateway's headers, and the platform's certificate.

use std::{fs, time::Duration};

use exeunt::platform::{
    Contract,
    identity::{self, Trust},
    settings::{Certificates, TlsTrust},
    signature::{SignaturePolicy, SignatureSecret},
};

use super::{PlatformArgs, Problems, duration, http, secret, switch};

const WINDOW: Duration = Duration::from_secs(60);
const LONGEST_WINDOW: Duration = Duration::from_secs(15 * 60);

/// Whom identity headers are believed from.
pub(super) fn trust(
    given: &PlatformArgs,
    http: &http::Http,
    use_auth: bool,
    problems: &mut Problems,
    notes: &mut Vec<String>,
) -> Trust {
    let secret: Option<SignatureSecret> = secret::read(
        "FORWARDAUTH_SIGNATURE_SECRET",
        given.forwardauth_signature_secret.as_deref(),
        given.forwardauth_signature_secret_file.as_deref(),
        problems,
    );
    let signed_string = problems.parse_or_default(
        "EXEUNT_PLATFORM_SIGNED_STRING",
        given.platform_signed_string.as_deref(),
    );
    let window = duration(
        "EXEUNT_PLATFORM_SIGNATURE_WINDOW",
        given.platform_signature_window.as_deref(),
        WINDOW,
        LONGEST_WINDOW,
        problems,
    );
    if let Some(secret) = secret {
        return Trust::Signature(SignaturePolicy {
            secret,
            signed_string,
            window,
        });
    }
    if use_auth && http.trusted_proxies.is_empty() {
        notes.push(
            "FORWARDAUTH_SIGNATURE_SECRET and EXEUNT_TRUSTED_PROXIES are both unset: nobody's identity headers are believed, so \
             nobody can be signed in. Set one of them."
                .to_owned(),
        );
    } else if use_auth && !http.trusted_proxies.names_only_addresses() {
        notes.push(
            "FORWARDAUTH_SIGNATURE_SECRET is unset, and EXEUNT_TRUSTED_PROXIES names whole networks: every machine in them can \
             say that it is anybody. Name the addresses of the gateway, or set the secret."
                .to_owned(),
        );
    }
    Trust::Peers(http.trusted_proxies.clone())
}

/// The older contract wants an e-mail address, and only what is signed counts: without it in the signed string nobody would ever be
/// signed in.
pub(super) fn refuse_what_signs_nobody_in(
    trust: &Trust,
    contract: Contract,
    use_auth: bool,
    problems: &mut Problems,
) {
    let Trust::Signature(policy) = trust else { return };
    if use_auth && contract == Contract::Legacy && !policy.signed_string.covers(&identity::USER_EMAIL) {
        problems.add(
            "EXEUNT_PLATFORM_SIGNED_STRING",
            "does not name {x-user-email}, which the contract \"legacy\" wants of everybody who is signed in; name it, or set \
             EXEUNT_PLATFORM_CONTRACT=current",
        );
    }
}

/// How the platform's certificate is judged.
pub(super) fn tls(given: &PlatformArgs, problems: &mut Problems, notes: &mut Vec<String>) -> TlsTrust {
    let checked = switch(
        "KAMIWAZA_TLS_REJECT_UNAUTHORIZED",
        given.kamiwaza_tls_reject_unauthorized.as_deref(),
        problems,
    );
    let certificates = given.platform_ca_file.as_deref().and_then(|file| {
        let text = fs::read_to_string(file).map_err(|error| {
            problems.add(
                "EXEUNT_PLATFORM_CA_FILE",
                format_args!("cannot be read ({}); check path and permissions", error.kind()),
            );
        });
        let text = text.ok()?;
        problems.parse::<Certificates>("EXEUNT_PLATFORM_CA_FILE", Some(&text))
    });
    if !checked {
        if given.platform_ca_file.is_some() {
            problems.add(
                "KAMIWAZA_TLS_REJECT_UNAUTHORIZED",
                "is off, and EXEUNT_PLATFORM_CA_FILE is set; remove the first, the second is enough",
            );
        }
        notes.push(
            "KAMIWAZA_TLS_REJECT_UNAUTHORIZED is off: NO CERTIFICATE OF THE PLATFORM IS CHECKED, so whoever stands between can read \
             and forge what is exchanged. Set EXEUNT_PLATFORM_CA_FILE instead."
                .to_owned(),
        );
        return TlsTrust::Nothing;
    }
    certificates.map_or(TlsTrust::Public, TlsTrust::Also)
}
