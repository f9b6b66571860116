//! The port map as nginx reads it: a line for each place, whole or not at all.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;
use tracing::warn;

use crate::services::Address;

/// Longest lookup of a host name.
const LOOKUP_LIMIT: Duration = Duration::from_secs(2);

/// Looks host names up anew each time; one that is not found stays where it was.
#[derive(Default)]
pub(super) struct Lookups(BTreeMap<String, Vec<SocketAddr>>);

impl Lookups {
    /// The text for services at these places.
    pub(super) async fn render(&mut self, services: &[(&'static str, &Address)]) -> String {
        let found = services.iter().map(|(_, address)| find(address));
        let found = futures_util::future::join_all(found).await;
        let mut lines = vec!["opsconductor port map 1".to_owned()];
        for ((name, address), found) in services.iter().zip(found) {
            for place in self.keep(address, found) {
                let (ip, port) = (place.ip(), place.port());
                lines.push(match ip {
                    std::net::IpAddr::V4(ip) => format!("{name} {ip} {port}"),
                    std::net::IpAddr::V6(ip) => format!("{name} [{ip}] {port}"),
                });
            }
        }
        lines.push("end\n".to_owned());
        lines.join("\n")
    }

    fn keep(&mut self, address: &Address, found: Option<Vec<SocketAddr>>) -> Vec<SocketAddr> {
        let host = address.host().to_owned();
        match found.filter(|found| !found.is_empty()) {
            Some(found) => {
                self.0.insert(host, found.clone());
                found
            }
            None => {
                warn!("{host} has no address");
                let mut known = self.0.get(&host).cloned().unwrap_or_default();
                known
                    .iter_mut()
                    .for_each(|place| place.set_port(address.port()));
                known
            }
        }
    }
}

/// The addresses of a host, always in the same order.
async fn find(address: &Address) -> Option<Vec<SocketAddr>> {
    let found = lookup_host((address.host(), address.port()));
    let mut found: Vec<_> = timeout(LOOKUP_LIMIT, found).await.ok()?.ok()?.collect();
    // Where both families lead to one machine, services listen on the first.
    found.sort_unstable();
    found.dedup();
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_place_is_a_line_and_a_name_that_is_lost_stays_where_it_was() {
        let mut lookups = Lookups::default();
        let auth = Address::loopback(3001);
        let v6: Address = "http://[::1]:3002".parse().unwrap();
        let text = lookups.render(&[("auth", &auth), ("users", &v6)]).await;
        let expected = "opsconductor port map 1\nauth 127.0.0.1 3001\nusers [::1] 3002\nend\n";
        assert_eq!(text, expected);

        let lost: Address = "http://jobs.invalid:3006".parse().unwrap();
        assert_eq!(
            lookups.render(&[("jobs", &lost)]).await,
            "opsconductor port map 1\nend\n"
        );
        let known = vec!["10.0.0.1:3006".parse().unwrap()];
        lookups.0.insert("jobs.invalid".to_owned(), known);
        let text = lookups.render(&[("jobs", &lost.on(3106))]).await;
        assert_eq!(text, "opsconductor port map 1\njobs 10.0.0.1 3106\nend\n");
    }
}
