//! The service worker's script.

use serde_json::json;

use crate::inline_script::without_comments;

/// The worker's script for a build: it keeps `shell`, the path of the offline page and those of what that page needs, and
/// the files at these paths once they are needed. All paths are relative to the site.
pub fn worker(shell: &[String], files: &[String]) -> String {
    let build = json!({ "shell": shell, "files": files });
    format!("self.heartogetherBuild = {build};\n{}\n", without_comments(include_str!("worker.js")))
}

/// The script that takes the worker's place where it is switched off.
pub fn retired_worker() -> String {
    without_comments(include_str!("retired_worker.js"))
}
