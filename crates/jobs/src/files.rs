//! Reading files beside the threads that serve.

use std::io;

use crate::error::Error;

/// Does work that blocks; an error of the work is answered as it is.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Error>
where
    T: Send + 'static,
    E: Send + 'static,
    Error: From<E>,
{
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|failure| Error::Files(io::Error::other(failure)))??)
}
