//! The example `own_app` as its user runs it: a process of its own, a provider, and a browser without scripts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is the report"
)]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use exeunt_dev_provider::script::{Endpoint, ScriptedProvider};
use openidconnect::reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};

/// Where browsers find the app, as it is told; the test finds it wherever it really listens.
const PUBLIC_URL: &str = "http://localhost:3000";

/// 32 bytes that are not all the same.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// The process. It ends with the test, however that ends.
struct OwnApp {
    process: Child,
    origin: String,
}

impl Drop for OwnApp {
    fn drop(&mut self) {
        // Fails only if it has ended already.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl OwnApp {
    /// Starts it on a port that the system chooses, and waits until it listens.
    async fn start(provider: &ScriptedProvider) -> Self {
        let mut command = Command::new(program());
        command.env_clear().stdout(Stdio::piped()).envs([
            ("EXEUNT_PUBLIC_URL", PUBLIC_URL),
            ("EXEUNT_ISSUER", &provider.issuer()),
            ("EXEUNT_CLIENT_ID", &provider.client_id()),
            ("EXEUNT_CLIENT_SECRET", &provider.client_secret()),
            ("EXEUNT_KEYS", KEY),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ]);
        let mut process = command.spawn().unwrap();
        let output = process.stdout.take().unwrap();
        let mut app = Self {
            process,
            origin: String::new(),
        };
        let line = tokio::task::spawn_blocking(move || BufReader::new(output).lines().next())
            .await
            .unwrap();
        let line = line
            .unwrap_or_else(|| panic!("it ended before it listened"))
            .unwrap();
        let address = line.strip_prefix("listening on ").unwrap();
        app.origin = format!("http://{address}");
        app
    }
}

/// Cargo builds the examples of a package for its tests, into a folder beside theirs; not where it is told which test or target
/// to run.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().with_file_name("examples");
    let program = folder.join(format!("own_app{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "the example is not built: run cargo test without the name of a test, or cargo build --example own_app"
    );
    program
}

/// A browser without scripts, which knows the app by its public address.
struct Browser<'a> {
    app: &'a OwnApp,
    client: Client,
    cookies: BTreeMap<String, String>,
}

struct Page {
    status: StatusCode,
    location: String,
    text: String,
}

impl Page {
    async fn of(response: Response) -> Self {
        let location = response.headers().get(LOCATION);
        Self {
            status: response.status(),
            location: location.map_or("", |place| place.to_str().unwrap()).to_owned(),
            text: response.text().await.unwrap(),
        }
    }

    /// The value of the first attribute of this name behind the first occurrence of a text.
    fn attribute(&self, behind: &str, name: &str) -> String {
        let rest = self
            .text
            .split_once(behind)
            .unwrap_or_else(|| panic!("no {behind}: {}", self.text))
            .1;
        let value = rest.split_once(&format!(" {name}=\"")).unwrap().1;
        value.split_once('"').unwrap().0.replace("&amp;", "&")
    }
}

impl<'a> Browser<'a> {
    fn new(app: &'a OwnApp) -> Self {
        Self {
            app,
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Follows a link or a redirection.
    async fn open(&mut self, address: &str) -> Page {
        self.send(Method::GET, address, None).await
    }

    /// Sends a form.
    async fn post(&mut self, address: &str, form: &str) -> Page {
        self.send(Method::POST, address, Some(form)).await
    }

    async fn send(&mut self, method: Method, address: &str, form: Option<&str>) -> Page {
        let url = Url::parse(PUBLIC_URL).unwrap().join(address).unwrap();
        let path = url.as_str().strip_prefix(PUBLIC_URL);
        let is_ours = path.is_some();
        let target = path.map_or_else(|| url.to_string(), |path| format!("{}{path}", self.app.origin));
        let mut request = self
            .client
            .request(method, target)
            .header(ACCEPT, "text/html")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        if is_ours {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request
                .header("sec-fetch-site", "same-origin")
                .header(COOKIE, cookies.collect::<Vec<_>>().join("; "));
        }
        if let Some(form) = form {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.to_owned());
        }
        let response = request.send().await.unwrap();
        if is_ours {
            self.keep_cookies(&response);
        }
        Page::of(response).await
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

#[tokio::test]
async fn the_example_signs_a_person_in_and_out_without_scripts() {
    let provider = ScriptedProvider::start().await;
    provider.set_redirect_uris([format!("{PUBLIC_URL}/auth/callback")]);
    provider.set_post_logout_redirect_uris([format!("{PUBLIC_URL}/logged-out")]);
    provider.script().auto_login("ada");
    let app = OwnApp::start(&provider).await;
    let mut browser = Browser::new(&app);

    let stranger = browser.open("/").await;
    assert_eq!(stranger.status, 200);
    assert!(!stranger.text.contains("Hello, "), "{}", stranger.text);

    let to_provider = browser.open(&stranger.attribute("<a", "href")).await;
    assert!(
        to_provider.location.starts_with(&provider.issuer()),
        "{}",
        to_provider.location
    );
    let to_callback = browser.open(&to_provider.location).await;
    let signed_in = browser.open(&to_callback.location).await;
    assert_eq!(
        (signed_in.status.as_u16(), &*signed_in.location),
        (303, "/"),
        "{}",
        signed_in.text
    );
    let home = browser.open(&signed_in.location).await;
    assert!(
        home.text.contains("Hello, ") && home.text.contains("Ada Example"),
        "{}",
        home.text
    );
    let session = browser.cookies.clone();

    let action = home.attribute("<form", "action");
    let scope = home.attribute("name=\"scope\"", "value");
    assert_eq!(home.attribute("<form", "method"), "post");
    let signed_out = browser.post(&action, &format!("scope={scope}")).await;
    assert_eq!(signed_out.status, 303, "{}", signed_out.text);
    let leaving = browser.open(&signed_out.location).await;
    let to_end_session = leaving.attribute("<a", "href");
    assert!(to_end_session.starts_with(&provider.issuer()), "{}", leaving.text);
    let back = browser.open(&to_end_session).await;
    assert_eq!(provider.script().count(Endpoint::EndSession), 1);
    assert!(
        back.location
            .starts_with(&format!("{PUBLIC_URL}/logged-out?state=")),
        "{}",
        back.location
    );

    let returned = browser.open(&back.location).await;
    let report = browser.open(&returned.location).await;
    assert_eq!(report.status, 200, "{}", report.text);
    assert!(report.text.contains("AppSession: Ended"), "{}", report.text);
    assert!(
        report.text.contains("ProviderSession: Returned"),
        "{}",
        report.text
    );
    assert!(!report.text.contains("Ada Example"), "{}", report.text);

    browser.cookies = session;
    assert_eq!(browser.open("/api/session").await.status, 401);
    let replayed = browser.open("/").await;
    assert!(!replayed.text.contains("Ada Example"), "{}", replayed.text);
}
