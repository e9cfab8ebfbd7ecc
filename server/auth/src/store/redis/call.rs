//! A call: one script, sent to the right server, within the time that a call may take.
//!
//! It is sent again only where it certainly did not run: the server did not know it, sent it elsewhere, or was not ready.
//! A connection that broke off leaves open whether it ran, so only what changes nothing is sent again then.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::{
    address::{Node, RedisAddress},
    error::EngineFault,
    link::{self, Link, Live},
    record::Malformed,
    script::{self, Fence, Prepared},
    settings::RedisSettings,
};
use crate::store::StoreError;

/// The waits before a server that was not ready is asked again.
const WAITS: [Duration; 4] = [
    Duration::from_millis(20),
    Duration::from_millis(80),
    Duration::from_millis(300),
    Duration::from_millis(600),
];
/// So many times a call follows its slot elsewhere.
const REDIRECTIONS: usize = 5;

/// Calls to the engine: those that change, and those that read, each over a connection of their own, so that no reader
/// waits for replicas or behind a great answer.
pub(super) struct Calls {
    changing: Link,
    reading: Link,
    stamp: Prepared,
    places: Semaphore,
    pub(super) call_timeout: Duration,
}

/// What is to be done about an error.
enum Next {
    Fail(EngineFault),
    /// At this node, where the slot lies now.
    Follow(Node),
    /// After a while.
    Wait(EngineFault),
    /// On another connection, if nothing can have changed.
    Reconnect(EngineFault),
}

impl Calls {
    pub(super) fn new(address: &RedisAddress, settings: &RedisSettings) -> Self {
        let link = || Link::new(address.clone(), settings.connect_timeout);
        Self {
            changing: link(),
            reading: link(),
            stamp: script::stamp(&address.name),
            places: Semaphore::new(settings.capacity.get()),
            call_timeout: settings.call_timeout,
        }
    }

    pub(super) const fn link(&self) -> &Link {
        &self.reading
    }

    /// Runs a script with these arguments.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &Prepared,
        arguments: &[&[u8]],
    ) -> Result<T, StoreError> {
        let _place = self
            .places
            .try_acquire()
            .map_err(|_full| EngineFault::Overloaded)?;
        let link = if script.fence.is_reading() {
            &self.reading
        } else {
            &self.changing
        };
        let used = AtomicU64::new(0);
        let answer = match timeout(self.call_timeout, self.go_on(link, script, arguments, &used)).await {
            Ok(answer) => answer?,
            Err(_elapsed) => {
                // What is still to come over it would come to callers that do not wait any more.
                link.give_up(used.load(Ordering::Relaxed));
                return Err(StoreError::Timeout(self.call_timeout));
            }
        };
        Ok(T::from_redis_value(answer).map_err(|_| Malformed)?)
    }

    /// Until it has run, or certainly will not.
    async fn go_on(
        &self,
        link: &Link,
        script: &Prepared,
        arguments: &[&[u8]],
        used: &AtomicU64,
    ) -> Result<Value, EngineFault> {
        let mut waits = WAITS.into_iter();
        let mut redirections = REDIRECTIONS;
        let mut may_reconnect = script.fence.is_reading();
        loop {
            let mut live = link.connection().await?;
            used.store(live.number, Ordering::Relaxed);
            let error = match send(&mut live, script, arguments).await {
                Ok(answer) => {
                    self.await_replicas(link.address(), &mut live, script).await?;
                    return Ok(answer);
                }
                Err(error) => error,
            };
            match judge(link, &error).await {
                Next::Fail(fault) => return Err(fault),
                Next::Follow(node) => {
                    redirections = redirections
                        .checked_sub(1)
                        .ok_or_else(|| EngineFault::from(&error))?;
                    link.moved(node, live.number).await;
                }
                Next::Wait(fault) => match waits.next() {
                    Some(wait) => sleep(wait).await,
                    None => return Err(fault),
                },
                Next::Reconnect(fault) => {
                    link.give_up(live.number);
                    if !std::mem::take(&mut may_reconnect) {
                        return Err(fault);
                    }
                }
            }
        }
    }

    /// What a replica does not have yet, a failover takes back.
    async fn await_replicas(
        &self,
        address: &RedisAddress,
        live: &mut Live,
        script: &Prepared,
    ) -> Result<(), EngineFault> {
        let wanted = address.wait_replicas;
        if wanted == 0 || script.fence == Fence::Reading {
            return Ok(());
        }
        if let Err(error) = send(live, &self.stamp, &[]).await {
            return Err(EngineFault::from(&error));
        }
        let in_time = u64::try_from((self.call_timeout / 2).as_millis()).unwrap_or(u64::MAX);
        let wait = redis::cmd("WAIT").arg(wanted).arg(in_time).to_owned();
        match wait.query_async::<u32>(&mut live.connection).await {
            Ok(got) if got >= wanted => Ok(()),
            Ok(got) => Err(EngineFault::Unreplicated { wanted, got }),
            Err(error) => Err(EngineFault::from(&error)),
        }
    }
}

async fn judge(link: &Link, error: &RedisError) -> Next {
    let fault = EngineFault::from(error);
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask) if !link.address().is_cluster => {
            Next::Fail(EngineFault::IsCluster)
        }
        ErrorKind::Server(ServerErrorKind::Moved) => {
            match link::moved_to(error, link.node().await.as_ref()) {
                Some(node) => Next::Follow(node),
                None => Next::Fail(fault),
            }
        }
        // A slot on its way is nowhere whole, and a script needs the whole of it: the other node would refuse it too.
        ErrorKind::Server(
            ServerErrorKind::Ask
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::BusyLoading
            | ServerErrorKind::MasterDown,
        ) => Next::Wait(fault),
        // The name may lead to another server by now.
        ErrorKind::Io | ErrorKind::Parse | ErrorKind::Server(ServerErrorKind::ReadOnly) => {
            Next::Reconnect(fault)
        }
        _ if matches!(fault, EngineFault::NotReady(_)) => Next::Wait(fault),
        _ => Next::Fail(fault),
    }
}

/// By its hash; by its text only where the server does not know it. The two never both run.
async fn send(live: &mut Live, script: &Prepared, arguments: &[&[u8]]) -> RedisResult<Value> {
    let by_hash = command("EVALSHA", &script.hash, script, arguments);
    match by_hash.query_async(&mut live.connection).await {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
            command("EVAL", &script.text, script, arguments)
                .query_async(&mut live.connection)
                .await
        }
        outcome => outcome,
    }
}

fn command(name: &str, text_or_hash: &str, script: &Prepared, arguments: &[&[u8]]) -> Cmd {
    let mut command = redis::cmd(name);
    command
        .arg(text_or_hash)
        .arg(script.keys.len())
        .arg(&script.keys)
        .arg(arguments);
    command
}
