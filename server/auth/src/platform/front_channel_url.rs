//! Where the browser goes so that the platform ends its sign-on too.
//!
//! The platform calls it `front_channel_logout_url`. It is an address to navigate to, and has nothing to do with the frames of
//! OpenID Connect Front-Channel Logout.

use url::Url;

use super::api_url::PublicApiUrl;

/// The path below the platform's API.
const PATH: &str = "/auth/logout/front-channel";

/// The longest address that is taken from the platform, in bytes: it is kept in a cookie.
const LONGEST: usize = 1200;

/// Why an address that the platform gave is not used. Never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontChannelUrlError {
    /// Neither a path nor an address.
    #[error("the platform's front_channel_logout_url is neither a path nor an absolute address")]
    Malformed,
    /// It leads away.
    #[error("the platform's front_channel_logout_url leads to another origin than KAMIWAZA_PUBLIC_API_URL")]
    Foreign,
    /// It is too long to be kept.
    #[error("the platform's front_channel_logout_url is too long")]
    TooLong,
}

/// The address as it is known without asking the platform: so a platform that does not answer strands nobody.
#[must_use]
pub fn build(api: &PublicApiUrl, return_to: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("redirect_uri", return_to)
        .finish();
    api.absolute(&format!("{PATH}?{query}"))
}

/// Judges the address that the platform gave: a path of the platform's public origin, or an absolute address there.
///
/// # Errors
///
/// If it could lead anywhere else. Then [`build`] stands in.
pub fn validate(given: &str, api: &PublicApiUrl) -> Result<String, FrontChannelUrlError> {
    if given.len() > LONGEST {
        return Err(FrontChannelUrlError::TooLong);
    }
    // What the parser drops or reads as a slash is no part of an honest address.
    if given
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return Err(FrontChannelUrlError::Malformed);
    }
    let origin = Url::parse(api.origin()).map_err(|_| FrontChannelUrlError::Malformed)?;
    let url = if given.starts_with('/') && !given.starts_with("//") {
        origin.join(given)
    } else if given.starts_with("https://") || given.starts_with("http://") {
        Url::parse(given)
    } else {
        return Err(FrontChannelUrlError::Malformed);
    }
    .map_err(|_| FrontChannelUrlError::Malformed)?;
    if url.origin() != origin.origin() || !url.username().is_empty() || url.password().is_some() {
        return Err(FrontChannelUrlError::Foreign);
    }
    if url.as_str().len() > LONGEST {
        return Err(FrontChannelUrlError::TooLong);
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> PublicApiUrl {
        "https://k.example/api".parse().unwrap()
    }

    #[test]
    fn f8_1_a_path_becomes_an_address_of_the_public_origin() {
        assert_eq!(
            validate(
                "/api/auth/logout/front-channel?redirect_uri=https%3A%2F%2Fa",
                &api()
            )
            .unwrap(),
            "https://k.example/api/auth/logout/front-channel?redirect_uri=https%3A%2F%2Fa"
        );
        assert_eq!(
            validate("https://k.example/out", &api()).unwrap(),
            "https://k.example/out"
        );
    }

    #[test]
    fn k15_f8_2_what_leads_elsewhere_is_refused() {
        for foreign in [
            "https://evil.example/out",
            "https://k.example.evil/out",
            "http://k.example/out",
            "https://k.example:8443/out",
            "https://user@k.example/out",
        ] {
            assert_eq!(
                validate(foreign, &api()),
                Err(FrontChannelUrlError::Foreign),
                "{foreign}"
            );
        }
        for malformed in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "evil.example/out",
            "auth/logout/front-channel",
            "javascript:alert(1)",
            "data:text/html,x",
            "JAVASCRIPT:alert(1)",
            "https:evil.example",
            "/\t/evil.example",
            " /out",
            "/out\n",
        ] {
            assert_eq!(
                validate(malformed, &api()),
                Err(FrontChannelUrlError::Malformed),
                "{malformed:?}"
            );
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        assert_eq!(validate(&long, &api()), Err(FrontChannelUrlError::TooLong));
    }

    #[test]
    fn f8_3_it_is_known_without_the_platform() {
        assert_eq!(
            build(&api(), "https://a.example/logged-out?state=s"),
            "https://k.example/api/auth/logout/front-channel?redirect_uri=https%3A%2F%2Fa.example%2Flogged-out%3Fstate%3Ds"
        );
    }
}
