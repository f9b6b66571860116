//! Redis as a bell: it wakes loops and carries no facts. Without it, loops run on their timers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::try_join_all;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::streams::{StreamMaxlen, StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands, AsyncConnectionConfig, Client, IntoConnectionInfo, RedisError};
use tracing::{debug, info, warn};

use crate::config::Common;
use crate::reconcile::Hint;
use crate::tasks::Tasks;

/// Pause before a lost subscription is made again.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// Longest wait for Redis in a request's path.
const PUBLISH_TIMEOUT: Duration = Duration::from_millis(200);

/// Entries that a stream keeps: a hint is only worth something when it is fresh.
const STREAM_LENGTH: usize = 1000;
/// How long one read of a stream waits for an entry, in milliseconds.
const STREAM_BLOCK_MS: usize = 5000;

/// What a hint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A session or token version ended.
    Revocations,
    /// An identity changed.
    Users,
    /// A step is ready to be claimed.
    RunsReady,
    /// Something was added to the log of a run.
    RunEvents,
    /// Something about ports changed.
    Ports,
}

/// How a hint travels.
enum Way {
    /// Publish and subscribe: whoever listens now is woken.
    Channel(&'static str),
    /// A stream: also wakes who was away for a moment.
    Stream(&'static str),
}

impl Topic {
    fn way(self) -> Way {
        match self {
            Self::Revocations => Way::Channel("opsc:auth.revocations"),
            Self::Users => Way::Channel("opsc:users.changed"),
            Self::RunsReady => Way::Stream("runs.ready"),
            Self::RunEvents => Way::Channel("opsc:runs.events"),
            Self::Ports => Way::Channel("opsc:ports.changed"),
        }
    }

    /// The name of its channel or stream.
    pub fn name(self) -> &'static str {
        match self.way() {
            Way::Channel(name) | Way::Stream(name) => name,
        }
    }
}

/// Gives and takes hints; clones share it.
#[derive(Clone)]
pub struct Bus(Option<Arc<Inner>>);

struct Inner {
    client: Client,
    publisher: tokio::sync::Mutex<Option<ConnectionManager>>,
    hints: Mutex<HashMap<Topic, Vec<Hint>>>,
}

impl Bus {
    /// A bus that reaches nobody.
    pub fn none() -> Self {
        Self(None)
    }

    /// The bus of the settings; no connection is made yet.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(config: &Common) -> Result<Self, RedisError> {
        let Some(url) = &config.redis_url else {
            return Ok(Self::none());
        };
        let mut info = url.as_str().into_connection_info()?;
        let mut settings = info.redis_settings().clone();
        if let Some(user) = &config.redis_username {
            settings = settings.set_username(user);
        }
        if let Some(password) = &config.redis_password {
            settings = settings.set_password(password.expose());
        }
        info = info.set_redis_settings(settings);
        Ok(Self(Some(Arc::new(Inner {
            client: Client::open(info)?,
            publisher: tokio::sync::Mutex::new(None),
            hints: Mutex::default(),
        }))))
    }

    /// Wakes whoever listens to `topic`, everywhere. Never fails: the timers catch up.
    pub async fn give(&self, topic: Topic) {
        let Some(inner) = &self.0 else { return };
        inner.wake(topic);
        self.tell(topic, "").await;
    }

    /// Wakes whoever listens to `topic` in other processes; `text` lets programs that are not ours see
    /// whether they missed something.
    pub async fn tell(&self, topic: Topic, text: &str) {
        let Some(inner) = &self.0 else { return };
        let sent = tokio::time::timeout(PUBLISH_TIMEOUT, inner.publish(topic, text)).await;
        if !matches!(sent, Ok(Ok(()))) {
            debug!(topic = topic.name(), "Hint was not sent");
        }
    }

    /// A hint that is given whenever `topic` is.
    pub fn hint(&self, topic: Topic) -> Hint {
        let hint = Hint::default();
        if let Some(inner) = &self.0 {
            let mut hints = inner.hints.lock().unwrap_or_else(PoisonError::into_inner);
            hints.entry(topic).or_default().push(hint.clone());
        }
        hint
    }

    /// Listens until the process stops. Call it after all hints were taken.
    pub fn listen(&self, tasks: &Tasks) {
        let Some(inner) = self.0.clone() else { return };
        let stop = tasks.stopping();
        tasks.spawn("bus", async move {
            let mut lost = false;
            while !stop.is_cancelled() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    ended = inner.follow(&mut lost) => {
                        if let Err(error) = ended && !lost {
                            lost = true;
                            warn!("Redis is away, loops run on their timers: {error}");
                        }
                    }
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(RECONNECT_PAUSE) => {}
                }
            }
        });
    }
}

impl Inner {
    fn wake(&self, topic: Topic) {
        let hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        hints.get(&topic).into_iter().flatten().for_each(Hint::give);
    }

    fn topics(&self) -> Vec<Topic> {
        let hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        hints.keys().copied().collect()
    }

    async fn publish(&self, topic: Topic, text: &str) -> Result<(), RedisError> {
        let mut publisher = self.publisher.lock().await;
        let mut connection = match publisher.as_ref() {
            Some(connection) => connection.clone(),
            None => {
                let config = ConnectionManagerConfig::new().set_number_of_retries(1);
                let made = ConnectionManager::new_with_config(self.client.clone(), config).await?;
                publisher.insert(made).clone()
            }
        };
        drop(publisher);
        match topic.way() {
            Way::Channel(name) => connection.publish::<_, _, ()>(name, text).await,
            Way::Stream(name) => {
                let length = StreamMaxlen::Approx(STREAM_LENGTH);
                connection
                    .xadd_maxlen::<_, _, _, _, ()>(name, length, "*", &[("wake", text)])
                    .await
            }
        }
    }

    /// Passes hints on until a connection ends. What was missed meanwhile is made up for by one
    /// hint for every topic at the start.
    async fn follow(&self, lost: &mut bool) -> Result<(), RedisError> {
        let topics = self.topics();
        let channels = self.subscribe(&topics).await?;
        if std::mem::take(lost) {
            info!("Redis is back");
        }
        topics.iter().for_each(|topic| self.wake(*topic));
        let streams: Vec<_> = topics
            .iter()
            .filter_map(|topic| match topic.way() {
                Way::Stream(name) => Some(self.follow_stream(*topic, name)),
                Way::Channel(_) => None,
            })
            .collect();
        let has_stream = !streams.is_empty();
        let ended = tokio::select! {
            () = self.follow_channels(&topics, channels) => Ok(()),
            ended = try_join_all(streams), if has_stream => ended.map(|_| ()),
        };
        *lost = ended.is_ok();
        ended
    }

    async fn subscribe(&self, topics: &[Topic]) -> Result<PubSub, RedisError> {
        let mut subscription = self.client.get_async_pubsub().await?;
        for topic in topics {
            if let Way::Channel(name) = topic.way() {
                subscription.subscribe(name).await?;
            }
        }
        Ok(subscription)
    }

    async fn follow_channels(&self, topics: &[Topic], mut subscription: PubSub) {
        let mut messages = subscription.on_message();
        while let Some(message) = messages.next().await {
            let channel = message.get_channel_name();
            if let Some(topic) = topics.iter().find(|topic| topic.name() == channel) {
                self.wake(*topic);
            }
        }
    }

    async fn follow_stream(&self, topic: Topic, name: &str) -> Result<(), RedisError> {
        // The read blocks on the server, so the client must not lose patience before it.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let mut connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let options = StreamReadOptions::default()
            .block(STREAM_BLOCK_MS)
            .count(STREAM_LENGTH);
        let mut last = "$".to_owned();
        loop {
            let read: Option<StreamReadReply> = connection
                .xread_options(&[name], &[last.as_str()], &options)
                .await?;
            let entries = read
                .into_iter()
                .flat_map(|reply| reply.keys)
                .flat_map(|key| key.ids);
            if let Some(newest) = entries.last() {
                last = newest.id;
                self.wake(topic);
            }
        }
    }
}
