//! What the tabs of one browser tell each other. Each message is a reason to look, never a fact: any script of this origin
//! could have sent it.

/// One message. On the channel it is a short text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// The session is over, and why: ask the server.
    Ended {
        /// The server's word.
        why: String,
        /// When, in unix seconds; 0 if nobody said.
        at: i64,
    },
    /// Something about the session changed: ask the server.
    Ask,
    /// The tab that listens to the server does so with success.
    Up,
    /// The warning about this limit (unix seconds), given this many seconds before it, was put away.
    Calm {
        /// The limit.
        limit: i64,
        /// The step.
        step: i64,
    },
}

impl Message {
    pub(crate) fn write(&self) -> String {
        match self {
            Self::Ended { why, at } => ["ended:", why, ":", &at.to_string()].concat(),
            Self::Ask => "ask".into(),
            Self::Up => "up".into(),
            Self::Calm { limit, step } => ["calm:", &limit.to_string(), ":", &step.to_string()].concat(),
        }
    }

    /// Reads one; `None` is a message of somebody else.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let message = match (parts.next()?, parts.next(), parts.next()) {
            ("ask", None, _) => Self::Ask,
            ("up", None, _) => Self::Up,
            ("ended", Some(why), Some(at)) => Self::Ended {
                why: why.into(),
                at: at.parse().ok()?,
            },
            ("calm", Some(limit), Some(step)) => Self::Calm {
                limit: limit.parse().ok()?,
                step: step.parse().ok()?,
            },
            _ => return None,
        };
        parts.next().is_none().then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_tab_writes_another_reads() {
        for message in [
            Message::Ended {
                why: "back_channel".into(),
                at: 1_700_000_000,
            },
            Message::Ask,
            Message::Up,
            Message::Calm {
                limit: 1_700_000_300,
                step: 60,
            },
        ] {
            assert_eq!(Message::read(&message.write()), Some(message));
        }
    }

    #[test]
    fn what_nobody_of_ours_wrote_is_no_message() {
        for text in [
            "",
            "ended",
            "ended:x",
            "ended:x:y",
            "ended:x:1:2",
            "ask:1",
            "up:",
            "calm:1",
            "ENDED:x:1",
        ] {
            assert_eq!(Message::read(text), None, "{text}");
        }
    }
}
