//! The steps that bring the tables of a database up to date, within the binary.
//!
//! `sqlx::migrate!` would embed the folder by itself, but as a macro it is compiled together with the whole of sqlx and SQLite, which
//! are compiled once more for it.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

macro_rules! embed {
    ($($name:literal)*) => { [$(($name, include_str!(concat!("../../migrations/", $name, ".sql")))),*] };
}

/// The files in `migrations`, by their names without the ending: a number and what it is for.
const FILES: [(&str, &str); 16] = embed! {
    "0001_first"
    "0002_visits"
    "0003_identity"
    "0004_appearances"
    "0006_email_shown"
    "0007_departures"
    "0009_probes"
    "0010_one_room_model"
    "0011_epochs"
    "0012_memberships"
    "0013_pictures"
    "0016_blocks"
    "0021_search"
    "0022_programs"
    "0023_operator"
    "0024_room_copies"
};

/// The number of the last one.
pub(super) fn latest() -> i64 {
    migrator().iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// All of them, in their order.
pub(super) fn migrator() -> Migrator {
    Migrator::with_migrations(FILES.map(|(name, sql)| migration(name, sql)).into())
}

fn migration(name: &str, sql: &'static str) -> Migration {
    let (version, description) = name.split_once('_').expect("a name has two parts");
    let version = version.parse().expect("the first part is a number");
    let description = description.replace('_', " ").into();
    Migration::new(version, description, MigrationType::Simple, sql.into_sql_str(), false)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[tokio::test]
    async fn every_file_is_embedded_as_sqlx_reads_it() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let read = Migrator::new(folder).await.expect("the folder is read");
        // The checksum is that of the statements.
        let told = |migrator: &Migrator| {
            let migrations = migrator.iter();
            let told = migrations.map(|it| (it.version, it.description.to_string(), it.checksum.to_vec(), it.no_tx));
            told.collect::<Vec<_>>()
        };
        assert_eq!(told(&migrator()), told(&read));
    }
}
