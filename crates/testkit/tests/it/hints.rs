//! Hints through Redis: they wake loops, and nobody misses Redis when it is gone.

use std::time::Duration;

use service_kit::bus::{Bus, Topic};
use service_kit::tasks::Tasks;
use testkit::redis::TestRedis;
use testkit::{app, wait};

fn bus(url: &str) -> Bus {
    let mut settings = app::settings("");
    settings.redis_url = Some(url.to_owned());
    Bus::new(&settings).unwrap()
}

/// Gives hints until one arrives: the first ones can come before the listener is there.
async fn arrives(topic: Topic, from: &Bus, to: &service_kit::reconcile::Hint) {
    wait::until("a hint", async || {
        from.give(topic).await;
        tokio::time::timeout(Duration::from_millis(20), to.wait())
            .await
            .ok()
    })
    .await;
}

#[tokio::test]
async fn a_hint_reaches_another_process_and_survives_redis() {
    for topic in [Topic::Users, Topic::RunsReady] {
        reaches_and_survives(topic).await;
    }
}

async fn reaches_and_survives(topic: Topic) {
    let mut redis = TestRedis::start().await;
    let (near, far) = (bus(&redis.url()), bus(&redis.url()));
    let hint = far.hint(topic);
    let tasks = Tasks::default();
    far.listen(&tasks);
    arrives(topic, &near, &hint).await;
    redis.kill().await;
    near.give(topic).await;
    redis.restart().await;
    arrives(topic, &near, &hint).await;
    tasks.drain().await;
}

#[tokio::test]
async fn without_redis_a_hint_is_no_error() {
    let bus = bus("redis://127.0.0.1:1");
    bus.give(Topic::RunsReady).await;
    Bus::none().give(Topic::RunsReady).await;
}
