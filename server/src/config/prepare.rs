//! What a start leaves on the disk: the store's directory and, for development, a file with keys. Done only when every
//! setting is right, so that a start that fails leaves nothing behind.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use exeunt::config::{
    KeyMaterial, LogoutSettings, LogoutTokenPolicy, ProviderSettings, Settings, StoreChoice,
};

use super::{
    ServerConfig, development::DevelopmentProvider, http::Http, keygen, keys::KeySource, problems::Problems,
    session::Session, telemetry::Telemetry,
};

/// The name of the key file beside the store.
const KEY_FILE: &str = "exeunt-dev-keys";

/// Everything checked, nothing done.
pub(super) struct Unprepared {
    pub(super) http: Http,
    pub(super) telemetry: Telemetry,
    pub(super) session: Session,
    pub(super) logout: LogoutSettings,
    pub(super) store: StoreChoice,
    pub(super) provider: ProviderSettings,
    pub(super) development: Option<DevelopmentProvider>,
    pub(super) logout_tokens: LogoutTokenPolicy,
    /// `None` only if there were problems.
    pub(super) keys: Option<KeySource>,
    pub(super) notes: Vec<String>,
}

/// Makes the directory and the keys.
pub(super) fn prepare(checked: Unprepared) -> Result<ServerConfig, Problems> {
    let directory = match &checked.store {
        StoreChoice::Memory | StoreChoice::Postgres(_) | StoreChoice::Redis(_) => None,
        StoreChoice::Sqlite(path) => Some(directory_of(path)),
    };
    prepare_in(checked, directory)
}

/// Makes nothing: for whoever only looks, perhaps as somebody else than the server runs as. Keys for development are those
/// of the file, if there is one, else such as are forgotten at once.
pub(super) fn look(checked: Unprepared) -> Result<ServerConfig, Problems> {
    let directory = match &checked.store {
        StoreChoice::Memory | StoreChoice::Postgres(_) | StoreChoice::Redis(_) => None,
        StoreChoice::Sqlite(path) => Some(directory_of(path)),
    };
    prepare_in(
        checked,
        directory.filter(|directory| directory.join(KEY_FILE).exists()),
    )
}

fn prepare_in(checked: Unprepared, directory: Option<PathBuf>) -> Result<ServerConfig, Problems> {
    let mut problems = Problems::default();
    if let Some(directory) = &directory
        && let Err(error) = create_private_directory(directory)
    {
        let directory = directory.display();
        problems.add(
            "EXEUNT_STORE",
            format_args!("needs the directory {directory}, which cannot be created ({error}); create it or choose another"),
        );
        return Err(problems);
    }
    let keys = match checked.keys {
        Some(KeySource::Given(keys)) => Ok(keys),
        Some(KeySource::Development) | None => development_keys(directory.as_deref()),
    };
    let key_material = keys.map_err(|fault| {
        problems.add(
            "EXEUNT_KEYS",
            format_args!("is unset and {fault}, or set EXEUNT_KEYS (`server keygen` prints one)"),
        );
        problems
    })?;
    Ok(ServerConfig {
        listen: checked.http.listen,
        site_root: checked.http.site_root,
        store: checked.store,
        metrics: checked.telemetry.metrics,
        log_filter: checked.telemetry.log_filter,
        development: checked.development,
        settings: Settings {
            public_url: checked.http.public_url,
            provider: checked.provider,
            require_claims: checked.session.require_claims,
            roles_claim: checked.session.roles_claim,
            limits: checked.session.limits,
            logout_tokens: checked.logout_tokens,
            post_logout_uris: checked.session.post_logout_uris,
            logout: checked.logout,
            trusted_proxies: checked.http.trusted_proxies,
            key_material,
        },
        notes: checked.notes,
    })
}

fn directory_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Sessions are sealed, but who is signed in where can be read from their index: nobody else should.
fn create_private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// What is wrong with the key file, and its mend.
#[derive(Debug, thiserror::Error)]
enum KeyFileFault {
    #[error("its file {path} cannot be used ({error}); mend or remove that file")]
    Unusable {
        path: PathBuf,
        error: Box<dyn std::error::Error>,
    },
    #[error("its file {0} can be read by others; run `chmod 600` on it")]
    ReadableByOthers(PathBuf),
    #[error("the operating system gives no randomness ({0}); mend that")]
    Randomness(io::Error),
}

/// Keys for development: those of the file, or new ones; without a directory they last as long as the process.
fn development_keys(directory: Option<&Path>) -> Result<KeyMaterial, KeyFileFault> {
    let Some(directory) = directory else {
        return Ok(keygen::random_key().map_err(KeyFileFault::Randomness)?.into());
    };
    let path = directory.join(KEY_FILE);
    let unusable = |error: Box<dyn std::error::Error>| KeyFileFault::Unusable {
        path: path.clone(),
        error,
    };
    if !path.try_exists().map_err(|error| unusable(error.into()))? {
        let key = keygen::random_key().map_err(KeyFileFault::Randomness)?;
        write_new(directory, &path, &KeyMaterial::encode(&key)).map_err(|error| unusable(error.into()))?;
    }
    if is_readable_by_others(&path).map_err(|error| unusable(error.into()))? {
        return Err(KeyFileFault::ReadableByOthers(path));
    }
    let text = fs::read_to_string(&path).map_err(|error| unusable(error.into()))?;
    text.trim_end()
        .parse()
        .map_err(|error: exeunt::config::KeyError| unusable(error.into()))
}

/// Writes the file in one step: whoever reads it, another server that starts at the same time too, sees all of it or
/// none. If another was first, its file stays.
fn write_new(directory: &Path, path: &Path, text: &str) -> io::Result<()> {
    // Created with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    writeln!(file, "{text}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(refused) if refused.error.kind() != io::ErrorKind::AlreadyExists => Err(refused.error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}
