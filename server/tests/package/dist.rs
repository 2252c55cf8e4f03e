//! What people download, as `./dev release` puts it together for both processors: packages, lists of crates, and the sums of all of
//! it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{VERSION, machine::is_possible, put_site, quickly, repository, run};

/// Each processor, and what Debian calls it.
const PROCESSORS: [(&str, &str); 2] = [("x86_64", "amd64"), ("aarch64", "arm64")];
/// Makes it, with what `dev` gives to `.ci/release.sh`.
const MAKE: &str = "set -euo pipefail
root=$1 target=$2
say() { echo \"$*\" >&2; }
fail() { say \"$*\"; exit 1; }
server_binary() { echo \"$target/release/heartogether-server\"; }
source .ci/release.sh
make_dist x86_64 aarch64";

/// Where the downloads lie. Nothing runs the binaries in them.
fn make(target: &Path) -> PathBuf {
    for folder in ["release", "x86_64-unknown-linux-gnu/release", "aarch64-unknown-linux-gnu/release"] {
        let folder = target.join(folder);
        fs::create_dir_all(&folder).expect("a folder for what is built");
        fs::copy("/bin/true", folder.join("heartogether-server")).expect("a binary");
    }
    put_site(&target.join("site"), &target.join("release/hash.txt"));
    let root = root();
    let mut command = Command::new("bash");
    command.current_dir(&root).args(["-c", MAKE, "bash"]).args([&root, target]);
    run(quickly(&mut command));
    target.join("dist")
}

fn root() -> PathBuf {
    fs::canonicalize(repository(".")).expect("the repository")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    entries.map(|name| name.into_string().expect("a name in UTF-8")).collect()
}

/// The version of a crate in `Cargo.lock`.
fn locked(name: &str) -> String {
    let text = fs::read_to_string(repository("Cargo.lock")).expect("the lock file");
    let (_, rest) = text.split_once(&format!("\nname = \"{name}\"\nversion = \"")).expect("a crate of ours");
    rest.split('"').next().expect("a version").to_owned()
}

/// The list names what it is about, and these crates within it.
fn check_list(file: &Path, product: &str, triple: &str, crates: &[&str]) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(!text.contains(root().to_str().expect("a path in UTF-8")), "the builder's folders are left out");
    let list: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&list["bomFormat"], &list["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    let about = &list["metadata"]["component"];
    assert_eq!((&about["name"], &about["version"]), (&product.into(), &VERSION.into()));
    assert_eq!(list["metadata"]["properties"][0]["value"], triple);
    let listed = list["components"].as_array().expect("crates");
    for name in crates {
        let found: Vec<_> = listed.iter().filter(|component| component["name"] == **name).collect();
        let [found] = found.as_slice() else { panic!("{name} is not listed once: {found:?}") };
        let version = locked(name);
        assert_eq!(found["version"], version.as_str(), "{name}");
        let purl = found["purl"].as_str().expect("an address");
        assert!(purl.starts_with(&format!("pkg:cargo/{name}@{version}")), "{purl}");
    }
}

#[test]
fn all_that_is_downloaded_has_its_sum_and_a_list_of_its_crates() {
    if !is_possible() {
        return;
    }
    let target = TempDir::new().expect("a folder");
    let dist = make(target.path());

    let site = format!("heartogether-site-{VERSION}.cdx.json");
    let mut expected = BTreeSet::from([site.clone()]);
    for (processor, debian) in PROCESSORS {
        expected.insert(format!("heartogether-{VERSION}-{processor}.tar.gz"));
        expected.insert(format!("heartogether_{VERSION}_{debian}.deb"));
        let list = format!("heartogether-server-{VERSION}-{processor}.cdx.json");
        let triple = format!("{processor}-unknown-linux-gnu");
        check_list(
            &dist.join(&list),
            "heartogether-server",
            &triple,
            &["heartogether", "axum", "leptos", "ring", "sqlx"],
        );
        expected.insert(list);
    }
    check_list(&dist.join(site), "heartogether-frontend", "wasm32-unknown-unknown", &["heartogether", "leptos"]);

    let sums = fs::read_to_string(dist.join("SHA256SUMS")).expect("the sums");
    let summed = sums.lines().map(|line| line.split_once("  ").expect("a sum and a name").1.to_owned());
    assert_eq!(summed.collect::<BTreeSet<_>>(), expected);
    run(Command::new("sha256sum").current_dir(&dist).args(["--check", "--strict", "SHA256SUMS"]));
    expected.insert("SHA256SUMS".to_owned());
    assert_eq!(names(&dist), expected);
}
