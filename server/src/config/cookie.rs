//! How sessions are kept in browsers.

use clap::Args;

/// How sessions are kept in browsers.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sessions")]
pub struct CookieSettings {
    /// Name of the session cookie
    #[arg(long, env = "SESSION_COOKIE_NAME", default_value = "heartogether.sid", value_parser = parse_cookie_name)]
    pub(crate) session_cookie_name: String,

    /// Send cookies over HTTPS only [default: true if people use HTTPS or PUBLIC_URL is an https address]
    #[arg(long, env = "SESSION_COOKIE_SECURE")]
    pub(crate) session_cookie_secure: Option<bool>,

    /// Seconds until a session expires
    #[arg(long, env = "SESSION_TTL_SECONDS", default_value_t = 30 * 24 * 60 * 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) session_ttl_seconds: u64,
}

/// A token of RFC 6265, section 4.1.1.
fn parse_cookie_name(name: &str) -> Result<String, String> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match !name.is_empty() && name.chars().all(is_token) {
        true => Ok(name.to_owned()),
        false => Err("a cookie's name consists of letters, digits and !#$%&'*+-.^_`|~".to_owned()),
    }
}
