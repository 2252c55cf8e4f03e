//! Work that must be finished although nobody waits for it any more.

use crate::error::ServerError;

/// Carries work out to its end. Whoever waits for it may go: a request ends with its connection, and what it was about to
/// do in several steps would be done by halves.
///
/// # Errors
/// [`ServerError::Stopped`] where the work itself breaks off, such as at the end of the server.
pub(crate) async fn finish<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, ServerError> {
    Ok(tokio::spawn(work).await?)
}
