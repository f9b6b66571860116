//! The services behind the edge: their names, usual addresses and the paths they own.

use std::fmt;
use std::str::FromStr;

/// What the edge knows of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name in paths, such as `auth` in `/auth/health`.
    pub name: &'static str,
    /// The setting that holds its address.
    pub variable: &'static str,
    /// Where it listens unless the setting says otherwise.
    pub default_port: u16,
    /// First segments of the paths that are passed on to it.
    pub collections: &'static [&'static str],
    /// Largest body that it is sent, in KiB.
    pub body_kib: u32,
}

/// All of them, in the order in which their paths are tried.
pub const SERVICES: [Service; 7] = [
    service("auth", "AUTH_URL", 3001, &[], 64),
    service("users", "USERS_URL", 3002, &["users", "audit"], 1024),
    service("credentials", "CREDENTIALS_URL", 3004, &["credentials"], 64),
    service("targets", "TARGETS_URL", 3005, &["targets"], 1024),
    service(
        "jobs",
        "JOBS_URL",
        3006,
        &["jobs", "runs", "schedules"],
        256,
    ),
    service("executor", "EXECUTOR_URL", 3007, &["status", "workers"], 64),
    service("port-manager", "PORT_MANAGER_URL", 8100, &[], 8192),
];

const fn service(
    name: &'static str,
    variable: &'static str,
    default_port: u16,
    collections: &'static [&'static str],
    body_kib: u32,
) -> Service {
    Service {
        name,
        variable,
        default_port,
        collections,
        body_kib,
    }
}

/// Host and port of a service, read from a URL such as `http://127.0.0.1:3001`; displayed as nginx
/// reads it, such as `127.0.0.1:3001`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As in the URL: an IPv6 address is in brackets.
    host: String,
    port: u16,
}

impl Address {
    /// A port of this machine.
    pub fn loopback(port: u16) -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port,
        }
    }

    /// The same host on another port.
    #[must_use]
    pub fn on(&self, port: u16) -> Self {
        Self {
            host: self.host.clone(),
            port,
        }
    }

    /// Name or number of the host, without brackets.
    pub fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    /// Port on that host.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// As an HTTP client reads it, such as `http://127.0.0.1:3001`.
    pub fn url(&self) -> String {
        format!("http://{self}")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// The text is no address of a service.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must look like http://host:port, without a path")]
pub struct NotAnAddress;

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("http://").ok_or(NotAnAddress)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = authority.rsplit_once(':').ok_or(NotAnAddress)?;
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let known_host = match bare {
            Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
            None => is_host_name(host),
        };
        let port = port.parse().ok().filter(|port| *port > 0);
        let port = port.filter(|_| known_host).ok_or(NotAnAddress)?;
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

fn is_host_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port_and_nothing_else() {
        for (text, expected) in [
            ("http://127.0.0.1:3001", Some("127.0.0.1:3001")),
            ("http://auth:3001/", Some("auth:3001")),
            ("http://[::1]:3001", Some("[::1]:3001")),
            ("https://auth:3001", None),
            ("http://auth", None),
            ("http://auth:0", None),
            ("http://auth:3001/v1", None),
            ("http://a;b:3001", None),
            ("http://a b:3001", None),
            ("http://user@auth:3001", None),
            ("http://[::1;]:3001", None),
        ] {
            let read = text.parse::<Address>().ok();
            let read = read.map(|address| address.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn an_address_is_told_in_its_parts() {
        for (text, host, port) in [
            ("http://auth:3001", "auth", 3001),
            ("http://[::1]:3001", "::1", 3001),
        ] {
            let read: Address = text.parse().unwrap();
            assert_eq!((read.host(), read.port()), (host, port));
        }
    }

    #[test]
    fn no_path_has_two_owners() {
        let mut all: Vec<_> = SERVICES
            .iter()
            .flat_map(|service| service.collections)
            .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
