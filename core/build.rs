//! Compiles `data/` into one table of rules; every mistake in the data stops the build with its file and line.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let data = root.join("data");
    println!("cargo::rerun-if-changed={}", data.display());
    let bytes = match safeturn_lexicon::compile::compile(&data) {
        Ok(table) => table.to_bytes().unwrap_or_else(|e| stop(&[e.to_string()])),
        Err(mistakes) => stop(&mistakes.iter().map(|m| format!("core/data/{m}")).collect::<Vec<_>>()),
    };
    write(&out.join("table.bin"), &bytes);
}

fn write(path: &Path, bytes: &[u8]) {
    if let Err(e) = fs::write(path, bytes) {
        stop(&[format!("cannot write {}: {e}", path.display())]);
    }
}

fn stop(lines: &[String]) -> ! {
    for line in lines {
        println!("cargo::error={line}");
    }
    process::exit(1)
}
