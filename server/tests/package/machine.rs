//! A folder that stands for the file system of a machine without systemd, such as a container.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{DATA, SETTINGS, run, unit};
use crate::support::Process;

/// An id that systemd draws for services with a dynamic user.
const USER: u32 = 61_184;

pub struct Machine {
    root: TempDir,
}

/// Whether packages can be made and installed here. `./dev` says where they cannot and why, and nobody else may.
pub fn is_possible() -> bool {
    let is_left_out = std::env::var_os("HEARTOGETHER_WITHOUT_PACKAGES").is_some();
    if is_left_out {
        eprintln!("left out: packages cannot be made on this machine");
    }
    !is_left_out
}

impl Machine {
    /// A machine without any package.
    pub fn new() -> Self {
        let root = TempDir::new().expect("a folder");
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).expect("rights");
        let dpkg = root.path().join("var/lib/dpkg");
        for folder in ["info", "updates", "triggers"] {
            fs::create_dir_all(dpkg.join(folder)).expect("a folder of dpkg");
        }
        fs::create_dir_all(root.path().join("var/log")).expect("a folder for dpkg's log");
        fs::write(dpkg.join("status"), "").expect("no package is installed");
        Self { root }
    }

    /// Where an absolute path lies.
    pub fn path(&self, absolute: &str) -> PathBuf {
        self.root.path().join(absolute.trim_start_matches('/'))
    }

    /// Runs dpkg on this machine. It needs no root, and its scripts get DPKG_ROOT instead of a `chroot`. What the package
    /// depends on is on the machine around this one.
    pub fn dpkg(&self, arguments: &[&str], package: Option<&Path>) {
        let forced = "--force-not-root,script-chrootless,depends,bad-path,confold";
        let mut command = Command::new("dpkg");
        command.arg(format!("--root={}", self.root.path().display()));
        // Otherwise this machine's log is written to.
        command.arg(format!("--log={}", self.path("/var/log/dpkg.log").display()));
        command.arg(forced).args(arguments).args(package);
        run(command.env("DEBIAN_FRONTEND", "noninteractive").env_remove("RUST_LOG"));
    }

    /// What dpkg has to say of the package.
    pub fn status(&self) -> String {
        let mut command = Command::new("dpkg-query");
        command.arg(format!("--admindir={}", self.path("/var/lib/dpkg").display()));
        run(command.args(["--show", "--showformat=${Status} ${Version}", "heartogether"]))
    }

    /// All files and links, without those of dpkg.
    pub fn files(&self) -> Vec<PathBuf> {
        let (mut found, mut folders) = (Vec::new(), vec![self.root.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() && !path.is_symlink() {
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found.retain(|path| !path.starts_with(self.path("/var/lib/dpkg")) && !path.starts_with(self.path("/var/log")));
        found.sort();
        found
    }

    /// Starts the installed server as the unit has it: its command, its settings, its data and, for root, a user without rights.
    pub fn start(&self) -> Process {
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        self.make_state_directory(is_root);
        let server = self.path(unit("ExecStart"));
        let mut command = match is_root {
            true => {
                let mut command = Command::new("setpriv");
                let user = USER.to_string();
                command.args(["--reuid", &user, "--regid", &user, "--clear-groups", "--no-new-privs"]).arg(server);
                command
            }
            false => Command::new(server),
        };
        command.env_clear().env("PATH", std::env::var_os("PATH").expect("a path"));
        let (name, value) = unit("Environment").split_once('=').expect("NAME=VALUE");
        assert_eq!((name, value), ("DATA_DIR", DATA));
        command.env(name, self.path(value)).envs(self.settings()).stderr(Stdio::null());
        Process::spawn(command)
    }

    /// As systemd makes it for a service with a dynamic user: in a private folder, with a link to it.
    fn make_state_directory(&self, is_root: bool) {
        assert_eq!(format!("/var/lib/{}", unit("StateDirectory")), DATA);
        let private = self.path("/var/lib/private/heartogether");
        if private.is_dir() {
            return;
        }
        fs::create_dir_all(&private).expect("the private folder");
        fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).expect("rights");
        if is_root {
            chown(&private, Some(USER), Some(USER)).expect("an owner");
        }
        symlink("private/heartogether", self.path(DATA)).expect("a link");
    }

    /// The settings in the file, as systemd reads them.
    fn settings(&self) -> Vec<(String, String)> {
        assert_eq!(unit("EnvironmentFile"), format!("-{SETTINGS}"));
        let text = fs::read_to_string(self.path(SETTINGS)).expect("the settings");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}
