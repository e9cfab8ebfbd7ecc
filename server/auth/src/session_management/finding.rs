//! What the answer to a silent check says of the session.

use crate::{
    login::error::CallbackError,
    provider::{code::CodeError, id_token::IdTokenError},
};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The same person is signed in: the session goes on.
    SamePerson,
    /// Somebody else is.
    AnotherPerson,
    /// Nobody is: `login_required` proves it, since it was not asked about one person.
    Nobody,
    /// The provider answered, and its answer is no proof that the person is signed in.
    NoProof,
    /// The provider did not answer as it should, or could not be reached: that says nothing.
    Unknown,
}

impl Finding {
    /// Judges: `proved` is the subject of an ID token that passed every check.
    ///
    /// [Section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe): without an ID token, or with
    /// another person's, the original person counts as signed out. A fault on the way there is no answer: a provider that
    /// is down ends nobody's session (invariant I13).
    pub(crate) fn of(proved: Result<&str, &CallbackError>, sub: &str) -> Self {
        match proved {
            Ok(proved) if proved == sub => Self::SamePerson,
            Ok(_) => Self::AnotherPerson,
            Err(CallbackError::Provider(error)) if error == "login_required" => Self::Nobody,
            // Its own trouble, or its clock's.
            Err(CallbackError::Provider(error))
                if matches!(&**error, "server_error" | "temporarily_unavailable") =>
            {
                Self::Unknown
            }
            Err(CallbackError::IdToken(IdTokenError::IssuedInFuture | IdTokenError::IssuedTooEarly)) => {
                Self::Unknown
            }
            Err(
                CallbackError::Provider(_)
                | CallbackError::IdToken(_)
                | CallbackError::NotAdmitted(_)
                | CallbackError::Code(CodeError::Refused(_) | CodeError::NoIdToken),
            ) => Self::NoProof,
            Err(_) => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f7_9_f7_10_only_an_answer_of_the_provider_ends_a_session() {
        let provider = |error: &str| CallbackError::Provider(error.to_owned());
        let cases = [
            (Ok("ada"), Finding::SamePerson),
            (Ok("grace"), Finding::AnotherPerson),
            (Err(provider("login_required")), Finding::Nobody),
            (Err(provider("interaction_required")), Finding::NoProof),
            (Err(provider("access_denied")), Finding::NoProof),
            (Err(provider("server_error")), Finding::Unknown),
            (Err(provider("temporarily_unavailable")), Finding::Unknown),
            (
                Err(CallbackError::IdToken(IdTokenError::IssuedInFuture)),
                Finding::Unknown,
            ),
            (
                Err(CallbackError::IdToken(IdTokenError::Expired)),
                Finding::NoProof,
            ),
            (
                Err(CallbackError::NotAdmitted("group".to_owned())),
                Finding::NoProof,
            ),
            (Err(CallbackError::Code(CodeError::NoIdToken)), Finding::NoProof),
            (Err(CallbackError::Code(CodeError::Malformed)), Finding::Unknown),
            (Err(CallbackError::TooSlow), Finding::Unknown),
            (Err(CallbackError::OtherIssuer), Finding::Unknown),
            (Err(CallbackError::Internal("store".to_owned())), Finding::Unknown),
        ];
        for (proved, expected) in cases {
            let found = Finding::of(proved.as_ref().map(|sub| *sub), "ada");
            assert_eq!(found, expected, "{proved:?}");
        }
    }
}
