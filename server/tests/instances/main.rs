//! Several processes of the program on one store, and what is left when one is killed in the middle of something.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![cfg(unix)]

#[path = "../../auth/tests/store_postgres/cluster.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    reason = "shared with tests that need more of it"
)]
mod cluster;
mod crowd;
#[allow(dead_code, reason = "shared with the soak, which needs more of it")]
mod engine;
#[allow(dead_code, reason = "shared with the soak, which needs more of it")]
mod fleet;
mod keys;
mod killed;
#[allow(dead_code, reason = "shared with the soak, which needs more of it")]
mod line;
mod outage;
mod refresh;
mod stopping;
mod tls;

/// Makes of each of these functions a test on every engine.
macro_rules! on_each_engine {
    ($($name:ident),+ $(,)?) => {
        $crate::on_engines!(sqlite postgres redis: $($name),+);
    };
}

/// The same, on these.
macro_rules! on_engines {
    ($($engine:ident)+: $($name:ident),+ $(,)?) => {
        $crate::on_engines!(@each [$($engine)+] ($($name),+));
    };
    (@each [$($engine:ident)+] $names:tt) => {
        $($crate::on_engines!(@one $engine $names);)+
    };
    (@one $engine:ident ($($name:ident),+)) => {
        mod $engine {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::fleet::Fleet::new(stringify!($engine)).await).await;
                }
            )+
        }
    };
}

pub(crate) use {on_each_engine, on_engines};
