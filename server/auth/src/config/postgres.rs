//! The address of a PostgreSQL database.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{Config, Host, SslMode, TargetSessionAttrs};

/// What is wrong with the address of a database. Never holds any of it: a sign that is not encoded may make a part of the
/// password look like something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresUrlError {
    /// It is no address at all, or holds something that cannot be read.
    #[error(
        "is not the address of a PostgreSQL database; write postgres://USER:PASSWORD@HOST:PORT/DATABASE and \
         percent-encode every sign of user and password that is neither letter nor digit"
    )]
    Malformed,
    /// No host.
    #[error(
        "names no host; write postgres://USER@HOST/DATABASE, or ?host=/DIRECTORY for a socket on this machine"
    )]
    NoHost,
    /// Something behind the question mark that is not known.
    #[error(
        "has a parameter that is not known; {KNOWN} are, and a ? in user or password is written %3F",
        KNOWN = KNOWN.join(", ")
    )]
    UnknownParameter,
    /// A parameter that stands there twice.
    #[error("has the parameter {0} twice; remove one of them")]
    Twice(&'static str),
    /// A parameter with a value that is not known.
    #[error("has the parameter {0} with a value that is not known; {1}")]
    Value(&'static str, &'static str),
    /// Certificates that nothing would be compared with.
    #[error("names certificates that nobody would look at; add sslmode=verify-full, or remove sslrootcert")]
    UnusedCertificates,
}

/// What may stand behind the question mark.
const KNOWN: [&str; 10] = [
    "application_name",
    "dbname",
    "host",
    "password",
    "port",
    "schema",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "user",
];

/// How far the connection is protected, from less to more; as libpq names and means it. Default: [`Protection::Prefer`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// `disable`: nothing is encrypted.
    Disable,
    /// `prefer`: encrypted if the server can, and whoever answers is believed. Who stands in between reads along.
    #[default]
    Prefer,
    /// `require`: encrypted, but whoever answers is believed.
    Require,
    /// `verify-ca`: encrypted, and the certificate comes from an authority that is trusted, for whatever host.
    VerifyCa,
    /// `verify-full`: encrypted, and the certificate is that of the host.
    VerifyFull,
}

/// The address of a PostgreSQL database: `postgres://` or `postgresql://`, user, password, one or several hosts
/// (`a:5432,b:5432`, the first that takes writes is used), database, and the parameters `schema` (default `exeunt`), `sslmode`
/// ([`Protection`]) and `sslrootcert` (a file with certificates to trust instead of those that browsers trust).
///
/// Its `Debug` shows nothing of the address.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    config: Box<Config>,
    protection: Protection,
    root_certificates: Option<PathBuf>,
    schema: String,
}

impl PostgresUrl {
    /// What the driver needs to connect.
    #[must_use]
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// How far the connection is protected.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// The file with the certificates that are trusted, if not those that browsers trust.
    #[must_use]
    pub fn root_certificates(&self) -> Option<&Path> {
        self.root_certificates.as_deref()
    }

    /// The schema that holds the tables.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Whether the connection leaves this machine.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        let is_here = |host: &Host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        !self.config.get_hosts().iter().all(is_here)
    }
}

impl FromStr for PostgresUrl {
    type Err = PostgresUrlError;

    fn from_str(text: &str) -> Result<Self, PostgresUrlError> {
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let mut config: Config = address.parse().map_err(|_holds_it| PostgresUrlError::Malformed)?;
        let given = parameters(query)?;
        let parameter = |name| {
            given
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| &**value)
        };
        if let Some(user) = parameter("user") {
            config.user(user);
        }
        if let Some(password) = parameter("password") {
            config.password(password);
        }
        if let Some(database) = parameter("dbname") {
            config.dbname(database);
        }
        for host in parameter("host").into_iter().flat_map(|hosts| hosts.split(',')) {
            config.host(host);
        }
        for port in parameter("port").into_iter().flat_map(|ports| ports.split(',')) {
            let wrong = |_| PostgresUrlError::Value("port", "write a number like 5432");
            config.port(port.parse().map_err(wrong)?);
        }
        if config.get_hosts().is_empty() {
            return Err(PostgresUrlError::NoHost);
        }
        match parameter("target_session_attrs") {
            None | Some("read-write") => {}
            Some(_) => {
                return Err(PostgresUrlError::Value(
                    "target_session_attrs",
                    "only read-write is",
                ));
            }
        }
        // A standby that still answers reads would tell of sessions that have ended.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config.application_name(parameter("application_name").unwrap_or("exeunt"));
        let protection = protection(parameter("sslmode"))?;
        config.ssl_mode(match protection {
            Protection::Disable => SslMode::Disable,
            Protection::Prefer => SslMode::Prefer,
            Protection::Require | Protection::VerifyCa | Protection::VerifyFull => SslMode::Require,
        });
        let root_certificates = parameter("sslrootcert").map(PathBuf::from);
        if root_certificates.is_some() && protection < Protection::VerifyCa {
            return Err(PostgresUrlError::UnusedCertificates);
        }
        Ok(Self {
            config: Box::new(config),
            protection,
            root_certificates,
            schema: schema(parameter("schema").unwrap_or("exeunt"))?,
        })
    }
}

/// What stands behind the question mark, decoded. A plus sign is a plus sign there.
fn parameters(query: &str) -> Result<Vec<(&'static str, String)>, PostgresUrlError> {
    let mut given: Vec<(&'static str, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or(PostgresUrlError::UnknownParameter)?;
        let known = KNOWN.into_iter().find(|known| *known == name);
        let name = known.ok_or(PostgresUrlError::UnknownParameter)?;
        if given.iter().any(|(before, _)| *before == name) {
            return Err(PostgresUrlError::Twice(name));
        }
        let value = percent_decode_str(value).decode_utf8();
        let value = value.map_err(|_holds_it| PostgresUrlError::Malformed)?;
        given.push((name, value.into_owned()));
    }
    Ok(given)
}

fn protection(sslmode: Option<&str>) -> Result<Protection, PostgresUrlError> {
    Ok(match sslmode {
        None => Protection::default(),
        Some("disable") => Protection::Disable,
        Some("prefer") => Protection::Prefer,
        Some("require") => Protection::Require,
        Some("verify-ca") => Protection::VerifyCa,
        Some("verify-full") => Protection::VerifyFull,
        Some(_) => {
            return Err(PostgresUrlError::Value(
                "sslmode",
                "disable, prefer, require, verify-ca and verify-full are",
            ));
        }
    })
}

/// A name that means the same with and without quotes, so that whoever looks into the database need not think of them.
fn schema(name: &str) -> Result<String, PostgresUrlError> {
    let begins_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let is_plain = name
        .chars()
        .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    if begins_well && is_plain && name.len() <= 63 && !name.starts_with("pg_") {
        Ok(name.to_owned())
    } else {
        Err(PostgresUrlError::Value(
            "schema",
            "write up to 63 of a-z, 0-9 and _, with no digit and no pg_ in front",
        ))
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresUrl").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PostgresUrl {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn an_address_says_where_how_and_under_which_name() {
        let url = read(
            "postgresql://me:p%40ss%3F@db.example:5433/app?sslmode=verify-full&sslrootcert=/etc/ca%20x.pem&schema=a_1",
        );
        assert_eq!(url.config().get_user(), Some("me"));
        assert_eq!(url.config().get_password(), Some(&b"p@ss?"[..]));
        assert_eq!(url.config().get_dbname(), Some("app"));
        assert_eq!(url.config().get_ports(), [5433]);
        assert_eq!(url.config().get_ssl_mode(), SslMode::Require);
        assert_eq!(url.protection(), Protection::VerifyFull);
        assert_eq!(url.root_certificates(), Some("/etc/ca x.pem".as_ref()));
        assert_eq!(url.schema(), "a_1");
        assert!(url.is_remote());
    }

    #[test]
    fn what_is_not_said_has_a_default_and_writes_are_always_asked_for() {
        let url = read("postgres://localhost");
        assert_eq!(url.protection(), Protection::Prefer);
        assert_eq!(url.config().get_ssl_mode(), SslMode::Prefer);
        assert_eq!(url.schema(), "exeunt");
        assert_eq!(url.config().get_application_name(), Some("exeunt"));
        assert_eq!(
            url.config().get_target_session_attrs(),
            TargetSessionAttrs::ReadWrite
        );
        assert!(!url.is_remote());
        let socket = read("postgres:///app?host=/run/postgresql&user=a%2Bb+c");
        assert!(!socket.is_remote());
        assert_eq!(socket.config().get_user(), Some("a+b+c"));
        let several = read("postgres://a.example:1,b.example:2/app?target_session_attrs=read-write");
        assert_eq!(several.config().get_hosts().len(), 2);
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_without_being_repeated() {
        use PostgresUrlError as E;
        for (text, error) in [
            ("postgres://me:hunter2@db:port/x", E::Malformed),
            ("postgres://me:%FFhunter2@db/x?user=%FF", E::Malformed),
            ("postgres:///hunter2", E::NoHost),
            ("postgres://me:hunt?er2@db/hunter2", E::Malformed),
            ("postgres://hunt?er2@db/hunter2", E::UnknownParameter),
            ("postgres://db/x?hunter2=1", E::UnknownParameter),
            (
                "postgres://db/x?options=-c%20synchronous_commit=off",
                E::UnknownParameter,
            ),
            ("postgres://db/x?channel_binding=require", E::UnknownParameter),
            ("postgres://db/x?user=hunter2&user=b", E::Twice("user")),
            ("postgres://db/x?sslrootcert=hunter2", E::UnusedCertificates),
            (
                "postgres://db/x?sslmode=require&sslrootcert=hunter2",
                E::UnusedCertificates,
            ),
        ] {
            let found = text.parse::<PostgresUrl>().unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(!format!("{found} {found:?}").contains("hunter2"), "{text}");
        }
        for (name, value) in [
            ("sslmode", "allow"),
            ("sslmode", "VERIFY-FULL"),
            ("schema", "hunter2\""),
            ("schema", "1a"),
            ("schema", ""),
            ("schema", "pg_temp"),
            ("port", "hunter2"),
            ("target_session_attrs", "any"),
        ] {
            let found = format!("postgres://db/x?{name}={value}")
                .parse::<PostgresUrl>()
                .unwrap_err();
            assert!(
                matches!(found, E::Value(named, _) if named == name),
                "{name}={value}: {found}"
            );
            assert!(!format!("{found} {found:?}").contains("hunter2"));
        }
    }

    #[test]
    fn i16_an_address_is_never_shown() {
        let url = read("postgres://hunter2:hunter2@hunter2/hunter2?schema=hunter2&application_name=hunter2");
        assert!(!format!("{url:?} {url:#?}").contains("hunter2"));
    }
}
