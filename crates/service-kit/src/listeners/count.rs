//! Counts the requests of each listener, and tells clients of one that leaves to close.
//!
//! Requests are worked on as a part of the process's runtime. That of a worker ends with its listener, and
//! with it every connection that was opened in it, although pools share them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::http::header::UPGRADE;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};

use super::Mark;

/// A request that is worked on, until its answer is sent.
struct Ongoing(Arc<Mark>);

impl Ongoing {
    fn begin(mark: Arc<Mark>) -> Self {
        mark.in_flight.fetch_add(1, Ordering::SeqCst);
        mark.served.fetch_add(1, Ordering::SeqCst);
        let now = u64::try_from(mark.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        mark.last_ms.fetch_max(now, Ordering::SeqCst);
        Self(mark)
    }
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An answer that counts as open until its last byte is handed over.
struct Counted {
    body: BoxBody,
    ongoing: Ongoing,
}

impl MessageBody for Counted {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let runtime = self.ongoing.0.runtime.clone();
        let _entered = runtime.enter();
        Pin::new(&mut self.body).poll_next(context)
    }
}

/// The outermost layer of every listener.
pub(crate) async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(mark) = request.app_data::<Data<Mark>>() else {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body);
    };
    let mark = Arc::clone(mark);
    let ongoing = Ongoing::begin(Arc::clone(&mark));
    // A connection that becomes a WebSocket stays with its thread.
    let answer = if request.headers().contains_key(UPGRADE) {
        next.call(request).await
    } else {
        mark.in_process(next.call(request)).await
    };
    let mut answer = answer?.map_into_boxed_body();
    if mark.is_lame.load(Ordering::SeqCst) {
        let head = answer.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    let counted = |_head: &mut _, body| BoxBody::new(Counted { body, ongoing });
    Ok(answer.map_body(counted))
}
