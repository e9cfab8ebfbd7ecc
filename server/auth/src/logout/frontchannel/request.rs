//! What a front-channel request asks for, judged without I/O.

/// The longest query that is read, in bytes.
const LONGEST_QUERY: usize = 8 * 1024;
/// The most parameters that are looked at.
const MOST_PARAMETERS: usize = 50;

/// Whose session is to end.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutRequest {
    /// The issuer, ours.
    pub iss: String,
    /// The provider's session id. Never logged: who knows it can end the session.
    pub sid: String,
}

impl std::fmt::Debug for LogoutRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogoutRequest")
            .field("iss", &self.iss)
            .finish_non_exhaustive()
    }
}

/// Why a request does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontChannelError {
    /// It is longer than anything sensible.
    #[error("the request is too long")]
    TooLong,
    /// `iss` or `sid` stands there twice.
    #[error("iss or sid is there twice")]
    Doubled,
    /// There is no `sid`: nothing says which session is meant.
    #[error("there is no sid")]
    NoSid,
    /// There is no `iss`. If one of the two is there, both must be.
    /// [Front-Channel Logout 1.0, section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
    #[error("there is a sid without iss")]
    NoIssuer,
    /// `iss` is another issuer's.
    #[error("iss is another issuer's")]
    OtherIssuer,
}

/// Judges the query of a request. `issuer` is the provider's identifier; `sid_without_iss`: this provider is known to
/// leave `iss` out.
///
/// # Errors
///
/// If it does not name exactly one session of this issuer.
pub fn validate_request(
    query: &str,
    issuer: &str,
    sid_without_iss: bool,
) -> Result<LogoutRequest, FrontChannelError> {
    if query.len() > LONGEST_QUERY {
        return Err(FrontChannelError::TooLong);
    }
    let (mut iss, mut sid) = (None, None);
    for (count, (name, value)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if count >= MOST_PARAMETERS {
            return Err(FrontChannelError::TooLong);
        }
        let slot = match &*name {
            "iss" => &mut iss,
            "sid" => &mut sid,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(FrontChannelError::Doubled);
        }
    }
    let sid = sid
        .filter(|sid| !sid.is_empty())
        .ok_or(FrontChannelError::NoSid)?;
    match iss {
        Some(iss) if iss == issuer => Ok(LogoutRequest { iss, sid }),
        Some(_) => Err(FrontChannelError::OtherIssuer),
        None if sid_without_iss => Ok(LogoutRequest {
            iss: issuer.to_owned(),
            sid,
        }),
        None => Err(FrontChannelError::NoIssuer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://op.example";

    fn judge(query: &str) -> Result<String, FrontChannelError> {
        validate_request(query, ISSUER, false).map(|request| request.sid)
    }

    #[test]
    fn f7_2_both_must_be_there_and_the_issuer_ours_to_the_letter() {
        use FrontChannelError as Fault;
        assert_eq!(judge("iss=https%3A%2F%2Fop.example&sid=s"), Ok("s".to_owned()));
        assert_eq!(judge("sid=s&iss=https://op.example&more=1"), Ok("s".to_owned()));
        for (query, fault) in [
            ("", Fault::NoSid),
            ("iss=https://op.example", Fault::NoSid),
            ("iss=https://op.example&sid=", Fault::NoSid),
            ("sid=s", Fault::NoIssuer),
            ("sid=s&iss=", Fault::OtherIssuer),
            ("sid=s&iss=https://op.example/", Fault::OtherIssuer),
            ("sid=s&iss=https://OP.example", Fault::OtherIssuer),
            ("sid=s&iss=https://evil.example", Fault::OtherIssuer),
            ("SID=s&iss=https://op.example", Fault::NoSid),
        ] {
            assert_eq!(judge(query), Err(fault), "{query}");
        }
    }

    #[test]
    fn f7_2_a_sid_alone_is_enough_only_where_the_provider_is_known_to_send_no_more() {
        let lenient = |query: &str| validate_request(query, ISSUER, true);
        assert_eq!(
            lenient("sid=s"),
            Ok(LogoutRequest {
                iss: ISSUER.to_owned(),
                sid: "s".to_owned()
            })
        );
        assert_eq!(
            lenient("sid=s&iss=https://evil.example"),
            Err(FrontChannelError::OtherIssuer)
        );
        assert_eq!(lenient("iss=https://op.example"), Err(FrontChannelError::NoSid));
    }

    #[test]
    fn f7_5_what_is_doubled_or_too_long_is_refused_and_what_is_encoded_is_read() {
        let here = "iss=https://op.example";
        assert_eq!(
            judge(&format!("{here}&sid=a%2F%2B%3D%22")),
            Ok("a/+=\"".to_owned())
        );
        assert_eq!(
            judge(&format!("{here}&sid=s&sid=s")),
            Err(FrontChannelError::Doubled)
        );
        assert_eq!(
            judge(&format!("{here}&{here}&sid=s")),
            Err(FrontChannelError::Doubled)
        );
        let room = LONGEST_QUERY - here.len() - "&sid=".len();
        assert_eq!(
            judge(&format!("{here}&sid={}", "s".repeat(room))).map(|sid| sid.len()),
            Ok(room)
        );
        assert_eq!(
            judge(&format!("{here}&sid={}", "s".repeat(room + 1))),
            Err(FrontChannelError::TooLong)
        );
        assert_eq!(
            judge(&format!("{}{here}&sid=s", "x&".repeat(MOST_PARAMETERS))),
            Err(FrontChannelError::TooLong)
        );
    }

    #[test]
    fn i16_debug_shows_no_sid() {
        let request = validate_request("sid=the-session&iss=https://op.example", ISSUER, false).unwrap();
        assert!(!format!("{request:?}").contains("the-session"));
    }
}
