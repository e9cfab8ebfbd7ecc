//! What the tests share: an app in this process, a browser that keeps its cookies, a scripted provider on loopback.

mod app;
mod browser;
mod failing_store;
mod logs;
mod stores;
mod tab;

pub(crate) use app::{App, AppBuilder};
pub(crate) use browser::{Answer, Browser, answer_of};
pub(crate) use failing_store::{Call, FailingStore, Hold};
pub(crate) use logs::Logs;
pub(crate) use stores::{NamedStore, every_store};
pub(crate) use tab::{Heard, Tab};
