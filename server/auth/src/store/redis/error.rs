//! What can go wrong with the engine. Nothing that it said is repeated: an error of Redis may quote a command with its
//! arguments.

use std::io;

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::store::StoreError;

/// Why the engine did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineFault {
    /// Nobody answers there.
    #[error(
        "Redis cannot be reached ({0}): see that it runs, that this machine may connect to it and, by TLS, that its certificate \
         is good here"
    )]
    Unreachable(io::ErrorKind),
    /// It did not finish its greeting in time.
    #[error("Redis did not accept the connection in time: see that it runs and is not stopped")]
    Silent,
    /// The connection ended under a call, whose effect is unknown.
    #[error("the connection to Redis broke off")]
    BrokenOff,
    /// User or password are wrong.
    #[error("Redis refused user or password: see those in the address")]
    Authentication,
    /// The user may not do what the store needs.
    #[error(
        "Redis does not allow this user what the store needs: allow it EVAL, EVALSHA and the commands on hashes, sorted \
         sets and strings for the keys and the channel that begin with the store's name in braces"
    )]
    NotPermitted,
    /// It is a replica.
    #[error("this Redis is a replica and may only be read: give the address of the master")]
    ReadOnly,
    /// Its memory is full.
    #[error("the memory of Redis is full: raise maxmemory")]
    Full,
    /// It could not write to its disk and refuses writes.
    #[error("Redis cannot write to its disk: see its log")]
    Disk,
    /// It has fewer replicas than its `min-replicas-to-write`.
    #[error("Redis has too few replicas at present and refuses writes")]
    TooFewReplicas,
    /// So many replicas were to have the change and so many had it in time.
    #[error("{got} of {wanted} replicas had the change in time; a failover may lose it")]
    Unreplicated {
        /// As the address asks for.
        wanted: u32,
        /// In time.
        got: u32,
    },
    /// It reads its data from the disk, or runs a long script, or the cluster is not whole.
    #[error("Redis is not ready at present ({0})")]
    NotReady(&'static str),
    /// The address is that of a single server, and it is one of a cluster.
    #[error("this Redis is part of a cluster: begin the address with redis+cluster: or rediss+cluster:")]
    IsCluster,
    /// The address is that of a cluster, and it is none.
    #[error("this Redis is not part of a cluster: begin the address with redis: or rediss:")]
    IsNoCluster,
    /// More calls are under way than may be.
    #[error("too many calls to Redis are under way")]
    Overloaded,
    /// Anything else, by the word that it begins with.
    #[error("Redis answered with the error {0}")]
    Other(String),
}

impl From<&RedisError> for EngineFault {
    fn from(error: &RedisError) -> Self {
        match error.kind() {
            ErrorKind::Io | ErrorKind::Parse => Self::BrokenOff,
            ErrorKind::AuthenticationFailed => Self::Authentication,
            ErrorKind::Server(ServerErrorKind::ReadOnly) => Self::ReadOnly,
            ErrorKind::Server(ServerErrorKind::NoPerm) => Self::NotPermitted,
            ErrorKind::Server(ServerErrorKind::BusyLoading) => Self::NotReady("it loads its data"),
            ErrorKind::Server(ServerErrorKind::TryAgain | ServerErrorKind::Ask) => {
                Self::NotReady("its slot is being moved")
            }
            ErrorKind::Server(ServerErrorKind::Moved) => Self::NotReady("its slot has moved"),
            ErrorKind::Server(ServerErrorKind::ClusterDown) => Self::NotReady("the cluster is down"),
            ErrorKind::Server(ServerErrorKind::MasterDown) => Self::NotReady("its master is down"),
            _ => match error.code().unwrap_or_default() {
                "OOM" => Self::Full,
                "MISCONF" => Self::Disk,
                "NOREPLICAS" => Self::TooFewReplicas,
                "BUSY" => Self::NotReady("a script has run too long"),
                "WRONGPASS" | "NOAUTH" => Self::Authentication,
                "ERR" if is_about_rights(error) => Self::NotPermitted,
                code => Self::Other(code.chars().filter(char::is_ascii_uppercase).take(20).collect()),
            },
        }
    }
}

impl EngineFault {
    /// A fault while a connection was made.
    pub(super) fn of_connecting(error: &RedisError) -> Self {
        match error.kind() {
            ErrorKind::Io => Self::Unreachable(io_kind(error)),
            _ => Self::from(error),
        }
    }
}

/// Within a script the engine has no code of its own for it.
fn is_about_rights(error: &RedisError) -> bool {
    error
        .detail()
        .is_some_and(|detail| detail.contains("user executing the script can't"))
}

fn io_kind(error: &RedisError) -> io::ErrorKind {
    if error.is_connection_refusal() {
        io::ErrorKind::ConnectionRefused
    } else if error.is_timeout() {
        io::ErrorKind::TimedOut
    } else {
        io::ErrorKind::NotConnected
    }
}

impl From<EngineFault> for StoreError {
    fn from(fault: EngineFault) -> Self {
        Self::backend(fault)
    }
}

/// Why a store could not be opened. Each message says what is wrong and what mends it; none repeats the address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It cannot be used at present.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// It did not answer in time.
    #[error("Redis did not answer within {0:?}: see that it runs and is not stopped")]
    Timeout(std::time::Duration),
    /// The engine throws keys away when its memory is full: sessions, and what keeps them dead.
    #[error(
        "this Redis throws data away when its memory is full (maxmemory-policy {policy}), so a session that was ended \
         could live again: set maxmemory-policy to noeviction"
    )]
    Eviction {
        /// Its policy.
        policy: String,
    },
    /// The keys under the store's name are something else.
    #[error(
        "the keys under this store's name belong to another program: choose another name= in the address"
    )]
    Foreign,
    /// Another version of this program wrote the store.
    #[error(
        "the store was written by another version of this program (layout {found}, known is {known}): run that version, \
         or choose another name= in the address"
    )]
    OtherLayout {
        /// What lies there.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// The engine is too old.
    #[error("this Redis is older than version 7: run a newer one, or Valkey")]
    TooOld,
}
