//! The Redis store passes the suite, on a single server and in a cluster, and keeps what only these can promise.
//!
//! The tests start real servers themselves: see [`engine`].

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what fails here is the store under test"
)]

mod cluster;
mod engine;
mod instances;
mod keeping;
mod moving;
mod proxy;
mod refusing;
mod surviving;

use std::sync::LazyLock;

use self::{cluster::Cluster, engine::Engine};

/// One server and one cluster for all cases of the suite; each case has a store of its own name in it.
static SINGLE: LazyLock<Engine> = LazyLock::new(Engine::durable);
static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);

mod single {
    use crate::{SINGLE, engine::fresh_name};

    exeunt::store_test_suite!(|| async { SINGLE.open(&fresh_name()).await });
}

mod in_a_cluster {
    use crate::{
        CLUSTER,
        engine::{fresh_name, open},
    };

    exeunt::store_test_suite!(|| async { open(&CLUSTER.address(&fresh_name())).await });
}
