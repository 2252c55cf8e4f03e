//! The packages that `./dev release` makes, with the binary of this test run: they are installed, run, upgraded and
//! removed with the real dpkg, in a folder of their own, so that the machine stays as it is.

mod dist;
mod machine;
mod scripts;
mod shells;
mod systemd;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use self::machine::{Machine, is_possible};
use crate::support::{Process, Site, free_port};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Later than any version of ours.
const NEXT_VERSION: &str = "9999.0.0";
const UNIT: &str = include_str!("../../deploy/package/heartogether.service");
const SETTINGS: &str = "/etc/heartogether/heartogether.env";
const DATA: &str = "/var/lib/heartogether";
/// A site like the built one, whose names are those in `HASHES`.
const HASHES: &str = "js: j1\nwasm: w1\ncss: c1\nmanifest: m1\nsplit: s1\n";
const SITE: [(&str, &str); 5] = [
    ("pkg/heartogether.j1.js", "export default () => {};"),
    ("pkg/heartogether.w1.wasm", ""),
    ("pkg/heartogether.c1.css", "main {}"),
    ("pkg/__wasm_split_manifest.m1.json", "{}"),
    ("pkg/__wasm_split.s1.js", ""),
];

/// What a line of the unit sets.
fn unit(name: &str) -> &'static str {
    let mut lines = UNIT.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    lines.next().unwrap_or_else(|| panic!("the unit has {name}"))
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Puts the site and its hashes there.
fn put_site(site: &Path, hashes: &Path) {
    for (path, text) in SITE {
        let path = site.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the site");
        fs::write(path, text).expect("a file of the site");
    }
    fs::write(hashes, HASHES).expect("the hashes");
}

/// Packages are made quickly, as nobody loads them down.
fn quickly(command: &mut Command) -> &mut Command {
    command.env("DPKG_DEB_COMPRESSOR_TYPE", "none").env("GZIP_LEVEL", "1")
}

/// Makes packages of a binary. They lie in `folder`.
fn pack(folder: &Path, version: &str, binary: &Path) {
    let [hashes, site] = ["hash.txt", "site"].map(|name| folder.join(name));
    put_site(&site, &hashes);
    let mut command = Command::new(repository(".ci/package.sh"));
    command.args([std::env::consts::ARCH, version]).args([binary, &hashes, &site, folder]);
    run(quickly(&mut command));
}

/// Packages of two versions, the second the newer one, of the tests' binary without its symbols.
fn pack_versions(folder: &Path) -> [PathBuf; 2] {
    let binary = folder.join("binary");
    run(Command::new("strip").args([env!("CARGO_BIN_EXE_heartogether-server"), "-o"]).arg(&binary));
    let deb_arch = if std::env::consts::ARCH == "x86_64" { "amd64" } else { "arm64" };
    [VERSION, NEXT_VERSION].map(|version| {
        pack(folder, version, &binary);
        folder.join(format!("heartogether_{version}_{deb_arch}.deb"))
    })
}

/// The pages find the site: every file that the landing page names is there.
async fn check_site(site: &Site) {
    assert_eq!(site.get("/api/health", None).await.status(), 200);
    let page = site.get("/", None).await.text().await.expect("a page");
    let named: Vec<&str> = page.split(['"', '\'']).filter(|text| text.starts_with("/pkg/")).collect();
    assert!(named.iter().any(|path| path.ends_with(".j1.js")), "{named:?}");
    for path in named {
        assert_eq!(site.get(path, None).await.status(), 200, "{path}");
    }
}

async fn name(site: &Site, cookie: &str) -> serde_json::Value {
    let account: serde_json::Value = site.get("/auth/me", Some(cookie)).await.json().await.expect("an account");
    account["name"].clone()
}

/// An administrator sets this.
fn configure(machine: &Machine) {
    let settings = machine.path(SETTINGS);
    let text = fs::read_to_string(&settings).expect("the settings");
    let port = format!("\nPORT={}\n", free_port());
    let text = text.replace("\n#PORT=\n", &port).replace("\n#HOST=\n", "\nHOST=127.0.0.1\n");
    assert!(text.contains(&port) && text.contains("\nHOST=127"), "both settings are there to be uncommented: {text}");
    fs::write(settings, text).expect("the settings are written");
}

#[tokio::test]
async fn the_package_is_installed_started_upgraded_removed_and_purged() {
    if !is_possible() {
        return;
    }
    let machine = Machine::new();
    let packages = TempDir::new().expect("a folder for packages");
    let [first, second] = pack_versions(packages.path());
    let before = machine.files();

    machine.dpkg(&["--install"], Some(&first));
    assert_eq!(machine.status(), format!("install ok installed {VERSION}"));
    let enabled = machine.path("/etc/systemd/system/multi-user.target.wants/heartogether.service");
    assert!(enabled.is_symlink(), "the service starts with the machine");
    configure(&machine);
    let settings = fs::read(machine.path(SETTINGS)).expect("the settings");
    let server = machine.start();
    check_site(&server.site).await;
    let ada = server.site.sign_in("Ada").await;
    let room = format!("/api/rooms/{}", server.site.create_room(&ada).await);

    // The old server runs on while dpkg replaces its files.
    machine.dpkg(&["--install"], Some(&second));
    assert_eq!(machine.status(), format!("install ok installed {NEXT_VERSION}"));
    assert!(server.terminate().success());
    let server = machine.start();
    check_site(&server.site).await;
    assert_eq!(name(&server.site, &ada).await, "Ada");
    assert_eq!(server.site.get(&room, None).await.status(), 200);
    assert!(server.terminate().success());

    machine.dpkg(&["--remove", "heartogether"], None);
    assert!(!machine.path("/usr/lib/heartogether").exists() && !machine.path("/usr/bin/heartogether-server").exists());
    assert_eq!(fs::read(machine.path(SETTINGS)).expect("the settings are kept"), settings);
    assert!(machine.path(DATA).join("heartogether.db").is_file(), "the data is kept");

    machine.dpkg(&["--purge", "heartogether"], None);
    assert_eq!(machine.files(), before, "nothing is left");
}

#[tokio::test]
async fn the_tarball_runs_where_it_is_unpacked() {
    if !is_possible() {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    pack_versions(folder.path());
    let name = format!("heartogether-{VERSION}-{}", std::env::consts::ARCH);
    run(Command::new("tar").current_dir(folder.path()).arg("-xzf").arg(format!("{name}.tar.gz")));
    let mut command = Command::new(folder.path().join(name).join("heartogether-server"));
    command.env_clear().env("DATA_DIR", folder.path().join("data"));
    command.env("HOST", "127.0.0.1").env("PORT", "0").stderr(Stdio::null());
    let server = Process::spawn(command);
    check_site(&server.site).await;
}

#[test]
fn the_same_inputs_give_the_same_packages() {
    if !is_possible() {
        return;
    }
    let made = || {
        let folder = TempDir::new().expect("a folder");
        pack(folder.path(), "1.2.3-rc.1", Path::new("/bin/true"));
        let files = fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("an entry").path());
        let mut packages: Vec<_> = files.filter(|path| path.to_string_lossy().contains("1.2.3")).collect();
        packages.sort();
        packages.iter().map(|path| fs::read(path).expect("a package")).collect::<Vec<_>>()
    };
    let first = made();
    assert_eq!(first.len(), 2, "a tarball and a package");
    assert!(first == made());
}
