//! Only one server at a time uses a data folder. Two servers would each consider the other's members lost.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    time::Duration,
};

use tokio::time::sleep;

/// In the data folder. It is empty; what counts is who holds a lock on it.
const FILE: &str = "lock";
/// How often a lock that somebody else holds is asked for again.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// The lock on a data folder, for as long as it lives. The system takes it back from a process that ends, however it ends.
pub(crate) struct DataLock(File);

impl DataLock {
    /// Takes the lock, and waits up to `patience` for whoever holds it. `None` if they hold it still.
    ///
    /// # Errors
    /// The file system's, such as one that has no locks.
    pub(crate) async fn take(folder: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(folder.join(FILE))?;
        let mut is_told = false;
        let ask = async {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::Error(error)) => return Err(error),
                    Err(TryLockError::WouldBlock) => {}
                }
                if !is_told {
                    is_told = true;
                    tracing::info!("another server uses {}; waiting for it to stop", folder.display());
                }
                sleep(ASK_EVERY).await;
            }
        };
        // Asked once even where there is no time to wait.
        match tokio::time::timeout(patience, ask).await {
            Ok(outcome) => outcome.map(|()| Some(Self(file))),
            Err(_) => Ok(None),
        }
    }

    /// Lets the next server begin.
    pub(crate) fn release(self) {
        drop(self.0);
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[tokio::test]
    async fn the_next_server_waits_until_the_lock_is_released() {
        let folder = TempDir::new().expect("a folder");
        let take = async |patience| DataLock::take(folder.path(), patience).await.expect("a file system with locks");
        let first = take(Duration::ZERO).await.expect("nobody holds it");
        assert!(take(Duration::ZERO).await.is_none());
        let (second, ()) = tokio::join!(take(Duration::from_secs(20)), async { first.release() });
        assert!(second.is_some());
    }
}
