//! Files that reach each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

/// What each file takes from other files: for each of them the names.
pub(crate) type Imports = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// Files that reach each other, with the imports between them.
pub(crate) struct Cycle(Imports);

impl Cycle {
    /// The files.
    pub(crate) fn files(&self) -> Vec<&Path> {
        self.0.keys().map(PathBuf::as_path).collect()
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a cycle of {} files:", self.0.len())?;
        for (file, imports) in &self.0 {
            for (other, names) in imports {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                writeln!(f, "  {} -> {}: {}", file.display(), other.display(), names.join(", "))?;
            }
        }
        Ok(())
    }
}

/// All cycles; a file is in one of them at most.
pub(crate) fn find(imports: &Imports) -> Vec<Cycle> {
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (file.as_path(), reach(imports, file))).collect();
    let reaches = |from: &Path, to: &Path| reached.get(from).is_some_and(|files| files.contains(to));
    let mut seen = BTreeSet::new();
    let mut cycles = Vec::new();
    for file in imports.keys().filter(|file| reaches(file, file)) {
        if seen.contains(file.as_path()) {
            continue;
        }
        let is_in = |other: &Path| reaches(file, other) && reaches(other, file);
        let mut cycle = imports.clone();
        cycle.retain(|other, _| is_in(other));
        cycle.values_mut().for_each(|others| others.retain(|other, _| is_in(other)));
        seen.extend(imports.keys().map(PathBuf::as_path).filter(|other| is_in(other)));
        cycles.push(Cycle(cycle));
    }
    cycles
}

/// The files that a file needs, directly or through others.
fn reach<'a>(imports: &'a Imports, file: &Path) -> BTreeSet<&'a Path> {
    let mut found = BTreeSet::new();
    let mut next: Vec<_> = imports.get(file).into_iter().flat_map(BTreeMap::keys).collect();
    while let Some(file) = next.pop() {
        if found.insert(file.as_path()) {
            next.extend(imports.get(file).into_iter().flat_map(BTreeMap::keys));
        }
    }
    found
}
