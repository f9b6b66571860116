//! Logs of the process.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{Common, LogFormat};

/// Starts logging to standard output; a second call changes nothing.
pub fn start(config: &Common) {
    let filter =
        EnvFilter::try_new(&config.log_level).unwrap_or_else(|_bad| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE)
        .with_target(false)
        // Saying on a closed standard error that a line was lost would end the thread.
        .log_internal_errors(false);
    // A second start happens in tests, where several services share one process.
    let _already_started = match config.log_format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .try_init(),
        LogFormat::Text => builder.try_init(),
    };
}
