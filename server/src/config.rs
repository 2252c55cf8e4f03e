//! Every setting: a flag, an environment variable and a default, checked at start with an error that names it.

mod data;
mod edge;
mod ice;
mod identity;
mod limits;
mod tls;

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand};
use heartogether::limits::Limits;

use crate::signalling::origin_of;

pub use data::DataSettings;
pub use edge::EdgeSettings;
pub use ice::IceSettings;
pub use identity::IdentitySettings;
pub(crate) use identity::{GOOGLE_ISSUER, ProviderSettings};
use limits::LimitSettings;
pub use tls::TlsSettings;
pub(crate) use tls::{AcmeSettings, Certificate};

const DEFAULT_PORT: u16 = 3000;
/// Every address of this machine, of both kinds; where there is no IPv6, of IPv4.
const DEFAULT_HOST: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
/// The site folder's name beside the binary, where both cargo and cargo-leptos put it.
const SITE: &str = "site";

/// HearTogether's server: pages, signalling and rooms in one binary.
#[derive(Clone, Debug, Parser)]
#[command(version, about)]
pub struct Config {
    #[command(subcommand)]
    command: Option<Task>,

    /// Port to listen on; 0 takes a free one [default: 3000, or 443 with a certificate]
    #[arg(long, env = "PORT")]
    port: Option<u16>,

    /// Address to listen on [default: `::`, which is every address, IPv4 ones too; 0.0.0.0 where there is no IPv6]
    #[arg(long, env = "HOST")]
    host: Option<IpAddr>,

    /// Address of cargo-leptos, used where PORT or HOST is not set
    #[arg(long, env = "LEPTOS_SITE_ADDR", hide = true)]
    leptos_site_addr: Option<SocketAddr>,

    /// What is kept, and how surely.
    #[command(flatten)]
    pub(crate) data: DataSettings,

    /// Folder of the built site [default: `site` beside the binary or one level up, or ./target/site]
    #[arg(long, env = "SITE_DIR")]
    site_dir: Option<PathBuf>,

    /// Site folder of cargo-leptos, used where SITE_DIR is not set
    #[arg(long, env = "LEPTOS_SITE_ROOT", hide = true)]
    leptos_site_root: Option<PathBuf>,

    /// Port of cargo-leptos' reload messages
    #[arg(long, env = "LEPTOS_RELOAD_PORT", hide = true, default_value_t = 3001)]
    pub(crate) leptos_reload_port: u32,

    /// URL under which the public reaches this server: links and QR codes carry it, and its pages may talk to the server
    /// [default: the address that the visitor used, and on loopback this machine's address in the local network]
    #[arg(long, env = "PUBLIC_URL", value_parser = parse_web_url)]
    pub(crate) public_url: Option<String>,

    /// URLs of other sites whose pages may talk to this server, separated by commas
    #[arg(long, env = "FRONTEND_URL", value_delimiter = ',', value_parser = parse_web_url)]
    frontend_url: Vec<String>,

    /// What to log: a level (error, warn, info, debug, trace) or a filter such as `info,heartogether_server=debug`;
    /// libraries tell no more than info, for they write what passes through them
    #[arg(long, env = "LOG", default_value = "info")]
    pub log: String,

    /// How sessions are kept in browsers.
    #[command(flatten)]
    pub(crate) cookie: CookieSettings,

    /// Who may come in.
    #[command(flatten)]
    pub(crate) identity: IdentitySettings,

    #[command(flatten)]
    limits: LimitSettings,

    /// What peer connections are helped by.
    #[command(flatten)]
    pub(crate) ice: IceSettings,

    /// What stands between this server and its callers.
    #[command(flatten)]
    pub(crate) edge: EdgeSettings,

    /// HTTPS without a proxy.
    #[command(flatten)]
    pub(crate) tls: TlsSettings,
}

/// What the binary can do instead of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
enum Task {
    /// Ask the server that runs with these settings on this machine whether it lives, and say so by the exit code
    Health,
}

/// How sessions are kept in browsers.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sessions")]
pub struct CookieSettings {
    /// Name of the session cookie
    #[arg(long, env = "SESSION_COOKIE_NAME", default_value = "heartogether.sid", value_parser = parse_cookie_name)]
    pub(crate) session_cookie_name: String,

    /// Send cookies over HTTPS only [default: true, but for visitors on loopback and in the local network while PUBLIC_URL is
    /// no https address]
    #[arg(long, env = "SESSION_COOKIE_SECURE")]
    pub(crate) session_cookie_secure: Option<bool>,

    /// Seconds until a session expires
    #[arg(long, env = "SESSION_TTL_SECONDS", default_value_t = 30 * 24 * 60 * 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) session_ttl_seconds: u64,
}

impl Config {
    /// Reads flags and environment, and exits with an explanation where they are wrong.
    pub fn read() -> Self {
        Self::check(Self::try_parse()).unwrap_or_else(|error| error.exit())
    }

    /// Reads these arguments, the binary's name first, and the environment.
    ///
    /// # Errors
    /// One that names the setting.
    pub fn from_arguments<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Self, clap::Error> {
        Self::check(Self::try_parse_from(arguments))
    }

    /// Whether the binary was called to ask another process of it for its health, rather than to serve.
    pub fn asks_for_health(&self) -> bool {
        self.command == Some(Task::Health)
    }

    /// The limits as they are set.
    pub fn limits(&self) -> Limits {
        self.limits.read()
    }

    fn check(parsed: Result<Self, clap::Error>) -> Result<Self, clap::Error> {
        let mut config = parsed?;
        config.edge.check();
        let checked = config.ice.check().and_then(|()| config.identity.check()).and_then(|()| config.tls.check());
        checked.map_err(|problem| clap::Error::raw(clap::error::ErrorKind::ValueValidation, format!("{problem}\n")))?;
        Ok(config)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let leptos = self.leptos_site_addr;
        let port =
            self.port.or(leptos.map(|address| address.port())).or(self.tls.default_port()).unwrap_or(DEFAULT_PORT);
        let host = self.host.or(leptos.map(|address| address.ip())).unwrap_or(DEFAULT_HOST);
        SocketAddr::new(host.to_canonical(), port)
    }

    pub(crate) fn origins(&self) -> impl Iterator<Item = &str> {
        self.public_url.iter().chain(&self.frontend_url).map(String::as_str).filter(|url| !url.is_empty())
    }

    /// The origins (RFC 6454) of the sites whose pages may read answers.
    pub(crate) fn frontend_origins(&self) -> impl Iterator<Item = String> {
        self.frontend_url.iter().filter(|url| !url.is_empty()).map(|url| origin_of(url))
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let own = |data: PathBuf| data.join("heartogether");
        let of_user = || absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        self.data.data_dir.clone().or_else(|| of_user().map(own)).unwrap_or_else(|| PathBuf::from("data"))
    }

    /// The site folder: the one that is set, or the first that is there.
    pub(crate) fn site_dir(&self) -> PathBuf {
        let set = self.site_dir.as_ref().or(self.leptos_site_root.as_ref());
        set.cloned().unwrap_or_else(|| {
            let built = PathBuf::from("target").join(SITE);
            let beside = binary_dir().into_iter().flat_map(|dir| [dir.join(SITE), dir.join("..").join(SITE)]);
            beside.chain([built.clone()]).find(|path| path.is_dir()).unwrap_or(built)
        })
    }
}

/// Whether the build has written the list of hashed names; the pages look for it at this place.
pub(crate) fn has_hashed_names() -> bool {
    binary_dir().is_some_and(|dir| dir.join("hash.txt").is_file())
}

fn binary_dir() -> Option<PathBuf> {
    std::env::current_exe().ok().as_deref().and_then(Path::parent).map(Path::to_owned)
}

/// An environment file that leaves a setting empty means that it is not set.
fn parse_web_url(url: &str) -> Result<String, String> {
    let url = url.trim();
    let host = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    match url.is_empty() || host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')) {
        true => Ok(url.to_owned()),
        false => Err("expected http://HOST or https://HOST".to_owned()),
    }
}

/// A token of RFC 6265, section 4.1.1.
fn parse_cookie_name(name: &str) -> Result<String, String> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match !name.is_empty() && name.chars().all(is_token) {
        true => Ok(name.to_owned()),
        false => Err("a cookie's name consists of letters, digits and !#$%&'*+-.^_`|~".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use heartogether::{id::AccountId, time::Timestamp};

    use super::*;

    fn read(arguments: &[&'static str]) -> Result<Config, String> {
        let arguments = ["heartogether-server"].into_iter().chain(arguments.iter().copied());
        Config::from_arguments(arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn the_readme_names_every_setting() {
        let readme = include_str!("../../README.md");
        let command = <Config as clap::CommandFactory>::command();
        let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
        for setting in shown.filter_map(|argument| argument.get_env()?.to_str()) {
            assert!(readme.contains(&format!("`{setting}`")), "{setting}");
        }
    }

    #[test]
    fn the_address_is_the_set_one_before_the_one_of_cargo_leptos() {
        let address = |arguments| read(arguments).expect("valid settings").address().to_string();
        assert_eq!(address(&["--leptos-site-addr", "127.0.0.1:4000"]), "127.0.0.1:4000");
        assert_eq!(address(&["--leptos-site-addr", "127.0.0.1:4000", "--port", "5000"]), "127.0.0.1:5000");
    }

    #[test]
    fn an_error_names_its_setting() {
        for (arguments, setting) in [
            (["--port", "many"], "--port"),
            (["--max-listeners", "0"], "--max-listeners"),
            (["--session-cookie-name", "a;b"], "--session-cookie-name"),
            (["--public-url", "listen.example"], "--public-url"),
            (["--stun-urls", "https://example.org"], "--stun-urls"),
            (["--turn-urls", "ftp:example.org"], "--turn-urls"),
            (["--turn-urls", "turn:example.org"], "TURN_USERNAME"),
            (["--turn-urls", "turn:example.org"], "TURN_SECRET"),
            (["--turn-ttl-seconds", "1"], "--turn-ttl-seconds"),
            (["--ice-transport-policy", "relay"], "TURN_URLS"),
            (["--tls-cert", "cert.pem"], "TLS_KEY"),
            (["--expressturn-urls", "relay.example.org:3478"], "EXPRESSTURN_USERNAME"),
        ] {
            let error = read(&arguments).expect_err("the setting is wrong");
            assert!(error.contains(setting), "{error}");
        }
    }

    #[test]
    fn a_turn_server_without_a_scheme_gets_one_and_its_secret_is_not_shown() {
        let arguments =
            ["--turn-urls", "relay.example.org:3478", "--turn-username", "ada", "--turn-credential", "s3cret"];
        let config = read(&arguments).expect("valid settings");
        let servers = config.ice.servers(AccountId::from_bits(1), Timestamp::from_millis(0)).servers;
        let turn = servers.last().expect("a TURN server");
        assert_eq!(turn.urls, ["turn:relay.example.org:3478"]);
        assert_eq!(turn.credential.as_deref(), Some("s3cret"));
        assert!(!format!("{config:?}").contains("s3cret"));
    }
    #[test]
    fn with_a_secret_everybody_gets_a_password_of_their_own_for_an_hour_and_the_secret_is_not_shown() {
        let arguments =
            ["--turn-urls", "turn:relay.example.org?transport=udp,turns:relay.example.org", "--turn-secret", "s3cret"];
        let config = read(&arguments).expect("valid settings");
        let of = |account| config.ice.servers(AccountId::from_bits(account), Timestamp::from_millis(5_000));
        let (ada, grace) = (of(1), of(2));
        assert_eq!(ada.renew_in_s, Some(1_800));
        let turn = ada.servers.last().expect("a TURN server");
        assert_eq!(turn.urls, ["turn:relay.example.org?transport=udp", "turns:relay.example.org"]);
        assert!(turn.username.as_deref().is_some_and(|name| name.starts_with("3605:")));
        assert_ne!(ada.servers, grace.servers);
        assert!(!format!("{config:?}{ada:?}").contains("s3cret"));
    }
}
