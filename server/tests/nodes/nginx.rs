//! nginx with files in deploy/ that an operator copies.

use std::{
    fs,
    path::Path,
    process::{Child, Command},
};

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::support::{Site, eventually, save};

/// What a file in deploy/ says, with these passages replaced.
pub fn deployed(file: &str, changes: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(file);
    let text = fs::read_to_string(path).expect("a file of deploy/");
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{file} has no {from}");
        text.replace(from, to)
    })
}

/// What nginx is told so that it writes into this folder alone.
pub fn folders_in(folder: &Path) -> String {
    let names = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    names.map(|name| format!("{name}_temp_path {}/{name};", folder.display())).concat()
}

/// nginx, killed when dropped.
pub struct Nginx {
    process: Child,
    /// Without TLS, which no visitor gets.
    pub site: Site,
    _folder: TempDir,
}

impl Nginx {
    /// With this configuration, of which `nginx-nodes-server.conf` is a part. It listens on this port.
    pub async fn start(folder: TempDir, configuration: &str, port: u16) -> Self {
        save(folder.path(), "nginx-nodes-server.conf", &deployed("nginx-nodes-server.conf", &[]));
        let main = save(folder.path(), "nginx.conf", configuration);
        // One process, so that nothing is left when it is killed.
        let start = format!("daemon off; master_process off; pid {}/pid;", folder.path().display());
        let binary = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let mut command = Command::new(binary);
        command.args(["-e", "stderr", "-g", &start, "-c", &main]);
        let process = command.spawn().expect("nginx, of Debian's package nginx-light");
        let site = Site { authority: format!("127.0.0.1:{port}") };
        eventually(async || TcpStream::connect(&site.authority).await.is_ok()).await;
        Self { process, site, _folder: folder }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
    }
}
