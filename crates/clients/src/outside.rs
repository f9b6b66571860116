//! Ways to addresses that people choose: guarded, bounded in time, no redirects, no proxies.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use common::secret::Secret;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Where clouds tell a machine its own secrets, beside the link-local addresses.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Whether the machine itself may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loopback {
    /// Yes.
    Allowed,
    /// No: the services of the platform listen there.
    Denied,
}

/// Why an address gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// The text is no address.
    #[error("{0} cannot be used in a request")]
    BadUrl(String),
    /// The address is closed to steps.
    #[error("{0} may not be reached by steps")]
    Denied(String),
    /// No connection came about: nothing was sent.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// Time was up.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke; the request may have been read.
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// A request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Such as `GET`.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, Secret)>,
    /// What is sent.
    pub body: Option<Vec<u8>>,
}

/// An answer whose body is still on its way.
#[derive(Debug)]
pub struct Answer(Response);

impl Answer {
    /// Its status.
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// Where a redirect leads to; none: it is none (RFC 9110, section 15.4).
    pub fn redirects_to(&self) -> Option<String> {
        let is_redirect = matches!(self.status(), 301 | 302 | 303 | 307 | 308);
        let location = self.0.headers().get("location").filter(|_| is_redirect)?;
        let next = self.0.url().join(location.to_str().ok()?).ok()?;
        Some(next.into())
    }

    /// The next part of its body; none at the end.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, OutsideError> {
        let chunk = self.0.chunk().await.map_err(|error| failure(&error))?;
        Ok(chunk.map(|bytes| bytes.to_vec()))
    }
}

/// The guarded client; clones share its connections.
#[derive(Clone, Debug)]
pub struct Outside {
    client: Client,
    loopback: Loopback,
}

impl Outside {
    /// Makes it.
    ///
    /// # Errors
    /// When the TLS provider of the process is missing.
    pub fn new(loopback: Loopback) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            // A connection that was kept may be gone, and a request must not be lost for that.
            .pool_max_idle_per_host(0)
            .dns_resolver(Guard(loopback))
            .build()?;
        Ok(Self { client, loopback })
    }

    /// Asks for `url` by GET; answers with the status alone.
    ///
    /// # Errors
    /// When there is no answer within `limit`.
    pub async fn status(&self, url: &str, limit: Duration) -> Result<u16, OutsideError> {
        let url = self.check(url)?;
        let request = self.client.request(Method::GET, url).timeout(limit);
        let response: Response = request.send().await.map_err(|error| failure(&error))?;
        Ok(response.status().as_u16())
    }

    /// Sends a request; the caller limits the time.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(&self, call: &Call) -> Result<Answer, OutsideError> {
        let url = self.check(&call.url)?;
        let bad = |what: &str| OutsideError::BadUrl(what.to_owned());
        let method = Method::from_bytes(call.method.as_bytes());
        let method = method.map_err(|_error| bad(&call.method))?;
        let mut request = self.client.request(method, url);
        for (name, value) in &call.headers {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_error| bad(name))?;
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_error| bad(name))?;
            value.set_sensitive(true);
            request = request.header(header, value);
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        request
            .send()
            .await
            .map(Answer)
            .map_err(|error| failure(&error))
    }

    /// Opens a connection and closes it.
    ///
    /// # Errors
    /// When none comes about within `limit`.
    pub async fn touch(&self, host: &str, port: u16, limit: Duration) -> Result<(), OutsideError> {
        let touched = timeout(limit, async {
            let host = bare(host);
            let found = lookup_host((host, port)).await;
            let all: Vec<SocketAddr> = found.map_err(|error| unreachable(&error))?.collect();
            let open = self.loopback.allowed(all.clone());
            if open.is_empty() && !all.is_empty() {
                return Err(OutsideError::Denied(host.to_owned()));
            }
            let stream = TcpStream::connect(open.as_slice()).await;
            stream.map(drop).map_err(|error| unreachable(&error))
        });
        touched.await.unwrap_or(Err(OutsideError::TimedOut))
    }

    /// Reads an address; names are checked when they are resolved.
    fn check(&self, text: &str) -> Result<Url, OutsideError> {
        let bad = || OutsideError::BadUrl(text.to_owned());
        let url = Url::parse(text).map_err(|_error| bad())?;
        let host = url.host_str().ok_or_else(bad)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad());
        }
        match bare(host).parse::<IpAddr>() {
            Ok(ip) if self.loopback.denies(ip) => Err(OutsideError::Denied(host.to_owned())),
            Ok(_) | Err(_) => Ok(url),
        }
    }
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host)
}

fn unreachable(error: &io::Error) -> OutsideError {
    OutsideError::Unreachable(error.to_string())
}

/// The innermost cause says what happened; an address may hold a secret and is left out.
fn failure(error: &reqwest::Error) -> OutsideError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if cause.downcast_ref::<Closed>().is_some() {
        OutsideError::Denied("the host".to_owned())
    } else if error.is_connect() {
        OutsideError::Unreachable(cause.to_string())
    } else if error.is_timeout() {
        OutsideError::TimedOut
    } else {
        OutsideError::Broken(cause.to_string())
    }
}

impl Loopback {
    fn denies(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let is_local_link = match ip {
            IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast() || ip.octets()[0] == 0,
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        };
        is_local_link
            || ip.is_unspecified()
            || ip.is_multicast()
            || METADATA.contains(&ip)
            || self == Self::Denied && ip.is_loopback()
    }

    fn allowed(self, mut found: Vec<SocketAddr>) -> Vec<SocketAddr> {
        found.retain(|address| !self.denies(address.ip()));
        found
    }
}

/// Resolves names to addresses that are open to steps.
struct Guard(Loopback);

/// All addresses of a name are closed.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to addresses that steps may not reach")]
struct Closed;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            let open = loopback.allowed(found);
            if open.is_empty() {
                return Err(Closed.into());
            }
            let addresses: Addrs = Box::new(open.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_secrets_of_the_machine_away_is_closed() {
        for (text, open, inside) in [
            ("169.254.169.254", false, false),
            ("::ffff:169.254.169.254", false, false),
            ("fe80::1", false, false),
            ("fd00:ec2::254", false, false),
            ("100.100.100.200", false, false),
            ("0.0.0.0", false, false),
            ("0.1.2.3", false, false),
            ("::", false, false),
            ("224.0.0.1", false, false),
            ("255.255.255.255", false, false),
            ("127.0.0.1", true, false),
            ("127.9.9.9", true, false),
            ("::1", true, false),
            ("::ffff:127.0.0.1", true, false),
            ("10.0.0.7", true, true),
            ("192.168.1.1", true, true),
            ("fd12::1", true, true),
            ("203.0.113.5", true, true),
        ] {
            let ip: IpAddr = text.parse().unwrap();
            let found = [Loopback::Allowed, Loopback::Denied].map(|loopback| !loopback.denies(ip));
            assert_eq!(found, [open, inside], "{text}");
        }
    }
}
