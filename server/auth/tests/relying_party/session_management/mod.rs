//! Session Management 1.0: what a page is told to watch, and what a silent check makes of a session.

mod checks;
mod endings;
mod overtaken;
mod tokens;
mod watching;

use exeunt::{
    config::Settings,
    session::{CurrentSession, layer::find_session},
    session_management::{SessionWatch, session_watch},
};
use exeunt_dev_provider::script::Script;
use http::{Extensions, HeaderMap, header};

use crate::support::{Answer, App, AppBuilder, Browser};

/// An app that watches, at a provider that offers a frame and says `session_state`.
async fn watching_app() -> App {
    watching(App::builder()).await
}

/// The same, with the probe after a sign-out switched on.
async fn watching_and_probing_app() -> App {
    watching_with(App::builder(), |settings| settings.logout.probe = true).await
}

async fn watching(builder: AppBuilder) -> App {
    watching_with(builder, |_| ()).await
}

async fn watching_with(builder: AppBuilder, adjust: impl FnOnce(&mut Settings) + 'static) -> App {
    let app = builder
        .settings(|settings| {
            settings.logout.session_management = true;
            adjust(settings);
        })
        .start()
        .await;
    let frame = format!("{}/check-session", app.provider.issuer());
    app.script().change_discovery(move |metadata| {
        metadata.insert("check_session_iframe".to_owned(), frame.clone().into());
    });
    say_session_state(&app.script(), "hash.salt");
    app
}

fn say_session_state(script: &Script, state: &'static str) {
    script.change_authorization_response(move |parameters| {
        parameters.retain(|(name, _)| name != "session_state");
        parameters.push(("session_state".to_owned(), state.to_owned()));
    });
}

/// What a page for this browser is told to watch.
async fn watch_of(app: &App, browser: &Browser) -> Option<SessionWatch> {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = browser.session_cookie() {
        headers.insert(header::COOKIE, format!("{name}={value}").parse().unwrap());
    }
    let current = find_session(&app.exeunt, &headers)
        .await
        .unwrap()
        .map_or(CurrentSession::None, CurrentSession::Live);
    let mut extensions = Extensions::new();
    extensions.insert(current);
    session_watch(&app.exeunt, &extensions)
}

/// Where a page goes that was told "changed".
async fn check_path(app: &App, browser: &Browser) -> String {
    let watch = watch_of(app, browser).await.expect("something to watch");
    format!(
        "/auth/login?prompt=none&recheck={}&return_to=/account",
        watch.session
    )
}

/// A whole silent check, as the browser goes through it.
async fn check(app: &App, browser: &mut Browser) -> Answer {
    let path = check_path(app, browser).await;
    browser.sign_in(&path).await
}

/// The provider's session of this browser ends there, and nobody tells the app.
fn end_at_provider(app: &App, browser: &Browser) {
    for cookie in browser.provider_cookies.values() {
        app.script().end_session(cookie);
    }
}
