//! Reaching targets: SSH connections, commands, file copies, connection tests, quoting, redaction.
//!
//! Knows nothing of HTTP services or databases. Callers hand in an [`SshEndpoint`] with its secret
//! and pinned host keys, and get typed results whose errors have a stable reason and a remedy.

pub mod pool;
pub mod probe;
pub mod quote;
pub mod redact;
pub mod ssh;

pub use pool::{Lease, Pool, PoolError, PoolOptions};
pub use probe::{Facts, Phase, PhaseName, Report, test_connection};
pub use redact::{RedactError, RedactStream, Redactor, WeakRedactor};
pub use ssh::{
    Auth, BadKey, Chunk, Collected, Command, CommandError, ConnectError, CopyError, DetachError,
    Detached, Download, Downloaded, End, ExecError, FetchError, HostKey, HostKeyPolicy, Limits,
    NOT_BECOME, NOT_BECOME_MARK, Outcome, OutputSink, Overwrite, Reach, Settled, Shell,
    SshConnection, SshEndpoint, Stage, Stopped, Stream, Sudo, Timeouts, Upload, Uploaded, Via,
};
