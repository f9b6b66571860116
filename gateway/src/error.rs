//! What can keep the edge from being as it should.

use std::path::PathBuf;

/// Why the edge is not as desired; what served before goes on serving.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder of the state cannot be read or written.
    #[error("cannot {act} {}: {source}", path.display())]
    File {
        /// What was tried, such as `write`.
        act: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A template does not render.
    #[error("template {name} does not render: {reason}")]
    Template {
        /// Which one.
        name: String,
        /// What is wrong and where.
        reason: String,
    },
    /// A certificate cannot be made, read or used.
    #[error("certificate: {0}")]
    Certificate(String),
    /// nginx found a fault in the configuration.
    #[error("nginx refused the configuration: {0}")]
    Refused(String),
    /// What was tried before failed for this reason, and is left alone for a while.
    #[error("{0}")]
    LeftAlone(String),
    /// nginx cannot be started or asked.
    #[error("nginx: {0}")]
    Nginx(String),
    /// nginx does not follow the port map.
    #[error("nginx does not take the port map: {0}")]
    PortMap(String),
    /// nginx took the configuration but does not serve it.
    #[error("nginx does not serve generation {0}; a port may be held by another process")]
    NotServed(u64),
}

impl Error {
    /// Builds the error of a file operation on `path`.
    pub fn file(
        act: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { act, path, source }
    }
}
