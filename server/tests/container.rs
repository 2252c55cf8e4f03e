//! The command and the health check of the `Dockerfile`, run as in the image: as its user, and with write access only
//! to the data.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    support::{Process, free_port},
    tls::certify,
};

const DOCKERFILE: &str = include_str!("../../Dockerfile");
const BINARY: &str = "/opt/heartogether/bin/heartogether-server";

/// What follows an instruction in the last stage, with lines that go on put together.
fn instruction(name: &str) -> String {
    let joined = DOCKERFILE.replace("\\\n", " ");
    let mut lines = joined.lines().rev().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    lines.next().unwrap_or_else(|| panic!("the image has {name}")).to_owned()
}

/// The words of a command in exec form, without the binary that begins it.
fn arguments(command: &str) -> Vec<String> {
    let list = command.find('[').map(|start| &command[start..]).expect("the exec form, as the image needs no shell");
    let mut words: Vec<String> = serde_json::from_str(list).expect("a list in JSON");
    assert_eq!(words.remove(0), BINARY);
    words
}

/// The image's user, by number: names mean nothing outside of it.
fn user() -> (u32, u32) {
    let user = instruction("USER");
    let (user, group) = user.split_once(':').expect("a user and a group");
    (user.parse().expect("a number"), group.parse().expect("a number"))
}

/// A place like the image, with another port and folder.
struct Container {
    /// What can be read.
    root: TempDir,
    port: u16,
}

impl Container {
    /// `None`, and the reason, where this machine does not let us.
    fn build() -> Option<Self> {
        let possible = Command::new("unshare").args(["-m", "setpriv", "--reuid", "10001", "true"]).output();
        match possible {
            Ok(output) if output.status.success() => {}
            Ok(output) => {
                eprintln!("left out: this needs root: {}", String::from_utf8_lossy(&output.stderr));
                return None;
            }
            Err(error) => {
                eprintln!("left out: there is no unshare: {error}");
                return None;
            }
        }
        let root = TempDir::new().expect("a folder");
        open_to_all(root.path());
        fs::write(root.path().join("server"), "").expect("a place for the binary");
        let (user, group) = user();
        let data = root.path().join("data");
        fs::create_dir(&data).expect("a folder for the data");
        certify(root.path());
        for name in ["data", "cert.pem", "key.pem"] {
            std::os::unix::fs::chown(root.path().join(name), Some(user), Some(group)).expect("an owner");
        }
        Some(Self { root, port: free_port() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A command of the image: within a file system of which the data alone can be written to.
    fn command(&self, arguments: &[String]) -> Command {
        let script = "set -e; server=$1 root=$2 user=$3 group=$4; shift 4\n\
                      mount --make-rprivate /\n\
                      mount --bind \"$server\" \"$root/server\"\n\
                      mount --bind \"$root/data\" \"$root/data\"\n\
                      mount -o remount,bind,ro /\n\
                      if touch \"$root/probe\" 2>/dev/null; then echo 'the root can be written to' >&2; exit 7; fi\n\
                      exec setpriv --reuid \"$user\" --regid \"$group\" --clear-groups \"$root/server\" \"$@\"";
        let (user, group) = user();
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_heartogether-server")]);
        command.arg(self.root.path()).args([user.to_string(), group.to_string()]).args(arguments);
        command.env_clear().env("PATH", std::env::var_os("PATH").expect("a path"));
        let settings = instruction("ENV");
        for setting in settings.split_whitespace() {
            let (name, value) = setting.split_once('=').expect("NAME=VALUE");
            match name {
                "DATA_DIR" => command.env(name, self.path("data")),
                "PORT" => command.env(name, self.port.to_string()),
                _ => command.env(name, value),
            };
        }
        command.env("TLS_CERT", self.path("cert.pem")).env("TLS_KEY", self.path("key.pem"));
        command
    }
}

fn open_to_all(folder: &Path) {
    let rights = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder, rights).expect("rights");
}

#[tokio::test]
async fn the_image_runs_as_its_user_on_a_read_only_root_and_is_healthy_over_tls() {
    let health = arguments(instruction("HEALTHCHECK").split_once("CMD ").expect("a command").1);
    let Some(container) = Container::build() else { return };
    let ask = || container.command(&health).stderr(Stdio::null()).status().expect("the health command");
    assert_eq!(ask().code(), Some(1), "nobody serves yet");
    let server = Process::spawn(container.command(&arguments(&instruction("ENTRYPOINT"))));
    assert_eq!(ask().code(), Some(0));
    assert!(container.path("data/heartogether.db").is_file());
    assert!(server.terminate().success());
    assert_eq!(ask().code(), Some(1), "nobody serves any more");
}
