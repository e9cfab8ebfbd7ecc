//! From a checked configuration to a server that answers, and back to a clean end.

use std::{io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{Router, extract::Request, middleware, response::Response};
use exeunt::{
    Exeunt,
    config::ClientSecret,
    http::headers,
    platform::Platform,
    store::MeasuredStore,
    upstream::{AsUpstream, Upstream, route_request},
};
use exeunt_dev_provider::{Client, DevProvider, DevProviderConfig};
use leptos::config::{Env, LeptosOptions};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tower::{ServiceBuilder, util::MapResponseLayer};
use tower_http::{limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use crate::{
    config::{PlatformConfig, ServerConfig, platform_notice, registration_notice},
    connections, error_pages, language, metrics, pages, static_files, store, telemetry,
};

/// The longest body of any request.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a request may take until its answer begins.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests under way, and what they leave to be done, are waited for at the end.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The runtime did not start.
    #[error("the runtime could not be started")]
    Runtime(#[source] io::Error),
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}; choose another in LEPTOS_SITE_ADDR, or end the program that holds it"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// The address for metrics is taken or not ours.
    #[error(
        "cannot listen on {address} for metrics; choose another in EXEUNT_METRICS_ADDR, or end the program that holds it"
    )]
    ListenForMetrics {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Nothing can be measured.
    #[error(transparent)]
    Metrics(#[from] metrics::MetricsError),
    /// The store cannot be used.
    #[error("the store cannot be opened; see EXEUNT_STORE")]
    Store(#[from] store::OpenError),
    /// The relying party cannot be set up.
    #[error(transparent)]
    Setup(#[from] exeunt::SetupError),
    /// The platform cannot be set up.
    #[error(transparent)]
    Platform(#[from] exeunt::platform::SetupError),
    /// The development provider cannot be set up.
    #[error("the development provider cannot be set up; set EXEUNT_ISSUER to use another")]
    Development(#[source] exeunt_dev_provider::ConfigError),
}

/// Serves until the process is told to stop.
///
/// # Errors
///
/// If something that it needs is missing.
pub fn run(config: ServerConfig) -> Result<(), ServeError> {
    runtime()?.block_on(serve(config))
}

/// Serves inside of a platform until the process is told to stop.
///
/// # Errors
///
/// If something that it needs is missing.
pub fn run_platform(config: PlatformConfig) -> Result<(), ServeError> {
    runtime()?.block_on(serve_platform(config))
}

fn runtime() -> Result<tokio::runtime::Runtime, ServeError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)
}

async fn serve(config: ServerConfig) -> Result<(), ServeError> {
    let listener = listen(config.listen).await?;
    let stopped = stopped();
    if let Some(development) = &config.development {
        let provider = development_provider(&config)?;
        let listener = listen(development.listen).await?;
        tokio::spawn(provider.serve(listener, until(stopped.clone())));
    }
    let metrics = Metrics::begin(config.metrics).await?;
    let options = leptos_options(config.listen, &config.site_root);
    let store = store::open(&config.store).await?;
    let store = Arc::new(MeasuredStore::new(store, store::system(&config.store)));
    let exeunt = Exeunt::builder(config.settings.clone(), store)
        .renderer(error_pages::renderer(
            &options,
            config.settings.public_url.base_path(),
        ))
        .build()?;
    let announcement = || announce(&config);
    let census = Some(exeunt.clone());
    let measuring = metrics.map(|metrics| metrics.serve(census, until(stopped.clone())));
    serve_upstream(
        exeunt.as_upstream(),
        listener,
        &options,
        stopped,
        measuring,
        announcement,
    )
    .await;
    Ok(())
}

async fn serve_platform(config: PlatformConfig) -> Result<(), ServeError> {
    let listener = listen(config.listen).await?;
    let stopped = stopped();
    let metrics = Metrics::begin(config.metrics).await?;
    let options = leptos_options(config.listen, &config.site_root);
    let platform = Platform::builder(config.settings.clone())
        .renderer(error_pages::renderer(
            &options,
            config.settings.public_url.base_path(),
        ))
        .build()?;
    let announcement = || announce_platform(&config);
    let measuring = metrics.map(|metrics| metrics.serve(None, until(stopped.clone())));
    serve_upstream(
        platform.as_upstream(),
        listener,
        &options,
        stopped,
        measuring,
        announcement,
    )
    .await;
    Ok(())
}

/// A listener for metrics, and what is recorded from here on: made before anything that is measured happens.
struct Metrics {
    listener: TcpListener,
    exporter: metrics::Exporter,
}

impl Metrics {
    async fn begin(address: Option<SocketAddr>) -> Result<Option<Self>, ServeError> {
        let Some(address) = address else {
            return Ok(None);
        };
        Ok(Some(Self {
            listener: listen_for_metrics(address).await?,
            exporter: metrics::install()?,
        }))
    }

    fn serve(
        self,
        census: Option<Exeunt>,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> JoinHandle<io::Result<()>> {
        let Self { listener, exporter } = self;
        tokio::spawn(async move { metrics::serve(listener, census.as_ref(), exporter, stopped).await })
    }
}

/// From here on nothing knows which upstream was chosen.
async fn serve_upstream(
    upstream: Arc<dyn Upstream>,
    listener: TcpListener,
    options: &LeptosOptions,
    stopped: watch::Receiver<bool>,
    measuring: Option<JoinHandle<io::Result<()>>>,
    announce: impl FnOnce(),
) {
    let background = tokio::spawn({
        let upstream = Arc::clone(&upstream);
        async move { upstream.background().await }
    });
    // They would go on as long as their browsers do.
    let streams = Arc::clone(&upstream);
    let at_the_end = until(stopped.clone());
    tokio::spawn(async move {
        at_the_end.await;
        streams.close_streams();
    });
    let routing = Arc::clone(&upstream);
    let app = ServiceBuilder::new()
        .map_request(move |request: Request| route_request(request, &*routing))
        .service(app(&upstream, options));
    announce();
    let server = connections::serve(listener, app, until(stopped.clone()));
    let last_moment = async {
        until(stopped).await;
        tokio::time::sleep(GRACE).await;
    };
    let settled = async {
        upstream.settled().await;
        if let Some(measuring) = measuring
            && let Ok(Err(error)) = measuring.await
        {
            tracing::error!(%error, "the listener for metrics failed");
        }
    };
    wind_down(server, settled, last_moment).await;
    background.abort();
}

/// Tells when the process is to stop.
fn stopped() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        stop_signal().await;
        tracing::info!("stopping");
        let _ = stop.send(true);
    });
    stopped
}

/// Serves until the server has ended and what its requests left to be done is settled, but not beyond the last moment.
///
/// A refresh outlives its request: cut off, the session would keep a refresh token that is spent.
async fn wind_down(
    server: impl Future<Output = ()>,
    settled: impl Future<Output = ()>,
    last_moment: impl Future<Output = ()>,
) {
    let orderly = async {
        server.await;
        settled.await;
    };
    tokio::select! {
        () = orderly => {}
        () = last_moment => {
            tracing::warn!("requests, or what they left to be done, were still under way at the end");
        }
    }
}

/// The whole HTTP surface on one screen, whoever owns the session. The path prefix must be taken off in front of it
/// ([`route_request`]).
pub fn app(upstream: &impl AsUpstream, options: &LeptosOptions) -> Router {
    let upstream = upstream.as_upstream();
    let pages = upstream.routes().merge(pages::routes(&upstream, options));
    let protected = upstream.protect(pages.layer(RequestBodyLimitLayer::new(BODY_LIMIT)));
    let protected = protected.layer(middleware::from_fn(language::negotiate));
    // Outside the session: they belong to nobody, and must answer when the store does not.
    let open = upstream.health().merge(static_files::routes(options));
    let timeout = TimeoutLayer::with_status_code(http::StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT);
    // Outermost, so that no answer lacks them: not a file, not a health check, not a timeout.
    let site = upstream.site().clone();
    let secure = MapResponseLayer::new(move |response: Response| headers::secure(&site, response));
    telemetry::log_requests(protected.merge(open).layer(timeout).layer(secure))
}

/// What Leptos needs to know, set here so that the binary needs no variable for it.
fn leptos_options(listen: SocketAddr, site_root: &Path) -> LeptosOptions {
    // `cargo leptos` writes it beside the binary whenever it hashes the names of its files.
    let hashes = std::env::current_exe()
        .ok()
        .and_then(|binary| Some(binary.parent()?.join("hash.txt")));
    LeptosOptions::builder()
        .output_name("exeunt")
        .site_root(site_root.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(listen)
        .hash_files(hashes.is_some_and(|file| file.exists()))
        .env(if cfg!(debug_assertions) {
            Env::DEV
        } else {
            Env::PROD
        })
        .build()
}

fn development_provider(config: &ServerConfig) -> Result<DevProvider, ServeError> {
    let url = &config.settings.public_url;
    let provider = &config.settings.provider;
    let secret = provider.client_secret.as_ref().map(ClientSecret::expose);
    let client = Client::new(provider.client_id.as_str(), secret)
        .redirect_uri(url.absolute("/auth/callback"))
        .post_logout_redirect_uri(url.absolute("/logged-out"))
        .backchannel_logout(url.absolute("/auth/backchannel-logout"))
        .frontchannel_logout(url.absolute("/auth/frontchannel-logout"));
    DevProvider::new(DevProviderConfig::new(provider.issuer.as_str(), vec![client]))
        .map_err(ServeError::Development)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::Listen { address, error })
}

async fn listen_for_metrics(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::ListenForMetrics { address, error })
}

/// Tells the person at the terminal where it is and what to register.
#[expect(
    clippy::print_stdout,
    reason = "for the person at the terminal, not for the log"
)]
fn announce(config: &ServerConfig) {
    for note in &config.notes {
        tracing::warn!("{note}");
    }
    println!("\n{}", registration_notice(config));
    if config.development.is_some() {
        println!("Demo users (pick one at the provider, there are no passwords):");
        for user in exeunt_dev_provider::demo_users() {
            println!("  {}", user.name);
        }
        println!(
            "\nEnd a session at the provider, as an administrator would, and see the app react: {}/sessions",
            config.settings.provider.issuer.as_str().trim_end_matches('/')
        );
        println!();
    }
}

/// Tells the person at the terminal where it is, and which platform it belongs to.
#[expect(
    clippy::print_stdout,
    reason = "for the person at the terminal, not for the log"
)]
fn announce_platform(config: &PlatformConfig) {
    for note in &config.notes {
        tracing::warn!("{note}");
    }
    println!("\n{}", platform_notice(config));
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it whoever could stop us in another way.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Until the process is told to stop.
pub(crate) async fn stop_signal() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn i13_the_end_waits_for_what_requests_left_to_be_done() {
        let (over, settled) = oneshot::channel::<()>();
        let settled = async {
            let _ = settled.await;
        };
        let ending = tokio::spawn(wind_down(async {}, settled, std::future::pending()));
        tokio::task::yield_now().await;
        assert!(!ending.is_finished(), "a refresh is still under way");
        over.send(()).unwrap();
        ending.await.unwrap();
    }

    #[tokio::test]
    async fn the_end_does_not_wait_beyond_the_last_moment() {
        let never = std::future::pending::<()>;
        wind_down(async {}, never(), async {}).await;
        wind_down(never(), never(), async {}).await;
    }
}
