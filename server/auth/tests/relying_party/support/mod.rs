//! What the tests share: an app in this process, a browser that keeps its cookies, a scripted provider on loopback.

mod app;
mod browser;

pub(crate) use app::{App, AppBuilder};
pub(crate) use browser::{Answer, Browser};
