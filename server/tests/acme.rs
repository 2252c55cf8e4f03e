//! A certificate from an authority: Pebble, the test authority of Let's Encrypt, verifies the name over TLS-ALPN-01.

use std::{
    iter,
    net::TcpListener,
    path::Path,
    process::{self, Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering::Relaxed},
    },
};

use heartogether::limits::Limits;
use heartogether_server::{clock::SystemClock, config::Config, startup::Server};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tempfile::TempDir;

use crate::{
    support::PATIENCE,
    tls::{NAME, ask, connect_to},
};

const AUTHORITY: &str = "localhost";

/// A process that ends with the test.
struct Companion(Child);

impl Companion {
    fn start(command: &mut Command) -> Self {
        let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(started.expect("Pebble is installed (./dev test server installs it where it can)"))
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on. It lies below those that the system hands out by itself (32768 and above on Linux), so no other
/// test gets it before it is used.
fn free_port() -> u16 {
    static DRAWN: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(process::id() % 8_000).expect("a small number");
    let mut drawn = iter::repeat_with(|| first + DRAWN.fetch_add(1, Relaxed));
    drawn.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}

/// Pebble and its name server, to which every name is this machine.
fn authority(folder: &Path, directory: u16, management: u16, asks_back_at: u16) -> [Companion; 2] {
    let names = free_port();
    let config = format!(
        r#"{{ "pebble": {{ "listenAddress": ":{directory}", "managementListenAddress": ":{management}",
            "certificate": "{cert}", "privateKey": "{key}", "httpPort": {unused}, "tlsPort": {asks_back_at} }} }}"#,
        cert = folder.join("authority.pem").display(),
        key = folder.join("authority-key.pem").display(),
        unused = free_port(),
    );
    std::fs::write(folder.join("pebble.json"), config).expect("a file");
    let mut resolver = Command::new("pebble-challtestsrv");
    resolver.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", &format!("127.0.0.1:{names}")]);
    resolver.args([
        "-http01",
        "",
        "-https01",
        "",
        "-tlsalpn01",
        "",
        "-management",
        &format!("127.0.0.1:{}", free_port()),
    ]);
    let mut pebble = Command::new("pebble");
    pebble.arg("-config").arg(folder.join("pebble.json")).args(["-dnsserver", &format!("127.0.0.1:{names}")]);
    pebble.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0");
    [Companion::start(&mut resolver), Companion::start(&mut pebble)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_verifies_the_name_and_issues_a_certificate() {
    if std::env::var_os("HEARTOGETHER_WITHOUT_PEBBLE").is_some() {
        eprintln!("left out: Pebble is not installed");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let (directory, management, port) = (free_port(), free_port(), free_port());
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([AUTHORITY.to_owned()]).expect("a certificate for the authority");
    std::fs::write(folder.path().join("authority.pem"), cert.pem()).expect("a file");
    std::fs::write(folder.path().join("authority-key.pem"), signing_key.serialize_pem()).expect("a file");
    let _companions = authority(folder.path(), directory, management, port);
    let path = |name: &str| folder.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    let (data, roots) = (path("data"), path("authority.pem"));
    // As an operator may have made it, with the rights that folders have by themselves.
    std::fs::create_dir(&data).expect("a folder");
    let (own, authority) = (port.to_string(), format!("https://{AUTHORITY}:{directory}/dir"));
    let arguments = ["server", "--host", "127.0.0.1", "--port", &own, "--data-dir", &data, "--acme-domain", NAME];
    let acme = ["--acme-directory", &authority, "--acme-roots", &roots, "--acme-contact", "ada@hear.test"];
    let config = Config::from_arguments(arguments.into_iter().chain(acme)).expect("valid flags");

    // The authority comes up first: whoever asks in vain waits for longer and longer.
    let issued_by = async {
        loop {
            if let Ok(mut stream) = connect_to(management, AUTHORITY, cert.der(), &[]).await {
                let answer = ask(&mut stream, "GET /roots/0 HTTP/1.1").await;
                let pem = &answer[answer.find("-----BEGIN").expect("a certificate")..];
                return CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
            }
            tokio::task::yield_now().await;
        }
    };
    let root = tokio::time::timeout(3 * PATIENCE, issued_by).await.expect("the authority is there");
    let server = Server::bind(config, Limits::default(), Arc::new(SystemClock::start())).await.expect("a server");
    tokio::spawn(server.serve(std::future::pending()));
    let certified = async {
        loop {
            if let Ok(stream) = connect_to(port, NAME, &root, &[b"http/1.1"]).await {
                return stream;
            }
            tokio::task::yield_now().await;
        }
    };
    let mut stream = tokio::time::timeout(3 * PATIENCE, certified).await.expect("a certificate in time");
    let answer = ask(&mut stream, "GET /api/health HTTP/1.1").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let kept = folder.path().join("data/acme");
    let account_and_certificate = async {
        while kept.read_dir().map_or(0, Iterator::count) < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, account_and_certificate).await.expect("account and certificate are kept");
    #[cfg(unix)]
    {
        let rights = std::fs::metadata(&kept).expect("the folder").permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&rights) & 0o777, 0o700, "and nobody else reads their keys");
    }
}
