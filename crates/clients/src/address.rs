//! Where services are: as the settings say, until they move to another port.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::model::port::Whereabouts;
use reqwest::Url;
use tokio::sync::watch;

/// Longest wait for news of a service that is not where it was.
const PATIENCE: Duration = Duration::from_millis(500);
/// News that are waited for: what is on its way already may be from before the service moved.
const ROUNDS: usize = 2;

/// The address of a service; clones share it, and see where the service moves to.
#[derive(Clone, Debug)]
pub struct Base {
    url: Arc<Mutex<String>>,
    directory: Option<Directory>,
}

impl Base {
    /// Such as `http://127.0.0.1:3005`.
    pub fn url(&self) -> String {
        lock(&self.url).clone()
    }

    /// Asks for news, because nobody listens at `old`; none if it is where it was.
    pub(crate) async fn renewed(&self, old: &str) -> Option<String> {
        let directory = &*self.directory.as_ref()?.0;
        for _round in 0..ROUNDS {
            let mut news = directory.news.subscribe();
            (directory.ask)();
            tokio::time::timeout(PATIENCE, news.changed())
                .await
                .ok()?
                .ok()?;
            let url = self.url();
            if url != old {
                return Some(url);
            }
        }
        None
    }
}

impl From<&str> for Base {
    /// An address that stays.
    fn from(url: &str) -> Self {
        Self {
            url: Arc::new(Mutex::new(trimmed(url).to_owned())),
            directory: None,
        }
    }
}

impl From<&String> for Base {
    fn from(url: &String) -> Self {
        Self::from(url.as_str())
    }
}

/// The addresses that a process calls; clones share it.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    known: Mutex<Vec<Known>>,
    /// Has the map read again.
    ask: Box<dyn Fn() + Send + Sync>,
    /// How often the map was read.
    news: watch::Sender<u64>,
}

/// An address of the settings, and where the service is now.
struct Known {
    service: &'static str,
    configured: String,
    url: Arc<Mutex<String>>,
}

impl Directory {
    /// Without addresses yet; `ask` has the map read again soon.
    pub fn new(ask: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            known: Mutex::default(),
            ask: Box::new(ask),
            news: watch::Sender::new(0),
        }))
    }

    /// The address of `service`, which is `configured` in the settings.
    pub fn base(&self, service: &'static str, configured: &str) -> Base {
        let configured = trimmed(configured);
        let mut known = lock(&self.0.known);
        let found = known
            .iter()
            .find(|one| one.service == service && one.configured == configured);
        let url = found.map(|one| Arc::clone(&one.url)).unwrap_or_else(|| {
            let url = Arc::new(Mutex::new(configured.to_owned()));
            known.push(Known {
                service,
                configured: configured.to_owned(),
                url: Arc::clone(&url),
            });
            url
        });
        Base {
            url,
            directory: Some(self.clone()),
        }
    }

    /// Follows the map. An address on another port than the map starts from is of another instance, and
    /// stays as it is.
    pub fn follow(&self, map: &[Whereabouts]) {
        for one in lock(&self.0.known).iter() {
            let place = map.iter().find(|place| place.name == one.service);
            if let Some(url) = place.and_then(|place| moved(&one.configured, place)) {
                *lock(&one.url) = url;
            }
        }
        self.0.news.send_modify(|count| *count += 1);
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Directory")
    }
}

/// The address with the port of the map, if the map is about it.
fn moved(configured: &str, place: &Whereabouts) -> Option<String> {
    let mut url = Url::parse(configured).ok()?;
    if url.port() != Some(place.configured_port) {
        return None;
    }
    url.set_port(Some(place.port)).ok()?;
    Some(trimmed(url.as_str()).to_owned())
}

fn trimmed(url: &str) -> &str {
    url.trim_end_matches('/')
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(configured_port: u16, port: u16) -> Vec<Whereabouts> {
        vec![Whereabouts {
            name: "jobs".to_owned(),
            configured_port,
            port,
        }]
    }

    #[test]
    fn an_address_follows_the_map_of_its_own_port() {
        let directory = Directory::new(|| {});
        let jobs = directory.base("jobs", "http://jobs.internal:3006/");
        let other = directory.base("jobs", "http://127.0.0.1:4006");
        let auth = directory.base("auth", "http://127.0.0.1:3001");
        directory.follow(&map(3006, 3106));
        assert_eq!(jobs.url(), "http://jobs.internal:3106");
        assert_eq!(other.url(), "http://127.0.0.1:4006");
        assert_eq!(auth.url(), "http://127.0.0.1:3001");
        directory.follow(&map(3006, 3006));
        assert_eq!(jobs.url(), "http://jobs.internal:3006");
    }

    #[tokio::test]
    async fn news_are_asked_for_and_waited_for() {
        let (asked, mut asks) = tokio::sync::mpsc::unbounded_channel();
        let directory = Directory::new(move || asked.send(()).unwrap());
        let jobs = directory.base("jobs", "http://127.0.0.1:3006");
        let old = jobs.url();
        let answer = async {
            // The first news are from before the move.
            for port in [3006, 3106] {
                asks.recv().await.unwrap();
                directory.follow(&map(3006, port));
            }
        };
        let (url, ()) = tokio::join!(jobs.renewed(&old), answer);
        assert_eq!(url.as_deref(), Some("http://127.0.0.1:3106"));
        assert_eq!(Base::from("http://x:1").renewed("http://x:1").await, None);
    }
}
