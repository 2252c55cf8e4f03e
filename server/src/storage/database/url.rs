//! Where a database is.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;

/// Parameters of a URL to PostgreSQL that are understood.
const PARAMETERS: [&str; 7] = ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "application_name", "options"];
/// What a URL begins with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The address of a database of PostgreSQL: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. It is shown without user, password and
/// parameters.
#[derive(Clone)]
pub struct PostgresUrl(PgConnectOptions);

/// The address of a database: `sqlite:PATH`, or a [`PostgresUrl`].
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// PostgreSQL.
    Postgres(Box<PostgresUrl>),
}

/// Why a text is no address of a database. It never contains the text, which may have a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It begins with neither scheme.
    #[error("expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Scheme,
    /// It cannot be read.
    #[error("expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters written as %XX")]
    Form,
    /// A parameter that would have no effect.
    #[error(
        "after the ? only sslmode, sslrootcert, sslcert, sslkey, host, application_name and options are understood"
    )]
    Parameter,
    /// The database has no name.
    #[error("the name of the database is missing: postgres://HOST/DATABASE")]
    NoDatabase,
}

impl PostgresUrl {
    pub(super) const fn options(&self) -> &PgConnectOptions {
        &self.0
    }
}

impl FromStr for PostgresUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let text = text.trim();
        if !SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return Err(InvalidUrl::Form);
        }
        let parameters = text.split_once('?').map_or("", |(_, parameters)| parameters);
        let mut keys = parameters.split('&').filter(|one| !one.is_empty()).map(|one| one.split('=').next());
        if !keys.all(|key| key.is_some_and(|key| PARAMETERS.contains(&key))) {
            return Err(InvalidUrl::Parameter);
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| InvalidUrl::Form)?;
        match options.get_database() {
            Some(_) => Ok(Self(options)),
            None => Err(InvalidUrl::NoDatabase),
        }
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.0.get_database().unwrap_or_default();
        match self.0.get_socket() {
            Some(folder) => write!(f, "postgres:{}/{database}", folder.display()),
            None => write!(f, "postgres://{}:{}/{database}", self.0.get_host(), self.0.get_port()),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let text = text.trim();
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            None if SCHEMES.iter().any(|scheme| text.starts_with(scheme)) => {
                Ok(Self::Postgres(Box::new(text.parse()?)))
            }
            _ => Err(InvalidUrl::Scheme),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, InvalidUrl> {
        text.parse()
    }

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        let url = "postgresql://ada:hush%21@db.example:6432/hear?sslmode=verify-full&sslrootcert=/ca.pem";
        let url = parse(url).expect("a URL");
        assert_eq!(url.to_string(), "postgres://db.example:6432/hear");
        assert!(!format!("{url:?}").contains("hush"), "{url:?}");
        assert_eq!(parse("sqlite:/data/kept.db").expect("a path").to_string(), "sqlite:/data/kept.db");
        let socket = parse("postgres:///hear?host=/run/postgresql").expect("a URL");
        assert_eq!(socket.to_string(), "postgres:/run/postgresql/hear");
    }

    #[test]
    fn what_is_no_url_is_refused_without_repeating_it() {
        for (text, expected) in [
            ("", InvalidUrl::Scheme),
            ("sqlite:", InvalidUrl::Scheme),
            ("mysql://ada:hush@db.example/hear", InvalidUrl::Scheme),
            ("postgres://ada:hu/sh@db.example/hear", InvalidUrl::Form),
            ("postgres://ada:hush@db.example/hear?sslmode=hush", InvalidUrl::Form),
            ("postgres://ada:hush@db.example/hear?pasword=hush", InvalidUrl::Parameter),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error, expected, "{text}");
            assert!(!error.to_string().contains("hush"));
        }
    }
}
