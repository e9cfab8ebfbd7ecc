//! Processes of the program on one store of one of the engines, and a browser that asks now this one and now that one.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use exeunt::{
    Exeunt,
    clock::{Clock, ManualClock, SystemClock},
};
use exeunt_dev_provider::script::ScriptedProvider;
use openidconnect::reqwest::{self, header, redirect::Policy};
use server::{
    config::{self, Action},
    store,
};

use super::engine::Engine;

/// Under which people reach the app; which of the processes they reach is the test's choice.
pub(super) const HERE: &str = "http://localhost:3000";
pub(super) const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

/// Of the log: who signed in and out, and what became of refreshes.
const KEPT: [&str; 2] = [r#""target":"audit""#, r#""target":"exeunt::refresh""#];

pub(super) struct Fleet {
    pub(super) provider: ScriptedProvider,
    pub(super) engine: Engine,
    place: tempfile::TempDir,
    /// What `EXEUNT_KEYS` says.
    keys: Mutex<String>,
    client: reqwest::Client,
    log: Arc<Mutex<Vec<String>>>,
}

impl Fleet {
    /// On an engine of its own.
    pub(super) async fn new(engine: &str) -> Self {
        let fleet = Self::on(Engine::start(engine).await, ScriptedProvider::start().await);
        fleet.provider.script().auto_login("ada");
        fleet
    }

    pub(super) fn on(engine: Engine, provider: ScriptedProvider) -> Self {
        provider.set_redirect_uris([format!("{HERE}/auth/callback")]);
        provider.set_post_logout_redirect_uris([format!("{HERE}/logged-out")]);
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(30));
        Self {
            provider,
            engine,
            place: tempfile::tempdir().unwrap(),
            keys: Mutex::new(KEY.to_owned()),
            client: client.build().unwrap(),
            log: Arc::default(),
        }
    }

    fn variables(&self, address: SocketAddr) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("EXEUNT_PUBLIC_URL", HERE.to_owned()),
            ("EXEUNT_ISSUER", self.provider.issuer()),
            ("EXEUNT_CLIENT_ID", self.provider.client_id()),
            ("EXEUNT_CLIENT_SECRET", self.provider.client_secret()),
            ("EXEUNT_KEYS", self.keys.lock().unwrap().clone()),
            ("EXEUNT_STORE", self.engine.address()),
            ("LEPTOS_SITE_ADDR", address.to_string()),
        ];
        if let Some(file) = self.engine.authority() {
            variables.push(("SSL_CERT_FILE", file.display().to_string()));
        }
        variables
    }

    /// Whatever is started from now on has these keys.
    pub(super) fn set_keys(&self, keys: impl Into<String>) {
        *self.keys.lock().unwrap() = keys.into();
    }

    /// Runs a command of the program with the settings of a server, and gives what it wrote.
    pub(super) async fn run(&self, command: &'static str) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
        program
            .arg(command)
            .env_clear()
            .envs(self.variables(free_address()))
            .env("LEPTOS_SITE_ROOT", self.place.path());
        let output = tokio::task::spawn_blocking(move || program.output().unwrap())
            .await
            .unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {complaints}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts one more process and waits until it is ready.
    pub(super) async fn start(&self) -> Instance {
        self.start_at(free_address()).await
    }

    /// The same, where another was.
    pub(super) async fn start_at(&self, address: SocketAddr) -> Instance {
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .env_clear()
            .envs(self.variables(address))
            .env("LEPTOS_SITE_ROOT", self.place.path())
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut notices = BufReader::new(child.stdout.take().unwrap()).lines();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let instance = Instance { child, address };
        let log = Arc::clone(&self.log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if KEPT.iter().any(|target| line.contains(target)) {
                    log.lock().unwrap().push(line);
                }
            }
        });
        // The notice comes when it listens. The rest is read so that it never waits for a reader.
        tokio::task::spawn_blocking(move || {
            let told = notices.find(|line| line.as_ref().is_ok_and(|line| line.contains("Exeunt is at")));
            assert!(told.is_some(), "the program ended at its start");
            std::thread::spawn(move || notices.for_each(drop));
        })
        .await
        .unwrap();
        instance
    }

    /// What the processes said that concerns this person and the sessions they had: the audit log, and what became of refreshes.
    pub(super) fn log_of(&self, sub: &str) -> Vec<String> {
        let log = self.log.lock().unwrap();
        let value = |line: &String, name: &str| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(line[name].as_str()?.to_owned())
        };
        let of_sub = |line: &&String| value(line, "sub").as_deref() == Some(sub);
        let sessions: Vec<_> = log
            .iter()
            .filter(of_sub)
            .filter_map(|line| value(line, "session"))
            .collect();
        log.iter()
            .filter(|line| {
                of_sub(line) || value(line, "session").is_some_and(|session| sessions.contains(&session))
            })
            .cloned()
            .collect()
    }

    /// An instance in this process, on the same store, by a clock that stands so long after now.
    pub(super) async fn later(&self, after: Duration) -> Exeunt {
        let variables = self.variables(free_address());
        let loaded = config::load(
            ["server".into()],
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .chain([(
                    "LEPTOS_SITE_ROOT".into(),
                    self.place.path().as_os_str().to_owned(),
                )]),
        );
        let config = match loaded {
            Ok(Action::Serve(config)) => config,
            other => unreachable!("the settings are good: {other:?}"),
        };
        let store = store::open(&config.store).await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(SystemClock.now() + after));
        Exeunt::builder(config.settings, store)
            .clock(clock)
            .build()
            .unwrap()
    }

    pub(super) fn browser(&self) -> Browser {
        Browser {
            client: self.client.clone(),
            cookies: BTreeMap::new(),
        }
    }
}

/// Free a moment ago; nobody else on this interface is given it so soon.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A process of the program. It is killed when this is dropped, on a panic too.
pub(super) struct Instance {
    child: Child,
    address: SocketAddr,
}

impl Instance {
    /// For a request that goes on while the test kills it.
    pub(super) fn addressed(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// As a crash would, at once, in whatever it does.
    pub(super) fn kill(mut self) {
        self.crash();
    }

    /// The same, where another takes its place.
    pub(super) fn crash(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an operator ends it: it finishes what it is at. Gives how it ended.
    pub(super) async fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// It stands still; the time goes on.
    pub(super) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(super) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, which: &str) {
        let mut kill = Command::new("kill");
        let status = kill.args([which, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Fails only if it has ended.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Its cookies go to whichever instance it asks, as to one address.
#[derive(Clone)]
pub(super) struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) async fn get(&mut self, at: &Instance, path: &str) -> reqwest::Result<reqwest::Response> {
        self.get_at(at.address, path).await
    }

    pub(super) async fn get_at(&mut self, at: SocketAddr, path: &str) -> reqwest::Result<reqwest::Response> {
        self.send(self.client.get(format!("http://{at}{path}"))).await
    }

    pub(super) async fn post(&mut self, at: &Instance, path: &str) -> reqwest::Result<reqwest::Response> {
        self.post_at(at.address, path).await
    }

    pub(super) async fn post_at(&mut self, at: SocketAddr, path: &str) -> reqwest::Result<reqwest::Response> {
        self.post_json_at(at, path, "{}").await
    }

    pub(super) async fn post_json_at(
        &mut self,
        at: SocketAddr,
        path: &str,
        body: &str,
    ) -> reqwest::Result<reqwest::Response> {
        let request = self
            .client
            .post(format!("http://{at}{path}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, HERE)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_owned());
        self.send(request).await
    }

    /// A stream, which may last.
    pub(super) async fn follow_at(
        &mut self,
        at: SocketAddr,
        path: &str,
    ) -> reqwest::Result<reqwest::Response> {
        let request = self.client.get(format!("http://{at}{path}"));
        self.send(request.timeout(Duration::from_secs(24 * 60 * 60)))
            .await
    }

    /// Another origin: none of these cookies goes there.
    pub(super) async fn visit(&self, address: &str) -> reqwest::Result<reqwest::Response> {
        self.client.get(address).send().await
    }

    pub(super) async fn status(&mut self, at: &Instance) -> u16 {
        self.get(at, "/api/session").await.unwrap().status().as_u16()
    }

    /// Until the provider sends it back; the callback is not called yet. Gives its path.
    pub(super) async fn until_callback(&mut self, at: &Instance) -> String {
        let answer = self.get(at, "/auth/login").await.unwrap();
        let provider = location(&answer);
        let answer = self.client.get(provider).send().await.unwrap();
        let back = location(&answer);
        back.strip_prefix(HERE).unwrap().to_owned()
    }

    pub(super) async fn sign_in(&mut self, at: &Instance) {
        let callback = self.until_callback(at).await;
        let answer = self.get(at, &callback).await.unwrap();
        assert_eq!(answer.status(), 303);
        assert_eq!(self.status(at).await, 200);
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = request
            .header(header::HOST, "localhost:3000")
            .header(header::COOKIE, cookies.join("; "))
            .send()
            .await?;
        for set in answer.headers().get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }
}

fn location(answer: &reqwest::Response) -> String {
    let location = answer.headers().get(header::LOCATION);
    location.unwrap().to_str().unwrap().to_owned()
}
