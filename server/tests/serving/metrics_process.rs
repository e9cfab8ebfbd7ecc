//! The metrics of a program that runs, asked for over TCP, and what the manual says of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use exeunt_dev_provider::script::ScriptedProvider;
use http::StatusCode;
use openidconnect::reqwest::{self, redirect::Policy};

use super::site::Site;

const HERE: &str = "http://localhost:3000";

/// Free a moment ago; nobody else on this interface is given it so soon.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

struct Program {
    child: Child,
    app: SocketAddr,
    metrics: SocketAddr,
    _place: tempfile::TempDir,
}

impl Program {
    async fn start(provider: &ScriptedProvider) -> Self {
        let place = tempfile::tempdir().unwrap();
        let (app, metrics) = (free_address(), free_address());
        let store = place.path().join("sessions.db");
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .env_clear()
            .envs([
                ("EXEUNT_PUBLIC_URL", HERE.to_owned()),
                ("EXEUNT_ISSUER", provider.issuer()),
                ("EXEUNT_CLIENT_ID", provider.client_id()),
                ("EXEUNT_CLIENT_SECRET", provider.client_secret()),
                ("EXEUNT_KEYS", Site::key()),
                ("EXEUNT_STORE", format!("sqlite:{}", store.display())),
                ("EXEUNT_METRICS_ADDR", metrics.to_string()),
                ("LEPTOS_SITE_ADDR", app.to_string()),
                ("LEPTOS_SITE_ROOT", place.path().display().to_string()),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let program = Self {
            child,
            app,
            metrics,
            _place: place,
        };
        tokio::task::spawn_blocking(move || {
            let told = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("Exeunt is at")));
            assert!(told.is_some(), "the program ended at its start");
            std::thread::spawn(move || lines.for_each(drop));
        })
        .await
        .unwrap();
        program
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Fails only if it has ended.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Name, type and labels of each metric.
type Told = BTreeMap<String, (String, BTreeSet<String>)>;

fn told_by(scrape: &str) -> Told {
    let mut told = Told::new();
    for line in scrape.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            told.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        }
    }
    for line in scrape.lines().filter(|line| line.starts_with("exeunt_")) {
        let (series, labels) = match line.split_once('{') {
            Some((series, rest)) => (series, rest.rsplit_once('}').unwrap().0),
            None => (line.split(' ').next().unwrap(), ""),
        };
        let parts = ["_bucket", "_sum", "_count"];
        let whole = parts.iter().find_map(|part| series.strip_suffix(part));
        let name = whole.filter(|name| told.contains_key(*name)).unwrap_or(series);
        let (_, known) = told.get_mut(name).unwrap_or_else(|| panic!("{line} has no type"));
        let names = labels.split("\",").filter_map(|label| label.split('=').next());
        known.extend(
            names
                .filter(|name| !name.is_empty() && *name != "le")
                .map(str::to_owned),
        );
    }
    told
}

fn told_by_the_manual() -> Told {
    let manual = include_str!("../../../docs/operations.md");
    let rows = manual.lines().filter(|line| line.starts_with("| `exeunt_"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let labels = cells[3].split(',').map(|label| label.trim().trim_matches('`'));
        let labels = labels
            .filter(|label| !label.is_empty())
            .map(str::to_owned)
            .collect();
        (
            cells[1].trim_matches('`').to_owned(),
            (cells[2].to_owned(), labels),
        )
    })
    .collect()
}

#[tokio::test]
async fn the_manual_names_what_a_server_that_runs_tells_and_nothing_else() {
    let provider = ScriptedProvider::start().await;
    let mut program = Program::start(&provider).await;
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    let get = async |address: SocketAddr, path: &str| {
        client
            .get(format!("http://{address}{path}"))
            .send()
            .await
            .unwrap()
    };
    // Asks the provider for its discovery document.
    let login = get(program.app, "/auth/login").await;
    assert_eq!(login.status(), StatusCode::SEE_OTHER);
    assert_eq!(get(program.app, "/metrics").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        get(program.metrics, "/healthz").await.status(),
        StatusCode::NOT_FOUND
    );
    let scraped = get(program.metrics, "/metrics").await;
    assert_eq!(scraped.status(), StatusCode::OK);
    assert_eq!(scraped.headers()["content-type"], server::metrics::CONTENT_TYPE);
    let text = scraped.text().await.unwrap();
    assert_eq!(told_by(&text), told_by_the_manual(), "{text}");
    assert!(text.lines().any(|line| line == "exeunt_sessions 0"), "{text}");
    assert!(
        text.contains("exeunt_http_request_duration_seconds_count{route=\"/auth/login\",method=\"GET\",status=\"3xx\"} 1"),
        "{text}"
    );

    // It ends as a whole, the listener for metrics with it, though a connection to it is still open.
    #[cfg(unix)]
    {
        let id = program.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        let (ended, program) = tokio::task::spawn_blocking(move || (program.child.wait().unwrap(), program))
            .await
            .unwrap();
        assert!(ended.success(), "{ended}");
        assert!(
            client
                .get(format!("http://{}/metrics", program.metrics))
                .send()
                .await
                .is_err()
        );
    }
}
