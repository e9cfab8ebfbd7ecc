//! Not-before marks: what refuses a login that was already under way when its person was signed out.

use std::collections::BTreeSet;

use super::{MarkRule, Selector, SessionRow};

/// What a not-before mark stands for. A store keeps the moment of the newest one of each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// One session at the provider.
    Sid {
        /// Issuer.
        iss: String,
        /// The provider's session id.
        sid: String,
    },
    /// One person at one issuer.
    Subject {
        /// Issuer.
        iss: String,
        /// Subject.
        sub: String,
    },
}

impl Mark {
    /// The marks that stand in the way of `row`, should they be there: one for its person, one for its provider
    /// session if it has one.
    #[must_use]
    pub fn against(row: &SessionRow) -> Vec<Self> {
        std::iter::once(Self::subject(row))
            .chain(Self::sid(row))
            .collect()
    }

    /// The marks that a take by `selector` under `rule` writes when it removed `taken`; none of them twice.
    #[must_use]
    pub fn written_by(selector: &Selector, rule: MarkRule, taken: &[SessionRow]) -> BTreeSet<Self> {
        let own = match (rule, selector) {
            (MarkRule::Sid, Selector::Sid { iss, sid }) => Some(Self::Sid {
                iss: iss.clone(),
                sid: sid.clone(),
            }),
            (MarkRule::Subject, Selector::Subject { iss, sub } | Selector::PublicId { iss, sub, .. }) => {
                Some(Self::Subject {
                    iss: iss.clone(),
                    sub: sub.clone(),
                })
            }
            _ => None,
        };
        let of_row = |row: &SessionRow| match rule {
            MarkRule::None => None,
            MarkRule::Sid => Self::sid(row),
            MarkRule::Subject => Some(Self::subject(row)),
        };
        own.into_iter().chain(taken.iter().filter_map(of_row)).collect()
    }

    fn subject(row: &SessionRow) -> Self {
        Self::Subject {
            iss: row.iss.clone(),
            sub: row.sub.clone(),
        }
    }

    fn sid(row: &SessionRow) -> Option<Self> {
        row.sid.clone().map(|sid| Self::Sid {
            iss: row.iss.clone(),
            sid,
        })
    }
}
