//! Not-before marks: what refuses a login that was already under way when its person was signed out.

use std::collections::BTreeMap;

use super::{FormerSid, MarkRule, Selector, SessionRow};
use crate::clock::Timestamp;

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
            .chain(Self::sids(row, |_| true))
            .collect()
    }

    /// The mark of this provider session.
    #[must_use]
    pub fn of_sid(iss: &str, sid: &str) -> Self {
        Self::Sid {
            iss: iss.to_owned(),
            sid: sid.to_owned(),
        }
    }

    /// The marks that a take at `now` by `selector` under `rule` writes when it removed `taken`, each with its moment; none
    /// of them twice.
    #[must_use]
    pub fn written_by(
        selector: &Selector,
        rule: MarkRule,
        taken: &[SessionRow],
        now: Timestamp,
    ) -> BTreeMap<Self, Timestamp> {
        let own = match (rule, selector) {
            (MarkRule::Sid, Selector::Sid { iss, sid, .. }) => Some(Self::Sid {
                iss: iss.clone(),
                sid: sid.clone(),
            }),
            (MarkRule::Subject, Selector::Subject { iss, sub, .. }) => Some(Self::Subject {
                iss: iss.clone(),
                sub: sub.clone(),
            }),
            (
                MarkRule::Subject,
                Selector::PublicId {
                    whose: Some(person), ..
                },
            ) => Some(Self::Subject {
                iss: person.iss.clone(),
                sub: person.sub.clone(),
            }),
            _ => None,
        };
        let moment = match selector {
            Selector::Subject {
                started_by: Some(started_by),
                ..
            } => now.min(*started_by),
            _ => now,
        };
        let of_row = |row: &SessionRow| match rule {
            MarkRule::None => Vec::new(),
            MarkRule::Sid | MarkRule::SidOfTaken => Self::sids(row, |former| now < former.until),
            MarkRule::Subject => vec![Self::subject(row)],
        };
        own.into_iter()
            .chain(taken.iter().flat_map(of_row))
            .map(|mark| (mark, moment))
            .collect()
    }

    fn subject(row: &SessionRow) -> Self {
        Self::Subject {
            iss: row.iss.clone(),
            sub: row.sub.clone(),
        }
    }

    fn sids(row: &SessionRow, counts: impl Fn(&FormerSid) -> bool) -> Vec<Self> {
        let former = row.former_sid.as_ref().filter(|former| counts(former));
        row.sid
            .iter()
            .chain(former.map(|former| &former.sid))
            .map(|sid| Self::Sid {
                iss: row.iss.clone(),
                sid: sid.clone(),
            })
            .collect()
    }
}
