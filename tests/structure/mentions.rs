//! What a file defines, imports and mentions, as its syntax tree says.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, File, ImplItemFn, Item, ItemMod, ItemUse, Macro, UseTree, Visibility,
    visit::{self, Visit},
};

use crate::modules::{Crate, Module, ModuleId, Segments};

/// Reads a crate from its root file and the files of its modules. Modules that only tests have are left out.
pub(crate) fn read_crate(sources: &BTreeMap<PathBuf, String>, root: &Path) -> Crate {
    let mut found = Crate::default();
    let folder = root.parent().unwrap_or(Path::new(""));
    read_file(&mut found, sources, root, folder, None);
    found
}

/// Reads the file of a module, and those of the modules in it, which lie in the folder.
fn read_file(
    krate: &mut Crate,
    sources: &BTreeMap<PathBuf, String>,
    file: &Path,
    folder: &Path,
    parent: Option<ModuleId>,
) -> ModuleId {
    let text = sources.get(file).unwrap_or_else(|| panic!("{} is missing", file.display()));
    let parsed: File = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let module = krate.modules.len();
    krate.modules.push(Module { file: file.to_owned(), parent, ..Module::default() });
    Reader { krate, sources, module, folder: folder.to_owned() }.visit_file(&parsed);
    module
}

struct Reader<'a> {
    krate: &'a mut Crate,
    sources: &'a BTreeMap<PathBuf, String>,
    module: ModuleId,
    /// Where the files of the module's own modules lie.
    folder: PathBuf,
}

impl Reader<'_> {
    fn module(&mut self) -> &mut Module {
        &mut self.krate.modules[self.module]
    }

    fn read_inline_module(&mut self, name: &str, items: &[Item]) -> ModuleId {
        let module = self.krate.modules.len();
        let file = self.module().file.clone();
        self.krate.modules.push(Module { file, parent: Some(self.module), ..Module::default() });
        let folder = self.folder.join(name);
        let mut reader = Reader { krate: self.krate, sources: self.sources, module, folder };
        items.iter().for_each(|item| reader.visit_item(item));
        module
    }

    fn read_module_file(&mut self, name: &str) -> ModuleId {
        let folder = self.folder.join(name);
        let own = self.folder.join(format!("{name}.rs"));
        let file = if self.sources.contains_key(&own) { own } else { folder.join("mod.rs") };
        read_file(self.krate, self.sources, &file, &folder, Some(self.module))
    }

    /// Takes in what a `use` names.
    fn import(&mut self, tree: &UseTree, mut path: Segments, is_export: bool) {
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.import(&inner.tree, path, is_export);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, path.clone(), is_export));
            }
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                let name = path.iter().rev().find(|name| *name != "self").cloned().unwrap_or_default();
                self.bind(name, path, is_export);
            }
            UseTree::Rename(rename) => {
                path.push(rename.ident.to_string());
                self.bind(rename.rename.to_string(), path, is_export);
            }
            UseTree::Glob(_) => {
                self.module().globs.insert(path.clone());
                if !is_export {
                    self.module().mentions.insert(path);
                }
            }
        }
    }

    fn bind(&mut self, name: String, path: Segments, is_export: bool) {
        self.module().imports.entry(name).or_default().insert(path.clone());
        if !is_export {
            self.module().mentions.insert(path);
        }
    }

    /// Takes in the paths that stand in a macro's words.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let mut before = String::new();
        for token in tokens {
            if let TokenTree::Ident(name) = &token {
                if !before.ends_with("::") {
                    self.mention(std::mem::take(&mut path));
                }
                // What follows a dot is a field or a method.
                if !before.ends_with('.') || before.ends_with("..") {
                    path.push(name.to_string());
                }
                before.clear();
                continue;
            }
            if let TokenTree::Group(group) = &token {
                self.read_tokens(group.stream());
            }
            before.push_str(&token.to_string());
            if !":".starts_with(before.as_str()) && before != "::" {
                self.mention(std::mem::take(&mut path));
            }
        }
        self.mention(path);
    }

    fn mention(&mut self, path: Segments) {
        if !path.is_empty() {
            self.module().mentions.insert(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = attributes_and_name(item);
        if attributes.iter().any(is_for_tests) {
            return;
        }
        self.module().items.extend(name);
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !function.attrs.iter().any(is_for_tests) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = item.ident.to_string();
        let child = match &item.content {
            Some((_, items)) => self.read_inline_module(&name, items),
            None => self.read_module_file(&name),
        };
        self.module().children.entry(name).or_default().push(child);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.import(&item.tree, Segments::new(), !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.mention(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.read_tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    // What an attribute names, a macro of another crate reads.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    // `pub(in path)` takes nothing from there.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let condition = |list: &syn::MetaList| list.tokens.to_string();
    attribute.path().is_ident("cfg")
        && attribute
            .meta
            .require_list()
            .map(condition)
            .is_ok_and(|condition| condition == "test" || condition.starts_with("all (test"))
}

/// An item's attributes, and the name that it gives its module.
fn attributes_and_name(item: &Item) -> (&[Attribute], Option<String>) {
    let (attributes, name) = match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, None),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::TraitAlias(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => return (&[], None),
    };
    (attributes, name.map(ToString::to_string))
}
