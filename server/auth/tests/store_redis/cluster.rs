//! A cluster of three masters, each with a third of the slots.

use std::time::{Duration, Instant};

use exeunt::store::redis::RedisAddress;

use crate::engine::{Engine, free_port, wait_until};

#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Engine>,
}

const SLOTS: [(u16, u16); 3] = [(0, 5461), (5462, 10922), (10923, 16383)];

impl Cluster {
    pub(crate) fn start() -> Self {
        let (nodes, ports): (Vec<_>, Vec<_>) = (0..3).map(|_| node()).unzip();
        for (node, (first, last)) in nodes.iter().zip(SLOTS) {
            let (first, last) = (first.to_string(), last.to_string());
            node.ask::<()>(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
        }
        for (node, bus) in nodes.iter().zip(&ports).skip(1) {
            meet(&nodes[0], node, *bus);
        }
        let cluster = Self { nodes };
        cluster.wait_until_whole();
        cluster
    }

    /// A replica of this node beside the three.
    pub(crate) fn replica_of(&mut self, master: usize) -> usize {
        let (replica, bus) = node();
        meet(&self.nodes[0], &replica, bus);
        let id: String = self.nodes[master].ask(&["CLUSTER", "MYID"]);
        wait_until("the replica knows its master", || {
            replica.ask::<String>(&["CLUSTER", "NODES"]).contains(&id)
        });
        replica.ask::<()>(&["CLUSTER", "REPLICATE", &id]);
        wait_until("the replica follows", || {
            replica
                .ask::<String>(&["INFO", "replication"])
                .contains("master_link_status:up")
        });
        self.nodes.push(replica);
        self.wait_until_whole();
        self.nodes.len() - 1
    }

    /// This replica and its master change places. An attempt that the others did not agree to in time is made again.
    pub(crate) fn make_master(&self, replica: usize) {
        let node = &self.nodes[replica];
        let mut asked: Option<Instant> = None;
        wait_until("the replica is the master", || {
            if asked.is_none_or(|at| at.elapsed() > Duration::from_secs(6)) {
                let _refused = node.try_ask::<()>(&["CLUSTER", "FAILOVER"]);
                asked = Some(Instant::now());
            }
            let info: String = node.ask(&["INFO", "replication"]);
            info.contains("role:master") && info.contains("state=online")
        });
        self.wait_until_whole();
    }

    pub(crate) fn wait_until_whole(&self) {
        let count = format!("cluster_known_nodes:{}", self.nodes.len());
        wait_until("the cluster is whole", || {
            self.nodes.iter().all(|node| {
                let info: String = node.ask(&["CLUSTER", "INFO"]);
                info.contains("cluster_state:ok") && info.contains(&count)
            })
        });
    }

    /// The first node is named, the others are to be learnt.
    pub(crate) fn address(&self, name: &str) -> RedisAddress {
        format!("redis+cluster://127.0.0.1:{}?name={name}", self.nodes[0].port)
            .parse()
            .expect("an address")
    }

    pub(crate) fn slot(&self, name: &str) -> String {
        let slot: u16 = self.nodes[0].ask(&["CLUSTER", "KEYSLOT", &format!("{{{name}}}:sessions")]);
        slot.to_string()
    }

    /// Which node has the slot of this store.
    pub(crate) fn owner(&self, name: &str) -> usize {
        let slot: u16 = self.slot(name).parse().expect("a slot");
        SLOTS
            .iter()
            .position(|(first, last)| (*first..=*last).contains(&slot))
            .expect("every slot is somebody's")
    }
}

fn node() -> (Engine, u16) {
    let bus = free_port();
    let options = [
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        &bus.to_string(),
        "--cluster-node-timeout",
        "2000",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--save",
        "",
    ];
    (Engine::start(&options), bus)
}

fn meet(one: &Engine, other: &Engine, bus: u16) {
    let (port, bus) = (other.port.to_string(), bus.to_string());
    one.ask::<()>(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
}
