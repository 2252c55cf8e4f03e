//! What the server stores: the rooms' logs, accounts with their sessions and keys, and the archive of messages. Each of
//! these has a trait. Only the files about the database name its library.

pub mod accounts;
pub mod database;
pub mod epochs;
pub mod keys;
pub mod log;
pub mod messages;
mod migrations;
pub(crate) mod orders;
pub mod pictures;
pub mod sealing;

use std::{error::Error, sync::Arc};

/// The storage failed. What failed now may work later, unless what it holds is damaged.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the storage failed")]
pub struct StorageError {
    #[source]
    source: Arc<dyn Error + Send + Sync>,
    is_damage: bool,
}

impl StorageError {
    /// A fault that may pass.
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(error), is_damage: false }
    }

    /// What is stored is not what was written.
    pub(crate) fn damage(error: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(error), is_damage: true }
    }

    /// Whether trying again is of no use.
    pub(crate) const fn is_damage(&self) -> bool {
        self.is_damage
    }

    /// The error of the storage's library. `source` returns its container instead.
    pub(crate) fn cause(&self) -> &(dyn Error + 'static) {
        &*self.source
    }

    /// The storage is out of service: a part of it that is no database failed.
    pub(crate) fn out_of_service(error: impl Error + Send + Sync + 'static) -> Self {
        Self::new(OutOfService(Box::new(error)))
    }

    /// The storage is out of service: it did not answer in time.
    pub(crate) fn took_too_long() -> Self {
        Self::new(TookTooLong)
    }
}

/// A part of the storage that is no database failed.
#[derive(Debug, thiserror::Error)]
#[error("a part of the storage failed")]
struct OutOfService(#[source] Box<dyn Error + Send + Sync>);

/// The storage did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the storage took too long")]
struct TookTooLong;

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// Every file below a folder, with its text.
    fn for_each_file(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
        for file in fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            match path.is_dir() {
                true => for_each_file(&path, look),
                false => look(&path, &fs::read_to_string(&path).expect("text")),
            }
        }
    }

    #[test]
    fn a_storage_that_does_not_answer_in_time_is_out_of_service() {
        let error = crate::error::ServerError::from(super::StorageError::took_too_long());
        assert!(error.is_storage_down());
    }

    #[test]
    fn the_database_library_is_named_only_in_files_about_the_database() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        // Put together, so that this file does not name it.
        let library = ["sql", "x"].concat();
        let (mut naming, mut outside) = (0, Vec::new());
        for_each_file(&source, &mut |path, text| {
            let path = path.strip_prefix(&source).expect("below it");
            if text.contains(&library) {
                naming += 1;
                let about_it = ["database", "database.rs", "migrations.rs"];
                let is_about_it = about_it.iter().any(|part| path.starts_with(Path::new("storage").join(part)));
                let is_test = path.components().any(|folder| folder.as_os_str() == "tests");
                if !is_test && !is_about_it {
                    outside.push(path.to_owned());
                }
            }
        });
        assert!(naming > 0);
        assert_eq!(outside, [] as [&Path; 0]);
    }
}
