//! Stands in for the credentials service: releases what the database says may be released.

use std::net::TcpListener;

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer, rt};
use serde_json::{Value, json};
use sqlx::PgPool;

#[derive(Clone)]
struct State {
    db: PgPool,
    secret: Value,
}

/// Starts it with the secret that it releases; it lives as long as the process. Its address.
pub fn start(db: PgPool, secret: Value) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let state = State { db, secret };
    // A thread of its own: it must answer while the runtime of a trial waits.
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let make = move || {
                App::new()
                    .app_data(Data::new(state.clone()))
                    .route("/internal/releases/step", web::post().to(release))
            };
            let server = HttpServer::new(make).workers(1).disable_signals();
            server
                .listen(listener)
                .expect("listens")
                .run()
                .await
                .expect("serves");
        });
    });
    url
}

async fn release(state: Data<State>, request: web::Bytes) -> HttpResponse {
    let request: Value = serde_json::from_slice(&request).expect("JSON");
    let is_current = sqlx::query_scalar!(
        "SELECT runs.claim_is_current($1, $2, $3, $4)",
        request["step_id"].as_i64(),
        request["epoch"].as_i64(),
        request["worker"].as_str(),
        request["credential_id"].as_i64(),
    )
    .fetch_one(&state.db)
    .await;
    match is_current {
        Ok(Some(true)) => HttpResponse::Ok().json(json!({
            "credential_id": request["credential_id"], "version": 1,
            "credential_type": "ssh", "credential_data": state.secret,
        })),
        Ok(_) => problem(403, "credentials.claim_not_current"),
        Err(_away) => problem(503, "database_unavailable"),
    }
}

fn problem(status: u16, code: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank", "title": "Refused", "status": status.as_u16(), "request_id": null,
            "detail": "not released", "code": code,
        }))
}
