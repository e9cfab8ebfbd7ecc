//! One connection to the server that holds the store, made when it is needed and given up when it is not good any more.
//!
//! All keys of a store lie in one slot, so also of a cluster there is one server to talk to: which, the cluster says
//! (`MOVED`), and whom else to ask where that one is gone, too (`CLUSTER SLOTS`).

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use redis::{
    AsyncConnectionConfig, Client, ErrorKind, RedisError, ServerErrorKind, Value, aio::MultiplexedConnection,
};
use tokio::{sync::Mutex, time::timeout};

use super::{
    address::{Node, RedisAddress},
    error::EngineFault,
};

/// How long after a connection could not be made it is not tried again: whoever asks meanwhile gets the same answer.
const PAUSE: Duration = Duration::from_millis(100);
/// After so long without a call the connection is asked whether it still is one: firewalls forget it without a word.
const IDLE: Duration = Duration::from_secs(5);

pub(super) struct Link {
    address: RedisAddress,
    connect_timeout: Duration,
    state: Mutex<State>,
    /// Connections up to this one are given up. Beside the lock, because a call that ran out of time cannot wait for it.
    given_up: AtomicU64,
}

struct State {
    /// Whom to ask, in this order. Of a single server there is one.
    nodes: VecDeque<Node>,
    connection: Option<Live>,
    last_use: Instant,
    made: u64,
    failed: Option<(Instant, EngineFault)>,
}

/// A connection, and which one it is.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) connection: MultiplexedConnection,
    pub(super) number: u64,
}

impl Link {
    pub(super) fn new(address: RedisAddress, connect_timeout: Duration) -> Self {
        let nodes = address.nodes.clone().into();
        Self {
            address,
            connect_timeout,
            state: Mutex::new(State {
                nodes,
                connection: None,
                last_use: Instant::now(),
                made: 0,
                failed: None,
            }),
            given_up: AtomicU64::new(0),
        }
    }

    pub(super) const fn address(&self) -> &RedisAddress {
        &self.address
    }

    /// A connection; the one there is, if it is good. Callers that come while one is being made wait for it.
    pub(super) async fn connection(&self) -> Result<Live, EngineFault> {
        let mut state = self.state.lock().await;
        if let Some(live) = self.living(&mut state).await {
            return Ok(live);
        }
        if let Some((at, fault)) = &state.failed
            && at.elapsed() < PAUSE
        {
            return Err(fault.clone());
        }
        let result = self.connect_to_one(&mut state).await;
        state.failed = result.as_ref().err().map(|fault| (Instant::now(), fault.clone()));
        result
    }

    async fn living(&self, state: &mut State) -> Option<Live> {
        let mut live = state.connection.take()?;
        if live.number <= self.given_up.load(Ordering::Relaxed) {
            return None;
        }
        if state.last_use.elapsed() >= IDLE {
            let ping = redis::cmd("PING");
            let pong = timeout(self.connect_timeout, ping.exec_async(&mut live.connection)).await;
            if !matches!(pong, Ok(Ok(()))) {
                return None;
            }
        }
        state.last_use = Instant::now();
        state.connection = Some(live.clone());
        Some(live)
    }

    /// Tries each node once. One that is tried goes to the back first, so that a caller who runs out of time at one that
    /// hangs does not leave it in everybody's way.
    async fn connect_to_one(&self, state: &mut State) -> Result<Live, EngineFault> {
        let mut fault = EngineFault::Silent;
        for _ in 0..state.nodes.len() {
            let Some(node) = state.nodes.front().cloned() else {
                break;
            };
            state.nodes.rotate_left(1);
            match self.connect(&node).await {
                Ok((connection, others)) => {
                    if self.address.is_cluster {
                        state.nodes = self.known(node, others);
                    } else {
                        state.nodes.rotate_right(1);
                    }
                    state.made += 1;
                    state.last_use = Instant::now();
                    let number = state.made;
                    let live = Live { connection, number };
                    state.connection = Some(live.clone());
                    return Ok(live);
                }
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// The one that answered first, then whom it named, then the address: whoever has left the cluster is not asked for ever.
    fn known(&self, answered: Node, named: Vec<Node>) -> VecDeque<Node> {
        let mut nodes = VecDeque::from([answered]);
        for node in named.into_iter().chain(self.address.nodes.iter().cloned()) {
            if !nodes.contains(&node) {
                nodes.push_back(node);
            }
        }
        nodes
    }

    /// Connects, and learns of the other nodes of a cluster.
    async fn connect(&self, node: &Node) -> Result<(MultiplexedConnection, Vec<Node>), EngineFault> {
        let mut connection = self.connect_alone(node).await?;
        let mut others = Vec::new();
        if self.address.is_cluster {
            let asked = redis::cmd("CLUSTER").arg("SLOTS").to_owned();
            let answer = timeout(self.connect_timeout, asked.query_async::<Value>(&mut connection)).await;
            match answer {
                Ok(Ok(slots)) => others = nodes_of(&slots, node),
                // "This instance has cluster support disabled"
                Ok(Err(error)) if error.kind() == ErrorKind::Server(ServerErrorKind::ResponseError) => {
                    return Err(EngineFault::IsNoCluster);
                }
                Ok(Err(error)) => return Err(EngineFault::of_connecting(&error)),
                Err(_elapsed) => return Err(EngineFault::Silent),
            }
        }
        Ok((connection, others))
    }

    /// Connects to a node, whatever it is.
    async fn connect_alone(&self, node: &Node) -> Result<MultiplexedConnection, EngineFault> {
        let connected = async {
            let client = Client::open(self.address.connection_info(node)?)?;
            // Each call has its own limit, which covers this too.
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            client.get_multiplexed_async_connection_with_config(&config).await
        };
        match timeout(self.connect_timeout, connected).await {
            Ok(connected) => connected.map_err(|error| EngineFault::of_connecting(&error)),
            Err(_elapsed) => Err(EngineFault::Silent),
        }
    }

    /// No call uses this connection, or one before it, any more.
    pub(super) fn give_up(&self, number: u64) {
        self.given_up.fetch_max(number, Ordering::Relaxed);
    }

    /// The slot lies at another node now.
    pub(super) async fn moved(&self, to: Node, from: u64) {
        self.give_up(from);
        let mut state = self.state.lock().await;
        state.nodes.retain(|node| *node != to);
        state.nodes.push_front(to);
        // What could not be reached was another.
        state.failed = None;
    }

    /// Where the store lies, as far as is known.
    pub(super) async fn node(&self) -> Option<Node> {
        self.state.lock().await.nodes.front().cloned()
    }
}

/// Where a `MOVED` points. An empty host is the one that was asked.
pub(super) fn moved_to(error: &RedisError, asked: Option<&Node>) -> Option<Node> {
    let (address, _slot) = error.redirect_node()?;
    let (host, port) = address.rsplit_once(':')?;
    let host = match host {
        "" | "?" => asked?.host.as_str(),
        host => host.trim_start_matches('[').trim_end_matches(']'),
    };
    Some(Node {
        host: host.to_owned(),
        port: port.parse().ok()?,
    })
}

/// The nodes in an answer to `CLUSTER SLOTS`: ranges, in each first and last slot and then nodes of host and port.
fn nodes_of(slots: &Value, asked: &Node) -> Vec<Node> {
    let Value::Array(ranges) = slots else {
        return Vec::new();
    };
    let nodes = ranges.iter().filter_map(|range| match range {
        Value::Array(parts) => parts.get(2..),
        _ => None,
    });
    nodes
        .flatten()
        .filter_map(|node| {
            let Value::Array(parts) = node else { return None };
            let host = match parts.first()? {
                Value::BulkString(host) if !host.is_empty() && host != b"?" => {
                    String::from_utf8(host.clone()).ok()?
                }
                _ => asked.host.clone(),
            };
            match parts.get(1)? {
                Value::Int(port) => Some(Node {
                    host,
                    port: u16::try_from(*port).ok()?,
                }),
                _ => None,
            }
        })
        .collect()
}
