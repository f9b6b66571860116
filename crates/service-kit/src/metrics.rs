//! Numbers of the process, in the text form of Prometheus.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::http::Method;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
static REQUESTS: AtomicU64 = AtomicU64::new(0);
static ERRORS: AtomicU64 = AtomicU64::new(0);
static MICROSECONDS: AtomicU64 = AtomicU64::new(0);

/// Starts counting; a second call changes nothing.
pub fn start() {
    HANDLE.get_or_init(|| {
        let seconds = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
        ];
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
            .unwrap_or_default();
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Fails only when another recorder is there already, which then keeps the numbers.
        let _first = ::metrics::set_global_recorder(recorder);
        handle
    });
}

/// All numbers as text.
pub fn render() -> String {
    HANDLE
        .get()
        .map(PrometheusHandle::render)
        .unwrap_or_default()
}

/// Counts one answered request.
pub fn record_request(route: &str, method: &Method, status: u16, elapsed: Duration) {
    let labels = [
        ("route", route.to_owned()),
        ("method", method.as_str().to_owned()),
        ("status", status.to_string()),
    ];
    REQUESTS.fetch_add(1, Ordering::Relaxed);
    ERRORS.fetch_add(u64::from(status >= 500), Ordering::Relaxed);
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    MICROSECONDS.fetch_add(micros, Ordering::Relaxed);
    ::metrics::counter!("http_requests_total", &labels).increment(1);
    ::metrics::histogram!("http_request_duration_seconds", "route" => route.to_owned())
        .record(elapsed.as_secs_f64());
}

/// What this process has answered since it was started.
#[derive(Clone, Copy, Debug)]
pub struct RequestTotals {
    /// Requests.
    pub count: u64,
    /// Those answered by 500 or more.
    pub errors: u64,
    /// Mean time of an answer, in milliseconds.
    pub average_ms: f64,
}

/// Counts of all routes together.
pub fn request_totals() -> RequestTotals {
    let count = REQUESTS.load(Ordering::Relaxed);
    let micros = Duration::from_micros(MICROSECONDS.load(Ordering::Relaxed));
    let divisor = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    RequestTotals {
        count,
        errors: ERRORS.load(Ordering::Relaxed),
        average_ms: micros.as_secs_f64() * 1000.0 / f64::from(divisor),
    }
}
