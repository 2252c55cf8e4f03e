//! Splits the WebAssembly that cargo built, and writes the script that joins its main file with the browser.
//!
//! ```text
//! split-and-bind WASM NAME FOLDER
//! ```
//!
//! It does what `wasm-split-cli --out-name NAME WASM FOLDER` does, and then
//! `wasm-bindgen --target=web --no-typescript --keep-lld-exports --no-demangle` with the main file. Both are libraries here, so that
//! `Cargo.lock` says their versions, and what they share with the server is compiled once.

use std::{env, error::Error, ffi::OsString, fs, path::Path, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

type Fault = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let [wasm, name, folder] = arguments.as_slice() else {
        eprintln!("usage: split-and-bind WASM NAME FOLDER");
        return ExitCode::from(2);
    };
    match make(Path::new(wasm), &name.to_string_lossy(), Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("split-and-bind: {error:?}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the main file `NAME.wasm`, the other pieces, and the scripts.
fn make(wasm: &Path, name: &str, folder: &Path) -> Result<(), Fault> {
    let main = folder.join(format!("{name}.wasm"));
    split(wasm, name, folder, &main)?;
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.input_path(&main).out_name(name).typescript(false).omit_default_module_path(false);
    // Pieces find each other by what the linker exports and by the names the compiler gave.
    bindgen.keep_lld_exports(true).demangle(false).generate(folder)?;
    fs::rename(folder.join(format!("{name}_bg.wasm")), main)?;
    Ok(())
}

fn split(wasm: &Path, name: &str, folder: &Path, main: &Path) -> Result<(), Fault> {
    let wasm = fs::read(wasm)?;
    let script = format!("./{name}.js");
    let mut options = Options::new(&wasm);
    options.output_dir = folder;
    options.main_out_path = main;
    options.main_module = &script;
    transform(options)?;
    Ok(())
}
