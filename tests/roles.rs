//! Reads the source of every crate: what depends on a member's role or on a room's kind is decided in `src/room/rules.rs` and
//! `src/room/rules/`, or by a page. All other code asks the rules, so a new kind is one file of rules, its texts and its pages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use syn::{
    BinOp, Expr, ExprBinary, File, Item, ItemImpl, ItemMod, ItemUse, Macro, Pat, Token, Type, UseTree,
    parse::ParseStream,
    punctuated::Punctuated,
    visit::{self, Visit},
};

/// The types whose values other code must not tell apart, and where they are defined.
const TYPES: [(&str, &str); 2] = [("Role", "src/role.rs"), ("RoomKind", "src/room/kind.rs")];
/// Folders with source that is shipped.
const FOLDERS: [&str; 7] = ["src", "client/src", "browser/src", "server/src", "app/src", "frontend/src", "headers/src"];
/// Where values are told apart: the rules, and the pages with their parts.
const DECIDES: [&str; 3] = ["src/room/rules.rs", "src/room/rules/", "app/src/pages/"];
/// Where a value is named, although nothing depends on one there.
const NAMES: [(&str, &str); 4] = [
    ("src/room/kind.rs", "lists every kind"),
    ("src/role.rs", "lists every role"),
    ("src/room/policy.rs", "says what a new broadcast is"),
    ("app/src/early_join.rs", "asks for the place that the listener's page asks for"),
];

/// A value of one of the types, such as `Role::Host`.
type Value = (String, String);

/// Finds where one file names values, or tells them apart.
struct Search<'a> {
    values: &'a [Value],
    /// Whether the file may name values without telling them apart.
    may_name: bool,
    /// The type whose methods are being read.
    implemented: Option<String>,
    /// How many patterns and comparisons are around what is being read.
    comparisons: u32,
    found: Vec<String>,
}

impl Search<'_> {
    fn compare(&mut self, visit: impl FnOnce(&mut Self)) {
        self.comparisons += 1;
        visit(self);
        self.comparisons -= 1;
    }

    fn value(&self, path: &syn::Path) -> Option<Value> {
        let mut names = path.segments.iter().rev().map(|segment| segment.ident.to_string());
        let (value, named) = (names.next()?, names.next()?);
        let of = if named == "Self" { self.implemented.clone()? } else { named };
        Some((of, value)).filter(|value| self.values.contains(value))
    }
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let is_test = module.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.meta.require_list().is_ok_and(|list| {
                    let condition = list.tokens.to_string();
                    condition == "test" || condition.starts_with("all (test")
                })
        });
        if !is_test {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_impl(&mut self, implementation: &'ast ItemImpl) {
        self.implemented = match &*implementation.self_ty {
            Type::Path(named) => named.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        };
        visit::visit_item_impl(self, implementation);
        self.implemented = None;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if let Some(of) = values_imported(&item.tree) {
            self.found.push(format!("use {of}::…"));
        }
    }

    fn visit_pat(&mut self, pattern: &'ast Pat) {
        self.compare(|search| visit::visit_pat(search, pattern));
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        match binary.op {
            BinOp::Eq(_) | BinOp::Ne(_) => self.compare(|search| visit::visit_expr_binary(search, binary)),
            _ => visit::visit_expr_binary(self, binary),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some((of, value)) = self.value(path).filter(|_| self.comparisons > 0 || !self.may_name) {
            self.found.push(format!("{of}::{value}"));
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, macro_call: &'ast Macro) {
        let parts = match macro_call.path.is_ident("matches") {
            true => macro_call.parse_body_with(match_parts),
            false => macro_call.parse_body_with(arguments),
        };
        let Ok((expressions, patterns)) = parts else {
            // A language of its own, such as that of views: there nothing can be told apart from a mere name.
            let text = macro_call.tokens.to_string();
            let named = self.values.iter().filter(|(of, value)| text.contains(&format!("{of} :: {value}")));
            return self.found.extend(named.map(|(of, value)| format!("{of}::{value}")));
        };
        let mut inner = Search { found: Vec::new(), implemented: self.implemented.clone(), ..*self };
        expressions.iter().for_each(|expression| inner.visit_expr(expression));
        patterns.iter().for_each(|pattern| inner.visit_pat(pattern));
        self.found.append(&mut inner.found);
    }
}

/// What `matches!` is called with.
fn match_parts(input: ParseStream<'_>) -> syn::Result<(Vec<Expr>, Vec<Pat>)> {
    let mut expressions = vec![input.parse()?];
    input.parse::<Token![,]>()?;
    let pattern = Pat::parse_multi_with_leading_vert(input)?;
    if input.parse::<Option<Token![if]>>()?.is_some() {
        expressions.push(input.parse()?);
    }
    input.parse::<Option<Token![,]>>()?;
    Ok((expressions, vec![pattern]))
}

/// What most macros are called with.
fn arguments(input: ParseStream<'_>) -> syn::Result<(Vec<Expr>, Vec<Pat>)> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
    Ok((arguments.into_iter().collect(), Vec::new()))
}

/// The type whose values are imported by their own names, or which is imported by another name.
fn values_imported(tree: &UseTree) -> Option<String> {
    match tree {
        UseTree::Path(path) if TYPES.iter().any(|(name, _)| path.ident == name) => Some(path.ident.to_string()),
        UseTree::Path(path) => values_imported(&path.tree),
        UseTree::Group(group) => group.items.iter().find_map(values_imported),
        // Under another name, its values would not be found.
        UseTree::Rename(rename) if TYPES.iter().any(|(name, _)| rename.ident == name) => Some(rename.ident.to_string()),
        UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => None,
    }
}

fn search(file: &File, values: &[Value], may_name: bool) -> Vec<String> {
    let mut search = Search { values, may_name, implemented: None, comparisons: 0, found: Vec::new() };
    search.visit_file(file);
    search.found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> File {
    let text = fs::read_to_string(root().join(path)).expect("a file of the project");
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every value of the types.
fn all_values() -> Vec<Value> {
    let values = TYPES.into_iter().flat_map(|(name, path)| {
        let items = read(path).items.into_iter();
        let defined = items.filter_map(|item| match item {
            Item::Enum(item) if item.ident == name => Some(item.variants),
            _ => None,
        });
        defined.flatten().map(move |variant| (name.to_owned(), variant.ident.to_string())).collect::<Vec<_>>()
    });
    values.collect()
}

/// The files of a folder with Rust in them, except tests.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        match () {
            () if is_test => {}
            () if path.is_dir() => files(&path, found),
            () if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            () => {}
        }
    }
}

/// Every file, by its path in the project.
fn all_files() -> Vec<String> {
    let mut found = Vec::new();
    FOLDERS.iter().for_each(|folder| files(&root().join(folder), &mut found));
    let inside = found.iter().map(|path| path.strip_prefix(root()).expect("inside").to_string_lossy().into_owned());
    inside.collect()
}

#[test]
fn no_code_but_rules_and_pages_asks_which_role_or_kind_it_is() {
    let values = all_values();
    assert_eq!(values.len(), 5, "{values:?}");
    let others = all_files().into_iter().filter(|path| !DECIDES.iter().any(|decides| path.starts_with(decides)));
    let found = others.flat_map(|path| {
        let may_name = NAMES.iter().any(|(file, _)| path == *file);
        search(&read(&path), &values, may_name).into_iter().map(move |value| format!("{path}: {value}"))
    });
    let found: Vec<_> = found.collect();
    assert!(found.is_empty(), "let the rules decide (src/room/rules.rs) in place of\n{}", found.join("\n"));
}

#[test]
fn no_file_is_excepted_without_need() {
    let values = all_values();
    for (path, why) in NAMES {
        assert!(!search(&read(path), &values, false).is_empty(), "{path} {why} no more");
    }
    for path in DECIDES {
        let inside = all_files().into_iter().filter(|file| file.starts_with(path));
        assert!(inside.map(|file| search(&read(&file), &values, true).len()).sum::<usize>() > 0, "{path}");
    }
}

#[test]
fn each_way_to_tell_them_apart_is_found() {
    let values = all_values();
    for (code, named) in [
        ("fn f(r: Role) -> u8 { match r { Role::Host => 1, _ => 2 } }", "Role::Host"),
        ("fn f(r: Role) -> bool { matches!(r, Role::Host | Role::Listener if true) }", "Role::Host"),
        ("fn f(r: Role) -> bool { r == role::Role::Listener }", "Role::Listener"),
        ("fn f(k: RoomKind) { assert!(k != RoomKind::Lounge, \"no\") }", "RoomKind::Lounge"),
        ("fn f(k: RoomKind) { if let Some(RoomKind::Lounge) = k {} }", "RoomKind::Lounge"),
        ("impl Role { fn f(self) -> bool { match self { Self::Host => true, _ => false } } }", "Role::Host"),
        ("use crate::role::Role::*;", "use Role::…"),
        ("use crate::{role::{Permission, Role::{Host, Listener}}};", "use Role::…"),
    ] {
        let file = syn::parse_file(code).expect("Rust");
        assert_eq!(search(&file, &values, true).first().map(String::as_str), Some(named), "{code}");
    }
    for code in ["fn f(r: Role) -> bool { [Role::Host].contains(&r) }", "fn f() { view! { <Note role=Role::Host /> } }"]
    {
        let file = syn::parse_file(code).expect("Rust");
        assert_eq!(search(&file, &values, false), ["Role::Host"], "{code}");
    }
    for code in [
        "fn f(r: Role, k: RoomKind) -> bool { k.owner_role() == r && k == RoomKind::with_role(r) }",
        "fn f(p: Standing) -> bool { matches!(p, Standing::Listener) }",
        "#[cfg(test)] mod tests { fn f(r: Role) -> bool { r == Role::Host } }",
        "use crate::role::{Permission, Role};",
    ] {
        let file = syn::parse_file(code).expect("Rust");
        assert!(search(&file, &values, false).is_empty(), "{code}");
    }
}
