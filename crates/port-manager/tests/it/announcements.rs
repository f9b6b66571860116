//! What other programs hear on Redis.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use service_kit::bus::{Bus, Topic};
use testkit::redis::TestRedis;

use crate::support::{self, assign};

#[tokio::test]
async fn the_number_of_the_last_event_is_told_after_a_change_and_again_without_one() {
    let redis = TestRedis::start().await;
    let client = redis::Client::open(redis.url()).unwrap();
    let mut listening = client.get_async_pubsub().await.unwrap();
    listening.subscribe(Topic::Ports.name()).await.unwrap();
    let mut messages = listening.on_message();
    let mut parts = testkit::app::parts(port_manager::SERVICE).await;
    parts.kit.config.redis_url = Some(redis.url());
    parts.kit.bus = Bus::new(&parts.kit.config).unwrap();
    let app = support::start_parts(parts, |_config| {}).await;
    let mut next = async || {
        let message = tokio::time::timeout(Duration::from_secs(10), messages.next()).await;
        let text: String = message.unwrap().unwrap().get_payload().unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let first = next().await;
    assert_eq!((&first["type"], &first["seq"]), (&json!("head"), &json!(0)));
    assign(&app, "legalai-pro", 8500).await;
    let mut told = next().await;
    while told["seq"] == 0 {
        told = next().await;
    }
    assert_eq!((&told["seq"], &told["epoch"]), (&json!(1), &first["epoch"]));
    assert_eq!(next().await, told);
}
