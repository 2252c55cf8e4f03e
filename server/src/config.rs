//! All settings. Each is a flag and an environment variable with a default, and is checked at the start. An error names
//! the setting.

mod auth;
mod cookie;
mod data;
#[cfg(test)]
mod document;
mod environment;
mod http;
mod ice;
mod limits;
mod monitoring;
mod pictures;
mod public_url;
mod redis;
mod stopping;
mod task;
mod tls;

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::Parser;
use heartogether::limits::Limits;
use heartogether_headers::authority::{Authority, Host, Origin};
use tracing_subscriber::EnvFilter;

use crate::operator::tasks::OperatorTask;

pub use auth::AuthSettings;
pub(crate) use auth::{GOOGLE_ISSUER, ProviderSettings};
pub use cookie::CookieSettings;
pub use data::DataSettings;
pub use http::HttpSettings;
pub use ice::IceSettings;
use limits::LimitSettings;
pub(crate) use monitoring::LogFormat;
pub use monitoring::MonitoringSettings;
pub use pictures::PictureSettings;
pub(crate) use public_url::PublicUrl;
pub use redis::RedisOptions;
pub use stopping::StopSettings;
pub use task::Copied;
use task::Task;
pub use tls::TlsSettings;
pub(crate) use tls::{AcmeSettings, Certificate};

/// The heading of the settings that most people look for.
const GENERAL: &str = "General";
const DEFAULT_PORT: u16 = 3000;
/// Every address of this machine, of both kinds; where there is no IPv6, of IPv4.
const DEFAULT_HOST: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
/// The site folder's name beside the binary, where both cargo and cargo-leptos put it.
const SITE: &str = "site";

/// HearTogether's server: pages, signaling and rooms in one binary.
#[derive(Clone, Debug, Parser)]
#[command(version, about)]
pub struct Config {
    #[command(subcommand)]
    command: Option<Task>,

    /// Port to listen on; 0 means any free port [default: 3000, or 443 with a certificate]
    #[arg(long, help_heading = GENERAL, env = "PORT")]
    port: Option<u16>,

    /// Address to listen on [default: `::`, which means all IPv6 and IPv4 addresses; 0.0.0.0 without IPv6]
    #[arg(long, help_heading = GENERAL, env = "HOST")]
    host: Option<IpAddr>,

    /// Address of cargo-leptos, used where PORT or HOST is not set
    #[arg(long, env = "LEPTOS_SITE_ADDR", hide = true)]
    leptos_site_addr: Option<SocketAddr>,

    /// What is kept, and how surely.
    #[command(flatten)]
    pub(crate) data: DataSettings,

    /// Where pictures are kept.
    #[command(flatten)]
    pub(crate) pictures: PictureSettings,

    /// What several nodes share.
    #[command(flatten)]
    pub(crate) redis: RedisOptions,

    /// Folder of the built site [default: `site` beside the binary or one level up, or ./target/site]
    #[arg(long, help_heading = GENERAL, env = "SITE_DIR")]
    site_dir: Option<PathBuf>,

    /// Site folder of cargo-leptos, used where SITE_DIR is not set
    #[arg(long, env = "LEPTOS_SITE_ROOT", hide = true)]
    leptos_site_root: Option<PathBuf>,

    /// Port of cargo-leptos' reload messages
    #[arg(long, env = "LEPTOS_RELOAD_PORT", hide = true, default_value_t = 3001)]
    pub(crate) leptos_reload_port: u32,

    /// Whether cargo-leptos has put hashes into the names of files
    #[arg(long, env = "LEPTOS_HASH_FILES", hide = true)]
    leptos_hash_files: Option<bool>,

    /// URL at which the public reaches this server: links and QR codes contain it, and its pages may send requests to
    /// the server [default: the address that the visitor used, and on loopback this machine's address in the local
    /// network]. It may have a path, such as `https://example.org/hear`
    #[arg(long, help_heading = GENERAL, env = "PUBLIC_URL")]
    pub(crate) public_url: Option<PublicUrl>,

    /// URLs of other sites whose pages may send requests to this server, separated by commas
    #[arg(long, help_heading = GENERAL, env = "FRONTEND_URL", value_parser = parse_sites)]
    frontend_url: Option<Sites>,

    /// What to log: a level (error, warn, info, debug, trace) or a filter such as `info,heartogether_server=debug`;
    /// libraries never log more than info, because they would log the data they process
    #[arg(long, help_heading = GENERAL, env = "LOG", default_value = "info", value_parser = parse_log)]
    pub log: String,

    /// How sessions are kept in browsers.
    #[command(flatten)]
    pub(crate) cookie: CookieSettings,

    /// Who may come in.
    #[command(flatten)]
    pub(crate) auth: AuthSettings,

    #[command(flatten)]
    limits: LimitSettings,

    /// What peer connections are helped by.
    #[command(flatten)]
    pub(crate) ice: IceSettings,

    /// What stands between this server and its callers.
    #[command(flatten)]
    pub(crate) http: HttpSettings,

    /// HTTPS without a proxy.
    #[command(flatten)]
    pub(crate) tls: TlsSettings,

    /// How the server is watched.
    #[command(flatten)]
    pub(crate) monitoring: MonitoringSettings,

    /// How the server stops.
    #[command(flatten)]
    pub stopping: StopSettings,

    /// Variables that were set and could not be read, and that other tools set for their own ends.
    #[arg(skip)]
    passed_over: Vec<&'static str>,
}

/// The origins of some sites.
#[derive(Clone, Debug)]
struct Sites(Vec<Origin>);

impl Config {
    /// Whether the binary was called to ask another process of it for its health, rather than to serve.
    pub fn asks_for_health(&self) -> bool {
        matches!(self.command, Some(Task::Health))
    }

    /// What whoever runs the server orders, if the binary was called for that.
    pub const fn asks_for_operation(&self) -> Option<&OperatorTask> {
        match &self.command {
            Some(Task::Operator(task)) => Some(task),
            _ => None,
        }
    }

    /// The databases of a copy, if the binary was called to make one.
    pub const fn asks_for_copy(&self) -> Option<&Copied> {
        match &self.command {
            Some(Task::Copy(copied)) => Some(copied),
            _ => None,
        }
    }

    /// The limits as they are set.
    pub fn limits(&self) -> Limits {
        self.limits.read()
    }

    /// Takes the settings in. Says what is set by halves.
    fn check(&mut self) -> Result<(), String> {
        self.http.check();
        self.data.check()?;
        self.pictures.check()?;
        self.ice.check()?;
        self.auth.check()?;
        self.redis.check(self.data.database().is_some(), self.auth.secret().is_some())?;
        self.tls.check()?;
        self.stopping.check()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let leptos = self.leptos_site_addr;
        let port =
            self.port.or(leptos.map(|address| address.port())).or(self.tls.default_port()).unwrap_or(DEFAULT_PORT);
        let host = self.host.or(leptos.map(|address| address.ip())).unwrap_or(DEFAULT_HOST);
        SocketAddr::new(host.to_canonical(), port)
    }

    /// The origins (RFC 6454) of the sites whose pages may talk to this server.
    pub(crate) fn origins(&self) -> impl Iterator<Item = Origin> {
        self.public_url.iter().map(PublicUrl::origin).chain(self.frontends()).cloned()
    }

    /// The origins of the sites whose pages may read answers.
    pub(crate) fn frontend_origins(&self) -> impl Iterator<Item = String> {
        self.frontends().map(Origin::to_string)
    }

    fn frontends(&self) -> impl Iterator<Item = &Origin> {
        self.frontend_url.iter().flat_map(|Sites(sites)| sites)
    }

    /// Whether requests for this host are meant for this server. Without a public URL all are: the commonest set-up is a proxy
    /// with a name of its own. With one, a name that anybody can have in public is ours only if it is set: else a stranger's
    /// page, whose name leads here for a moment (DNS rebinding), would count as one of ours.
    pub(crate) fn knows_host(&self, host: &Host) -> bool {
        let Some(url) = &self.public_url else { return true };
        let is_acme = || self.tls.names().any(|name| Authority::parse(name).is_some_and(|own| own.host() == host));
        host.is_never_public_name() || url.origin().authority().host() == host || is_acme()
    }

    /// The path below which pages lie in browsers' eyes: empty, or such as `/hear`.
    pub(crate) fn base_path(&self) -> &str {
        self.public_url.as_ref().map_or("", PublicUrl::path)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let own = |data: PathBuf| data.join("heartogether");
        let of_user = || absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        self.data.data_dir.clone().or_else(|| of_user().map(own)).unwrap_or_else(|| PathBuf::from("data"))
    }

    /// Whether files have hashes in their names: as cargo-leptos says, or if the build has written the list of them, which the
    /// pages look for at this place.
    pub(crate) fn has_hashed_names(&self) -> bool {
        let has_list = || binary_dir().is_some_and(|dir| dir.join("hash.txt").is_file());
        self.leptos_hash_files.unwrap_or_else(has_list)
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

fn binary_dir() -> Option<PathBuf> {
    std::env::current_exe().ok().as_deref().and_then(Path::parent).map(Path::to_owned)
}

fn parse_sites(urls: &str) -> Result<Sites, String> {
    let urls = urls.split(',').map(str::trim).filter(|url| !url.is_empty());
    let sites: Option<Vec<Origin>> = urls.map(Origin::of_url).collect();
    sites.map(Sites).ok_or_else(|| "expected http://HOST or https://HOST".to_owned())
}

/// A filter. A single word that is no level would be taken for the name of a library, and silence all others.
fn parse_log(filter: &str) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_word = !filter.contains(['=', ',']);
    let is_level = LEVELS.iter().any(|level| filter.eq_ignore_ascii_case(level));
    if is_word && !is_level && !filter.starts_with("heartogether") {
        return Err(format!(
            "expected one of {}, or a filter such as info,heartogether_server=debug",
            LEVELS.join(", ")
        ));
    }
    EnvFilter::try_new(filter).map(|_| filter.to_owned()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings of a command line, or why it is refused.
    pub(in crate::config) fn read(arguments: &[&'static str]) -> Result<Config, String> {
        let arguments = ["heartogether-server"].into_iter().chain(arguments.iter().copied());
        Config::from_arguments(arguments).map_err(|error| error.to_string())
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
            (["--stop-delay-ms", "25000"], "STOP_TIMEOUT_MS"),
            (["--otel-exporter-otlp-endpoint", "127.0.0.1:4318"], "--otel-exporter-otlp-endpoint"),
            (["--otel-traces-sampler-arg", "2"], "--otel-traces-sampler-arg"),
            (["--redis-url", "redis://127.0.0.1"], "DATABASE_URL"),
            (["--redis-url", "http://127.0.0.1"], "REDIS_URL"),
            (["--redis-enabled", "true"], "REDIS_URL"),
            (["--redis-enabled", "perhaps"], "--redis-enabled"),
            (["--redis-connect-timeout-ms", "1"], "--redis-connect-timeout-ms"),
        ] {
            let error = read(&arguments).expect_err("the setting is wrong");
            assert!(error.contains(setting), "{error}");
        }
    }
}
