//! The modules of a crate, and which file defines what a path names.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    path::{Path, PathBuf},
};

use crate::cycles::Imports;

/// The segments of a path in Rust.
pub(crate) type Segments = Vec<String>;

/// A module by its index in the crate.
pub(crate) type ModuleId = usize;

/// The crate's root.
pub(crate) const ROOT: ModuleId = 0;

/// A module, in a file of its own or not.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<ModuleId>,
    /// The modules in it. Two have the same name where features choose between them.
    pub(crate) children: BTreeMap<String, Vec<ModuleId>>,
    /// The names that it defines.
    pub(crate) items: BTreeSet<String>,
    /// The names that it imports or exports again, with their paths.
    pub(crate) imports: BTreeMap<String, BTreeSet<Segments>>,
    /// The paths of which it imports everything.
    pub(crate) globs: BTreeSet<Segments>,
    /// The paths that it mentions, but for those that it exports again.
    pub(crate) mentions: BTreeSet<Segments>,
}

/// The modules of a crate.
#[derive(Debug, Default)]
pub(crate) struct Crate {
    pub(crate) modules: Vec<Module>,
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(ModuleId),
    /// Something that this module defines.
    Item(ModuleId),
}

/// The names that are being looked up, so that a name which stands for itself has an end.
type Pending = BTreeSet<(ModuleId, String)>;

impl Crate {
    /// What each file takes from the crate's other files. A module is a part of the modules around it, so what it takes from
    /// those is left out.
    pub(crate) fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (id, module) in self.modules.iter().enumerate() {
            let taken = imports.entry(module.file.clone()).or_default();
            let around = self.files_around(id);
            for path in &module.mentions {
                for file in self.files(id, path).filter(|file| !around.contains(file)) {
                    let name = path.last().cloned().unwrap_or_default();
                    taken.entry(file.to_owned()).or_default().insert(name);
                }
            }
        }
        imports
    }

    /// The files of a module and of those that it is a part of.
    fn files_around(&self, module: ModuleId) -> BTreeSet<&Path> {
        let around = iter::successors(Some(module), |module| self.modules[*module].parent);
        around.map(|module| self.modules[module].file.as_path()).collect()
    }

    /// The files that define what a module calls by this path.
    fn files(&self, module: ModuleId, path: &[String]) -> impl Iterator<Item = &Path> {
        let targets = self.resolve(module, path, &mut Pending::new());
        // A value can have the name of a module, and whoever imports a module needs only what is then taken out of it.
        let items = targets.into_iter().filter_map(|target| match target {
            Target::Item(module) => Some(module),
            Target::Module(_) => None,
        });
        items.map(|module| self.modules[module].file.as_path())
    }

    /// What a path names in a module; nothing if it leads into another crate.
    fn resolve(&self, module: ModuleId, path: &[String], pending: &mut Pending) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::new() };
        let mut targets = match first.as_str() {
            "crate" | "$crate" => BTreeSet::from([Target::Module(ROOT)]),
            "self" => BTreeSet::from([Target::Module(module)]),
            "super" => self.modules[module].parent.map(Target::Module).into_iter().collect(),
            _ => self.look_up(module, first, pending),
        };
        for name in rest {
            targets = targets.into_iter().flat_map(|target| self.step(target, name, pending)).collect();
        }
        targets
    }

    /// What a name means behind a path. A name that nobody knows is made by a macro in the module itself.
    fn step(&self, target: Target, name: &str, pending: &mut Pending) -> BTreeSet<Target> {
        let Target::Module(module) = target else { return BTreeSet::from([target]) };
        match name {
            "self" => BTreeSet::from([target]),
            "super" => self.modules[module].parent.map(Target::Module).into_iter().collect(),
            _ => {
                let found = self.look_up(module, name, pending);
                if found.is_empty() { BTreeSet::from([Target::Item(module)]) } else { found }
            }
        }
    }

    /// What a name means in a module.
    fn look_up(&self, module: ModuleId, name: &str, pending: &mut Pending) -> BTreeSet<Target> {
        if !pending.insert((module, name.to_owned())) {
            return BTreeSet::new();
        }
        let Module { children, items, imports, globs, .. } = &self.modules[module];
        let mut found: BTreeSet<_> = children.get(name).into_iter().flatten().copied().map(Target::Module).collect();
        if items.contains(name) {
            found.insert(Target::Item(module));
        }
        for path in imports.get(name).into_iter().flatten() {
            let imported = self.resolve(module, path, pending);
            // What another crate defines belongs to the module that names it.
            if imported.is_empty() {
                found.insert(Target::Item(module));
            }
            found.extend(imported);
        }
        if found.is_empty() {
            for path in globs {
                for target in self.resolve(module, path, pending) {
                    if let Target::Module(of) = target {
                        found.extend(self.look_up(of, name, pending));
                    }
                }
            }
        }
        pending.remove(&(module, name.to_owned()));
        found
    }
}
