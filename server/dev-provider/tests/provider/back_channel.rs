//! When the served provider tells relying parties that a session ended.

use std::time::Duration;

use axum::Router;
use axum::routing::post;
use exeunt_dev_provider::{BackChannelLogout, DevProvider, DevProviderConfig};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::browser::Browser;
use crate::relying_party::{client, config, text, tokens};

/// Signs ada in and out at a provider with these settings, where each logout token that arrives is told.
async fn signed_out(when: BackChannelLogout) -> mpsc::UnboundedReceiver<String> {
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/logout", listener.local_addr().unwrap());
    let take = post(async move |body: String| arrived.send(body).unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().route("/logout", take)).await });
    let config = DevProviderConfig {
        clients: vec![client().backchannel_logout(uri)],
        back_channel_logout: when,
        ..config()
    };
    let browser = Browser::new(DevProvider::new(config).unwrap().router());
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    browser.get("/end_session", &[("id_token_hint", &id_token)]).await;
    assert_eq!(browser.cookie(), None);
    arrivals
}

#[tokio::test]
async fn synchronously_it_has_arrived_when_the_browser_goes_on() {
    let mut arrivals = signed_out(BackChannelLogout::Synchronous).await;
    assert!(arrivals.try_recv().unwrap().starts_with("logout_token="));
}

#[tokio::test]
async fn delayed_it_arrives_afterwards() {
    let delay = Duration::from_millis(500);
    let mut arrivals = signed_out(BackChannelLogout::Delayed(delay)).await;
    assert!(arrivals.try_recv().is_err(), "it came before the answer");
    assert!(arrivals.recv().await.unwrap().starts_with("logout_token="));
}

#[tokio::test]
async fn off_it_never_does() {
    let mut arrivals = signed_out(BackChannelLogout::Off).await;
    assert!(arrivals.try_recv().is_err());
}
