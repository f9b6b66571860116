//! Free ports and statistics.

use serde_json::json;

use crate::support;

#[tokio::test]
async fn the_lowest_free_ports_are_found_in_order() {
    let app = support::start().await;
    let first = app.viewer().get("/api/ports/available").await.expect(200);
    assert_eq!(first, json!({"success": true, "port": 8009}));
    let more = app
        .viewer()
        .get("/api/ports/available?count=3")
        .await
        .expect(200);
    assert_eq!(more["ports"], json!([8009, 8027, 8028]));
    let later = app
        .viewer()
        .get("/api/ports/available?start_port=8100")
        .await
        .expect(200);
    assert_eq!(later["port"], 8101);
    for (query, field) in [
        ("start_port=0", "start_port"),
        ("count=0", "count"),
        ("count=1001", "count"),
        ("nope=1", "nope"),
    ] {
        app.viewer()
            .get(&format!("/api/ports/available?{query}"))
            .await
            .wrong_field(field);
    }
}

#[tokio::test]
async fn statistics_count_what_is_there() {
    let app = support::start().await;
    app.operator()
        .post("/api/ports/reserve", json!({"port": 8500}))
        .await
        .expect(200);
    let answer = app.viewer().get("/api/ports/statistics").await.expect(200);
    let numbers = &answer["statistics"];
    assert_eq!(numbers["total_services"], 27);
    assert_eq!(numbers["used_ports"], 27);
    assert_eq!(numbers["reserved_ports"], 1);
    assert_eq!(numbers["port_range"], json!([8000, 9000]));
    let available = numbers["available_ports"].as_i64().unwrap();
    assert!((900..=972).contains(&available), "{available}");
    assert_eq!(numbers["categories"]["foundation"], 9);
}
