//! What is known of a request before anything else: its id, where it comes from, who asks.

use std::cell::RefCell;

use actix_web::dev::ServiceRequest;
use rustix::rand::{GetRandomFlags, getrandom};
use serde::Serialize;

/// Header that carries the id through gateway and services.
pub const ID_HEADER: &str = "x-request-id";

tokio::task_local! {
    static CURRENT: RefCell<Origin>;
}

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Finds the request in all logs.
    pub request_id: String,
    /// Address of the client.
    pub ip: String,
    /// What the client says it is, cut to 200 characters.
    pub user_agent: String,
}

impl Origin {
    /// Reads it; the forwarded address counts only when the gateway on this machine sent it.
    pub fn of(req: &ServiceRequest) -> Self {
        let header = |name: &str| {
            req.headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let peer = req.peer_addr().map(|peer| peer.ip());
        let forwarded = header("x-forwarded-for").filter(|text| text.len() <= 45);
        let ip = match (peer, forwarded) {
            (Some(peer), Some(forwarded)) if peer.is_loopback() => forwarded.to_owned(),
            (Some(peer), _) => peer.to_string(),
            (None, _) => String::new(),
        };
        Self {
            request_id: header(ID_HEADER)
                .filter(|id| is_id(id))
                .map_or_else(new_id, str::to_owned),
            ip,
            user_agent: header("user-agent")
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect(),
        }
    }

    /// Runs `work` as part of this request.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(RefCell::new(self), work).await
    }
}

/// Where the request that is being served comes from; empty outside of one.
pub fn current() -> Origin {
    CURRENT
        .try_with(|origin| origin.borrow().clone())
        .unwrap_or_default()
}

/// Id of the request that is being served.
pub fn current_id() -> Option<String> {
    CURRENT
        .try_with(|origin| origin.borrow().request_id.clone())
        .ok()
}

fn is_id(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// 128 random bits as 32 hex digits.
pub fn new_id() -> String {
    let mut bytes = [0_u8; 16];
    // Fails only on kernels without getrandom; an id of zeros is then still a valid id.
    let _filled = getrandom(&mut bytes, GetRandomFlags::empty());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
