//! What is known of the session, and what to make of a new answer.

use crate::{error::SessionError, wire::SessionView};

/// What is known of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It is alive.
    Alive(Box<SessionView>),
    /// There is none.
    None,
    /// Nobody could say.
    Nothing,
}

/// An answer and what it makes known: one value, so that what goes together changes together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) known: Known,
    pub(crate) error: Option<SessionError>,
}

impl Answer {
    /// Takes an answer of the server. A fault changes nothing of what was known before: a moment without network signs
    /// nobody out.
    pub(crate) fn new(got: Result<Option<SessionView>, SessionError>, before: Known) -> Self {
        match got {
            Ok(Some(view)) => Self {
                known: Known::Alive(Box::new(view)),
                error: None,
            },
            Ok(None) => Self {
                known: Known::None,
                error: None,
            },
            Err(error) => Self {
                known: before,
                error: Some(error),
            },
        }
    }
}

/// What the gates go by. Two answers about the same person in the same roles are equal,
/// whatever the time in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    SignedIn { user_id: String, roles: Vec<String> },
    SignedOut,
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> SessionView {
        SessionView {
            user_id: "u".into(),
            email: None,
            name: None,
            roles: Vec::new(),
            request_id: None,
            auth_enabled: true,
            session_expires_at: None,
            idle_expires_at: None,
            absolute_expires_at: None,
            now: 1,
        }
    }

    #[test]
    fn i4_a_fault_neither_signs_out_nor_in() {
        let alive = Known::Alive(Box::new(view()));
        for before in [alive, Known::None, Known::Nothing] {
            let answer = Answer::new(Err(SessionError::Unreachable), before.clone());
            assert_eq!(
                answer,
                Answer {
                    known: before,
                    error: Some(SessionError::Unreachable)
                }
            );
        }
    }

    #[test]
    fn an_answer_replaces_what_was_known() {
        assert_eq!(
            Answer::new(Ok(None), Known::Alive(Box::new(view()))).known,
            Known::None
        );
        assert_eq!(
            Answer::new(Ok(Some(view())), Known::None).known,
            Known::Alive(Box::new(view()))
        );
    }
}
