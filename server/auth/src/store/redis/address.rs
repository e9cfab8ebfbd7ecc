//! The address of a Redis store: which engine, as whom, and under which name.

use std::{fmt, str::FromStr};

use redis::{ConnectionAddr, IntoConnectionInfo as _, RedisConnectionInfo};
use url::Url;

/// The name of a store that is given none.
const DEFAULT_NAME: &str = "exeunt";
/// More replicas than anybody has.
const MOST_REPLICAS: u32 = 16;

/// What is wrong with an address. Never holds it: it may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisAddressError {
    /// It cannot be read at all.
    #[error(
        "is not the address of a Redis; write redis://[user:password@]host[:port][/database], with rediss: for TLS and \
         redis+cluster: or rediss+cluster: for a cluster"
    )]
    NotAnAddress,
    /// It names no host.
    #[error("names no host; write redis://[user:password@]host[:port]")]
    NoHost,
    /// What stands behind the slash is no number.
    #[error("has something behind the host that is not the number of a database; write redis://host/1")]
    NoDatabase,
    /// A cluster has one database only.
    #[error("names a database of a cluster, which has none but 0; leave the number away")]
    DatabaseOfCluster,
    /// An option that does not exist.
    #[error(
        "has an option that is not known, or one twice; there are name, wait_replicas and, for a cluster, node"
    )]
    UnknownOption,
    /// A name with characters that may not be in one.
    #[error(
        "has a name= that is empty, longer than 64, or has other characters than letters, digits, dots, - and _"
    )]
    Name,
    /// Not a number, or a great one.
    #[error("has a wait_replicas= that is not a number from 0 to 16")]
    WaitReplicas,
    /// Not a host with a port.
    #[error("has a node= that is not host:port")]
    Node,
    /// Further nodes, but no cluster.
    #[error(
        "names a node= without being the address of a cluster; begin it with redis+cluster: or rediss+cluster:"
    )]
    NodeWithoutCluster,
    /// `#…`
    #[error("has a part behind #, which means nothing here; write # in a password as %23")]
    Fragment,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) host: String,
    pub(super) port: u16,
}

/// The address of a Redis store, as one text:
///
/// ```text
/// redis://[user:password@]host[:port][/database][?name=exeunt&wait_replicas=0]
/// redis+cluster://[user:password@]host[:port][?node=host:port&node=…&name=exeunt&wait_replicas=0]
/// ```
///
/// `rediss:` and `rediss+cluster:` connect by TLS; the certificate must be good by the roots of the system, or by those of
/// the file that the variable `SSL_CERT_FILE` names. `name` tells stores apart that share an engine; every instance of an
/// app gives the same. `node` are further nodes to learn the cluster from. `wait_replicas` is how many replicas must have
/// each change before it counts.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisAddress {
    pub(super) nodes: Vec<Node>,
    pub(super) is_cluster: bool,
    pub(super) name: String,
    pub(super) wait_replicas: u32,
    is_secure: bool,
    username: Option<String>,
    password: Option<String>,
    database: i64,
}

impl RedisAddress {
    /// How to connect to a node.
    pub(super) fn connection_info(&self, node: &Node) -> redis::RedisResult<redis::ConnectionInfo> {
        let (host, port) = (node.host.clone(), node.port);
        let server = if self.is_secure {
            ConnectionAddr::TcpTls {
                host,
                port,
                insecure: false,
                tls_params: None,
            }
        } else {
            ConnectionAddr::Tcp(host, port)
        };
        let mut settings = RedisConnectionInfo::default()
            .set_skip_set_lib_name()
            .set_db(self.database);
        if let Some(username) = &self.username {
            settings = settings.set_username(username);
        }
        if let Some(password) = &self.password {
            settings = settings.set_password(password);
        }
        let tcp = redis::io::tcp::TcpSettings::default().set_nodelay(true);
        Ok(server
            .into_connection_info()?
            .set_redis_settings(settings)
            .set_tcp_settings(tcp))
    }
}

impl FromStr for RedisAddress {
    type Err = RedisAddressError;

    fn from_str(text: &str) -> Result<Self, RedisAddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(RedisAddressError::NotAnAddress)?;
        let (is_secure, is_cluster) = match scheme {
            "redis" => (false, false),
            "rediss" => (true, false),
            "redis+cluster" => (false, true),
            "rediss+cluster" => (true, true),
            _ => return Err(RedisAddressError::NotAnAddress),
        };
        // Looked for in the text: in a password it ends the address before the host, which would be the lesser clue.
        if rest.contains('#') {
            return Err(RedisAddressError::Fragment);
        }
        let url = Url::parse(&format!("redis://{rest}")).map_err(|_| RedisAddressError::NotAnAddress)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(RedisAddressError::NoHost);
        }
        let database = match url.path() {
            "" | "/" => 0,
            path => database(path)?,
        };
        if is_cluster && database != 0 {
            return Err(RedisAddressError::DatabaseOfCluster);
        }
        let options = Options::of(&url)?;
        if !is_cluster && !options.nodes.is_empty() {
            return Err(RedisAddressError::NodeWithoutCluster);
        }
        // Reads host, user and password as the engine's own tools do.
        let mut bare = url;
        bare.set_query(None);
        bare.set_path("");
        let info = bare
            .into_connection_info()
            .map_err(|_| RedisAddressError::NotAnAddress)?;
        let ConnectionAddr::Tcp(host, port) = info.addr().clone() else {
            return Err(RedisAddressError::NotAnAddress);
        };
        let settings = info.redis_settings();
        Ok(Self {
            nodes: std::iter::once(Node { host, port })
                .chain(options.nodes)
                .collect(),
            is_cluster,
            name: options.name,
            wait_replicas: options.wait_replicas,
            is_secure,
            username: settings.username().map(str::to_owned),
            password: settings.password().map(str::to_owned),
            database,
        })
    }
}

fn database(path: &str) -> Result<i64, RedisAddressError> {
    let number: u32 = path
        .trim_start_matches('/')
        .parse()
        .map_err(|_| RedisAddressError::NoDatabase)?;
    Ok(i64::from(number))
}

/// What stands behind the question mark.
struct Options {
    name: String,
    wait_replicas: u32,
    nodes: Vec<Node>,
}

impl Options {
    fn of(url: &Url) -> Result<Self, RedisAddressError> {
        let (mut name, mut wait_replicas, mut nodes) = (None, None, Vec::new());
        for (option, value) in url.query_pairs() {
            match &*option {
                "name" if name.is_none() => name = Some(checked_name(&value)?),
                "wait_replicas" if wait_replicas.is_none() => wait_replicas = Some(replicas(&value)?),
                "node" => nodes.push(value.parse()?),
                _ => return Err(RedisAddressError::UnknownOption),
            }
        }
        Ok(Self {
            name: name.unwrap_or_else(|| DEFAULT_NAME.to_owned()),
            wait_replicas: wait_replicas.unwrap_or_default(),
            nodes,
        })
    }
}

/// A name stands between braces in every key: braces in it would put the keys into several slots.
fn checked_name(name: &str) -> Result<String, RedisAddressError> {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_allowed) {
        return Err(RedisAddressError::Name);
    }
    Ok(name.to_owned())
}

fn replicas(number: &str) -> Result<u32, RedisAddressError> {
    let number = number.parse().map_err(|_| RedisAddressError::WaitReplicas)?;
    if number > MOST_REPLICAS {
        return Err(RedisAddressError::WaitReplicas);
    }
    Ok(number)
}

impl FromStr for Node {
    type Err = RedisAddressError;

    fn from_str(text: &str) -> Result<Self, RedisAddressError> {
        let (host, port) = text.rsplit_once(':').ok_or(RedisAddressError::Node)?;
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let port = port.parse().map_err(|_| RedisAddressError::Node)?;
        if host.is_empty() || port == 0 {
            return Err(RedisAddressError::Node);
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Debug for RedisAddress {
    /// Neither who nor where.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisAddress")
            .field("name", &self.name)
            .field("is_cluster", &self.is_cluster)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_and_as_whom() {
        let address: RedisAddress = "redis://me:p%23w@db.example:7000/3?name=shop&wait_replicas=1"
            .parse()
            .unwrap();
        assert_eq!(
            address.nodes,
            [Node {
                host: "db.example".into(),
                port: 7000
            }]
        );
        assert_eq!(
            (address.username.as_deref(), address.password.as_deref()),
            (Some("me"), Some("p#w"))
        );
        assert_eq!((address.database, address.wait_replicas), (3, 1));
        assert_eq!((address.name.as_str(), address.is_secure), ("shop", false));
        let plain: RedisAddress = "rediss://db".parse().unwrap();
        assert_eq!((plain.nodes[0].port, plain.is_secure), (6379, true));
        assert_eq!((plain.name.as_str(), plain.is_cluster), ("exeunt", false));
        let cluster: RedisAddress = "redis+cluster://:pw@[::1]:7000?node=b:7001&node=[::1]:7002"
            .parse()
            .unwrap();
        assert!(cluster.is_cluster);
        let nodes = cluster.nodes.iter().map(|node| (node.host.as_str(), node.port));
        assert_eq!(
            nodes.collect::<Vec<_>>(),
            [("::1", 7000), ("b", 7001), ("::1", 7002)]
        );
    }

    #[test]
    fn what_is_wrong_is_told_without_being_repeated() {
        for (text, error) in [
            ("hunter2", RedisAddressError::NotAnAddress),
            ("http://hunter2", RedisAddressError::NotAnAddress),
            ("redis://hunter2:port", RedisAddressError::NotAnAddress),
            ("redis://", RedisAddressError::NoHost),
            ("redis:///1", RedisAddressError::NoHost),
            ("redis://:hunter2@db/x", RedisAddressError::NoDatabase),
            ("redis://:hunter2@db/1/2", RedisAddressError::NoDatabase),
            ("redis://:hunter2@db/-1", RedisAddressError::NoDatabase),
            (
                "redis+cluster://:hunter2@db/1",
                RedisAddressError::DatabaseOfCluster,
            ),
            ("redis://:hunter2@db?hunter2=1", RedisAddressError::UnknownOption),
            (
                "redis://:hunter2@db?name=a&name=b",
                RedisAddressError::UnknownOption,
            ),
            ("redis://:hunter2@db?name=", RedisAddressError::Name),
            ("redis://:hunter2@db?name=%7Bhunter2%7D", RedisAddressError::Name),
            (
                "redis://:hunter2@db?wait_replicas=-1",
                RedisAddressError::WaitReplicas,
            ),
            (
                "redis://:hunter2@db?wait_replicas=17",
                RedisAddressError::WaitReplicas,
            ),
            (
                "redis+cluster://:hunter2@db?node=hunter2",
                RedisAddressError::Node,
            ),
            ("redis+cluster://:hunter2@db?node=:1", RedisAddressError::Node),
            ("redis+cluster://:hunter2@db?node=b:0", RedisAddressError::Node),
            (
                "redis://:hunter2@db?node=b:1",
                RedisAddressError::NodeWithoutCluster,
            ),
            ("redis://:pass#hunter2@db", RedisAddressError::Fragment),
        ] {
            let found = text.parse::<RedisAddress>().unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(!format!("{found} {found:?}").contains("hunter2"));
        }
    }

    #[test]
    fn i16_an_address_is_not_shown() {
        let address: RedisAddress = "rediss://somebody:hunter2@db.example".parse().unwrap();
        let shown = format!("{address:?}");
        for secret in ["hunter2", "somebody", "db.example"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
