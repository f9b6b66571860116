//! A service that tells what it was asked.

use std::net::TcpListener;

use actix_web::web::Bytes;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use gateway::services::Address;
use serde_json::{Value, json};

/// Starts one that calls itself `name`.
pub(crate) fn start(name: &'static str) -> Address {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = Address::loopback(listener.local_addr().unwrap().port());
    let make = move || {
        let listen =
            move |req: HttpRequest, body: Bytes| async move { tell(name, &req, body.len()) };
        // A handshake has no body to wait for.
        let greet = move |req: HttpRequest| async move { tell(name, &req, 0) };
        App::new()
            .app_data(web::PayloadConfig::new(4 << 20))
            .service(web::resource("/runs/{id}/events").to(endless))
            .service(web::resource("/ws/updates").to(greet))
            .default_service(web::to(listen))
    };
    let server = HttpServer::new(make)
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap();
    #[expect(clippy::disallowed_methods, reason = "lives as long as the test")]
    tokio::spawn(server.run());
    address
}

fn tell(name: &str, req: &HttpRequest, body_bytes: usize) -> HttpResponse {
    let headers: Vec<Value> = req
        .headers()
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    HttpResponse::Ok()
        .insert_header(("x-powered-by", "upstream"))
        .insert_header(("cache-control", "public"))
        .insert_header(("x-request-id", "chosen-by-the-service"))
        .json(json!({
            "status": "healthy",
            "service": name,
            "port": req.app_config().local_addr().port(),
            "method": req.method().as_str(),
            "uri": req.uri().to_string(),
            "headers": headers,
            "body_bytes": body_bytes,
        }))
}

/// A stream that sends one event and stays open.
async fn endless() -> HttpResponse {
    let first = futures_util::stream::once(async {
        Ok::<_, actix_web::Error>(Bytes::from_static(b"data: first\n\n"))
    });
    let rest = futures_util::stream::pending();
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .streaming(futures_util::StreamExt::chain(first, rest))
}
