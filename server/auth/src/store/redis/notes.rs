//! What a store should know of its engine: whether what it reports lasts.

use redis::aio::ConnectionLike;

use super::error::{EngineFault, OpenError};

/// The oldest version that it was made for: earlier ones tell what stopped a script as a text, and a server that was demoted could not
/// be told from one that is broken.
const OLDEST: u32 = 7;

/// What is allowed but worth a warning. Each says what may be lost and what mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Note {
    /// No append-only file.
    #[error(
        "Redis keeps no append-only file: when it is started again it may be as it was a while ago, and sessions that were \
         ended since live again; set appendonly to yes and appendfsync to always"
    )]
    NoAppendOnlyFile,
    /// The append-only file is not synchronised with each write.
    #[error(
        "Redis synchronises its append-only file only now and then: a power cut takes back the last second or more, and \
         sessions that were ended in it live again; set appendfsync to always"
    )]
    NotSynchronised,
    /// It cannot be told.
    #[error(
        "Redis does not tell how it keeps its data: see that it has an append-only file that is synchronised with each write, \
         and does not throw keys away (appendonly yes, appendfsync always, maxmemory-policy noeviction)"
    )]
    Unknown,
    /// It has replicas and no change waits for them.
    #[error(
        "Redis has replicas that no change waits for: a failover takes back what they did not have yet, and sessions that \
         were ended then live again; add wait_replicas=1 to the address"
    )]
    ReplicasNotAwaited,
    /// Fewer replicas than are to be waited for.
    #[error("Redis has fewer replicas than wait_replicas in the address: every change fails until it has")]
    ReplicasMissing,
}

/// What the engine says of itself; `None` where it does not say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    version: Option<u32>,
    policy: Option<String>,
    has_append_only_file: Option<bool>,
    synchronisation: Option<String>,
    replicas: Option<u32>,
}

impl Said {
    fn of_info(info: &str) -> Self {
        let value = |name: &str| {
            info.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(field, _)| *field == name)
                .map(|(_, value)| value.trim())
        };
        Self {
            version: value("redis_version").and_then(|version| version.split('.').next()?.parse().ok()),
            policy: value("maxmemory_policy").map(str::to_owned),
            has_append_only_file: value("aof_enabled").map(|enabled| enabled == "1"),
            synchronisation: None,
            replicas: value("connected_slaves").and_then(|count| count.parse().ok()),
        }
    }

    fn judge(&self, wait_replicas: u32) -> Result<Vec<Note>, OpenError> {
        if self.version.is_some_and(|version| version < OLDEST) {
            return Err(OpenError::TooOld);
        }
        // None of the store's keys has a time to live, so a policy that looks at those alone throws none away.
        if let Some(policy) = &self.policy
            && policy != "noeviction"
            && !policy.starts_with("volatile-")
        {
            return Err(OpenError::Eviction {
                policy: policy.clone(),
            });
        }
        let mut notes = Vec::new();
        match (self.has_append_only_file, self.synchronisation.as_deref()) {
            (Some(false), _) => notes.push(Note::NoAppendOnlyFile),
            (Some(true), Some("always")) if self.policy.is_some() => {}
            (Some(true), Some(synchronisation)) if synchronisation != "always" => {
                notes.push(Note::NotSynchronised);
            }
            _ => notes.push(Note::Unknown),
        }
        match self.replicas.unwrap_or_default() {
            replicas if replicas < wait_replicas => notes.push(Note::ReplicasMissing),
            replicas if replicas > 0 && wait_replicas == 0 => notes.push(Note::ReplicasNotAwaited),
            _ => {}
        }
        Ok(notes)
    }
}

/// Asks the engine how it keeps what it is told. Managed services allow little of it: what cannot be asked is noted.
pub(super) async fn ask(
    connection: &mut impl ConnectionLike,
    wait_replicas: u32,
) -> Result<Vec<Note>, OpenError> {
    let info = redis::cmd("INFO").query_async::<String>(connection).await;
    let mut said = match info {
        Ok(info) => Said::of_info(&info),
        Err(error) => unless_broken(&error)?,
    };
    let policy = redis::cmd("CONFIG").arg("GET").arg("appendfsync").to_owned();
    match policy.query_async::<Vec<String>>(connection).await {
        Ok(answer) => said.synchronisation = answer.into_iter().nth(1),
        Err(error) => {
            unless_broken(&error)?;
        }
    }
    said.judge(wait_replicas)
}

fn unless_broken(error: &redis::RedisError) -> Result<Said, EngineFault> {
    if error.is_io_error() {
        return Err(EngineFault::from(error));
    }
    Ok(Said::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn durable() -> Said {
        Said {
            version: Some(7),
            policy: Some("noeviction".into()),
            has_append_only_file: Some(true),
            synchronisation: Some("always".into()),
            replicas: Some(0),
        }
    }

    #[test]
    fn what_throws_data_away_is_refused() {
        for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random"] {
            let said = Said {
                policy: Some(policy.into()),
                ..durable()
            };
            assert!(
                matches!(said.judge(0), Err(OpenError::Eviction { .. })),
                "{policy}"
            );
        }
        let volatile = Said {
            policy: Some("volatile-lru".into()),
            ..durable()
        };
        assert_eq!(volatile.judge(0).unwrap(), []);
    }

    #[test]
    fn what_may_be_lost_is_noted() {
        let cases = [
            (durable(), 0, vec![]),
            (
                Said {
                    has_append_only_file: Some(false),
                    ..durable()
                },
                0,
                vec![Note::NoAppendOnlyFile],
            ),
            (
                Said {
                    synchronisation: Some("everysec".into()),
                    ..durable()
                },
                0,
                vec![Note::NotSynchronised],
            ),
            (
                Said {
                    synchronisation: None,
                    ..durable()
                },
                0,
                vec![Note::Unknown],
            ),
            (Said::default(), 0, vec![Note::Unknown]),
            (
                Said {
                    replicas: Some(1),
                    ..durable()
                },
                0,
                vec![Note::ReplicasNotAwaited],
            ),
            (
                Said {
                    replicas: Some(1),
                    ..durable()
                },
                2,
                vec![Note::ReplicasMissing],
            ),
        ];
        for (said, wait_replicas, expected) in cases {
            assert_eq!(said.judge(wait_replicas).unwrap(), expected, "{said:?}");
        }
        let old = Said {
            version: Some(5),
            ..durable()
        };
        assert!(matches!(old.judge(0), Err(OpenError::TooOld)));
    }

    #[test]
    fn what_an_engine_says_is_read() {
        let info = "# Server\r\nredis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n\
            connected_slaves:2\r\n";
        let said = Said::of_info(info);
        assert_eq!(
            said,
            Said {
                synchronisation: None,
                replicas: Some(2),
                ..durable()
            }
        );
    }
}
