//! Small crates in which the check finds a cycle, or rightly none.

use std::{collections::BTreeMap, path::Path};

use crate::{cycles, mentions::read_crate};

/// The files of the only cycle in a crate; none if there is no cycle.
fn cycle(files: &[(&str, &str)]) -> Vec<String> {
    let sources: BTreeMap<_, _> = files.iter().map(|(file, text)| (file.into(), (*text).to_owned())).collect();
    let found = cycles::find(&read_crate(&sources, Path::new("src/lib.rs")).imports());
    assert!(found.len() <= 1, "more than one cycle");
    let files = found.iter().flat_map(|cycle| cycle.files());
    files.map(|file| file.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

#[test]
fn two_files_that_import_each_other_are_a_cycle() {
    let found = cycle(&[
        ("src/lib.rs", "mod a; mod b; mod c;"),
        ("src/a.rs", "use crate::b::B; pub struct A;"),
        ("src/b.rs", "use super::a::A; pub struct B;"),
        ("src/c.rs", "use crate::{a::A, b::B};"),
    ]);
    assert_eq!(found, ["a", "b"]);
}

#[test]
fn a_cycle_can_be_long() {
    let found = cycle(&[
        ("src/lib.rs", "mod a; mod b; mod c;"),
        ("src/a.rs", "use crate::b::B; pub struct A;"),
        ("src/b.rs", "use crate::c::C; pub struct B;"),
        ("src/c.rs", "use crate::a::A; pub struct C;"),
    ]);
    assert_eq!(found, ["a", "b", "c"]);
}

#[test]
fn one_way_is_no_cycle() {
    let found = cycle(&[
        ("src/lib.rs", "mod a; mod b; use a::A;"),
        ("src/a.rs", "use crate::b::B; pub struct A;"),
        ("src/b.rs", "pub struct B;"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_module_takes_from_the_module_that_it_is_a_part_of() {
    let found = cycle(&[
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod b; mod c; pub struct A(b::B);"),
        ("src/a/b.rs", "pub struct B; impl B { fn make() -> super::A { todo!() } }"),
        ("src/a/c.rs", "use crate::a::A;"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_part_of_a_module_and_a_module_beside_it_can_be_a_cycle() {
    let found = cycle(&[
        ("src/lib.rs", "mod a; mod c;"),
        ("src/a.rs", "mod b; pub struct A(b::B);"),
        ("src/a/b.rs", "pub struct B(super::super::c::C);"),
        ("src/c.rs", "use crate::a::A; pub struct C;"),
    ]);
    assert_eq!(found, ["b", "a", "c"]);
}

#[test]
fn modules_and_names_that_are_exported_again_are_no_imports() {
    let found = cycle(&[
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod b; mod c; pub use b::B; pub(crate) use c::C; pub struct A;"),
        ("src/a/b.rs", "use super::{A, C}; pub struct B;"),
        ("src/a/c.rs", "pub struct C;"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_name_that_is_exported_again_leads_to_its_own_file() {
    let found = cycle(&[
        ("src/lib.rs", "mod a; mod b; pub use a::*; pub use b::B as Renamed;"),
        ("src/a.rs", "use crate::Renamed; pub struct A;"),
        ("src/b.rs", "use crate::A; pub struct B;"),
    ]);
    assert_eq!(found, ["a", "b"]);
}

#[test]
fn paths_count_in_types_expressions_and_macros() {
    for mention in [
        "fn f(_: crate::b::B) {}",
        "fn f() { let _ = crate::b::make(); }",
        "fn f() { println!(\"{}\", 1 + crate::b::make()); }",
        "fn f() { matches!(x.y, Some(crate::b::B)); }",
        "fn f() { use crate::b; b::make(); }",
        "use crate::b; fn f() { vec![b::make()]; }",
        "use crate::b::*;  fn f() -> B { todo!() }",
        "impl Trait for crate::b::B {}",
        "fn f() { crate::b::ask!(); }",
    ] {
        let found = cycle(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", &format!("pub struct A; {mention}")),
            ("src/b.rs", "use crate::a::A; pub struct B; pub fn make() {}"),
        ]);
        assert_eq!(found, ["a", "b"], "{mention}");
    }
}

#[test]
fn what_only_has_the_name_of_a_module_counts_for_nothing() {
    for mention in [
        "fn f(b: u8) -> u8 { b }",
        "fn f(x: X) { x.b(); x.b.c(); assert!(x.b); }",
        "use b::B;",
        "use std::b::B;",
        "use crate::b;",
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(test)] use crate::b::B;",
        "impl A { #[cfg(test)] fn f() -> crate::b::B { todo!() } }",
        "/// See [`crate::b::B`].\nfn f() {}",
    ] {
        let found = cycle(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", &format!("pub struct A; {mention}")),
            ("src/b.rs", "use crate::a::A; pub struct B;"),
        ]);
        assert!(found.is_empty(), "{mention}: {found:?}");
    }
}

#[test]
fn modules_in_a_file_belong_to_it() {
    let found = cycle(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "pub mod inner { use crate::b::B; pub struct A; }"),
        ("src/b.rs", "use crate::a::inner::A; pub struct B;"),
    ]);
    assert_eq!(found, ["a", "b"]);
}

#[test]
fn a_cycle_says_which_names_are_taken() {
    let files = [
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "use crate::b::{B, make}; pub struct A;"),
        ("src/b.rs", "use crate::a::A; pub struct B; pub fn make() {}"),
    ];
    let sources = files.iter().map(|(file, text)| (file.into(), (*text).to_owned())).collect();
    let found = cycles::find(&read_crate(&sources, Path::new("src/lib.rs")).imports());
    let told: String = found.iter().map(ToString::to_string).collect();
    assert_eq!(told, "a cycle of 2 files:\n  src/a.rs -> src/b.rs: B, make\n  src/b.rs -> src/a.rs: A\n");
}
