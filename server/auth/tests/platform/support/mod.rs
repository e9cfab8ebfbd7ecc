//! What the tests share: a platform that answers as it is told, an app in platform mode, a browser behind the gateway.

mod app;
mod browser;
#[path = "../../relying_party/support/logs.rs"]
mod logs;
mod scripted;

pub(crate) use app::{App, GATEWAY, NOW, gateway, policy, signed};
pub(crate) use browser::{Answer, Browser, FETCH, PRESS, Sent};
pub(crate) use logs::Logs;
pub(crate) use scripted::{Reply, Scripted};
