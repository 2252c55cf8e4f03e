//! Redis, by which several nodes share their rooms.

use std::time::Duration;

use clap::Args;

use super::ice::Secret;
use crate::storage::log::redis::RedisSettings;

/// Where the rooms' logs are, if several nodes share them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Several nodes")]
pub struct RedisOptions {
    /// Whether REDIS_URL is used [default: true if it is set]
    #[arg(long, env = "REDIS_ENABLED")]
    redis_enabled: Option<bool>,

    /// URL of Redis 7 or newer, or Valkey, by which several nodes share their rooms:
    /// `redis://USER:PASSWORD@HOST:PORT`, with several hosts separated by commas for Sentinels (`?master=NAME`) or a cluster; needs
    /// DATABASE_URL and JWT_SECRET [default: one node, without Redis]
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<Secret>,

    /// Whether Redis is reached over TLS [default: true if REDIS_URL begins with rediss]
    #[arg(long, env = "REDIS_TLS")]
    redis_tls: Option<bool>,

    /// Whether the certificate of Redis has to be one that this machine trusts; without this, whoever stands in between can read
    /// and change what is sent
    #[arg(long, env = "REDIS_TLS_REJECT_UNAUTHORIZED", default_value_t = true, action = clap::ArgAction::Set)]
    redis_tls_reject_unauthorized: bool,

    /// Milliseconds that a connection to Redis may take to be there
    #[arg(long, env = "REDIS_CONNECT_TIMEOUT_MS", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(100..=60_000))]
    redis_connect_timeout_ms: u64,

    /// `REDIS_URL`, once it is read.
    #[arg(skip)]
    settings: Option<RedisSettings>,
}

impl RedisOptions {
    /// Takes the address in. What several nodes have to share beside Redis is there or not. The error does not contain the address.
    pub(super) fn check(&mut self, has_database: bool, has_secret: bool) -> Result<(), String> {
        let url = match (&self.redis_url, self.redis_enabled) {
            (None, Some(true)) => return Err("REDIS_ENABLED is true, and REDIS_URL is not set".to_owned()),
            (None, _) | (Some(_), Some(false)) => return Ok(()),
            (Some(url), _) => url,
        };
        let timeout = Duration::from_millis(self.redis_connect_timeout_ms);
        let settings = RedisSettings::parse(url.as_str(), self.redis_tls, self.redis_tls_reject_unauthorized, timeout);
        let settings = settings.map_err(|error| format!("REDIS_URL: {error}"))?;
        if !has_database {
            return Err(
                "REDIS_URL needs DATABASE_URL: nodes draw the epochs of rooms' logs from a PostgreSQL database, \
                        and share accounts and messages by it"
                    .to_owned(),
            );
        }
        if !has_secret {
            return Err(
                "REDIS_URL needs JWT_SECRET, the same on every node: each node has to believe the sessions that \
                        the others sign"
                    .to_owned(),
            );
        }
        self.settings = Some(settings);
        Ok(())
    }

    /// Redis, if the rooms' logs are there.
    pub(crate) const fn settings(&self) -> Option<&RedisSettings> {
        self.settings.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::read;

    #[test]
    fn redis_needs_what_nodes_share_beside_it() {
        let secret = "a secret that every node has been given";
        let (redis, database) = ("redis://ada:hush@127.0.0.1", "postgres://ada:hush@127.0.0.1/hear");
        let (redis, database) = (["--redis-url", redis], ["--database-url", database]);
        let no_database = read(&redis).expect_err("there is no database");
        assert!(no_database.contains("DATABASE_URL") && !no_database.contains("hush"), "{no_database}");
        let no_secret = read(&[redis, database].concat()).expect_err("there is no secret");
        assert!(no_secret.contains("JWT_SECRET") && !no_secret.contains("hush"), "{no_secret}");
        let all = [redis, database, ["--jwt-secret", secret]].concat();
        let settings = read(&all).expect("valid settings").redis;
        assert_eq!(settings.settings().expect("Redis is used").shown(), "redis://127.0.0.1:6379");
        let off = read(&[&redis[..], &["--redis-enabled", "false"]].concat()).expect("it is not used");
        assert!(off.redis.settings().is_none());
        let tls = read(&[&all[..], &["--redis-tls", "true"]].concat()).expect("valid settings").redis;
        assert_eq!(tls.settings().expect("Redis is used").shown(), "rediss://127.0.0.1:6379");
        assert!(read(&[&all[..], &["--redis-tls-reject-unauthorized", "false"]].concat()).is_ok());
    }
}
