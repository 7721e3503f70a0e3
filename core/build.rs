//! Compiles `data/` into one table of rules and one of notes; every mistake in the data stops the build with its place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use toml::{Table, Value};

/// Bands of `AgeBand` that a note can speak of.
const BANDS: [&str; 6] = ["child", "teen_13_15", "teen_16_17", "minor", "adult", "senior"];
/// Families are bits of a `u32`.
const MAX_FAMILIES: usize = 32;

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
    let notes = fs::read_to_string(data.join("notes.toml")).map_err(|e| e.to_string());
    let notes = notes.and_then(|text| notes_as_code(&text));
    let notes = notes.unwrap_or_else(|e| stop(&[format!("core/data/notes.toml: {e}")]));
    write(&out.join("notes.rs"), notes.as_bytes());
}

/// The notes as constants, so that no TOML is read when a history is fitted.
fn notes_as_code(text: &str) -> Result<String, String> {
    let table: Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    if let Some(key) = table.keys().find(|k| !["referral_shown", "age", "family"].contains(&k.as_str())) {
        return Err(format!("unknown key `{key}`"));
    }
    let mut code = String::new();
    let referral = sentence(&table, "referral_shown")?;
    let age = table.get("age").and_then(Value::as_table).ok_or("expected a table `age`")?;
    if age.len() != BANDS.len() {
        return Err(format!("`age`: expected exactly {BANDS:?}"));
    }
    code.push_str("const AGES: [&str; 6] = [\n");
    for band in BANDS {
        writeln!(code, "    {:?},", format!("{}.", sentence(age, band)?)).map_err(|e| e.to_string())?;
    }
    code.push_str("];\n");
    let families = table.get("family").and_then(Value::as_array).ok_or("expected `[[family]]`")?;
    let mut ids: Vec<&str> = Vec::new();
    let mut rows = String::new();
    for family in families {
        let family = family.as_table().ok_or("expected `[[family]]`")?;
        let id = sentence(family, "id")?;
        if family.len() != 3 || ids.contains(&id) {
            return Err(format!("family `{id}`: expected once, with `id`, `own` and `other`"));
        }
        ids.push(id);
        let texts: Vec<String> = ["own", "other"]
            .into_iter()
            .map(|key| sentence(family, key).map(|s| [format!("{s}."), format!("{s}{referral}.")]))
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        writeln!(rows, "    ({id:?}, {texts:?}),").map_err(|e| e.to_string())?;
    }
    if ids.last() != Some(&"other") || ids.len() > MAX_FAMILIES {
        return Err(format!("expected at most {MAX_FAMILIES} families, the last of them `other`"));
    }
    writeln!(code, "const FAMILIES: [(&str, [&str; 4]); {}] = [\n{rows}];", ids.len()).map_err(|e| e.to_string())?;
    Ok(code)
}

/// One line without quotation marks; its final period is added by the build.
fn sentence<'t>(table: &'t Table, key: &str) -> Result<&'t str, String> {
    let text = table.get(key).and_then(Value::as_str).ok_or_else(|| format!("expected a text `{key}`"))?;
    let is_plain = !text.is_empty() && !text.ends_with('.') && !text.contains(['\n', '"', '\u{201c}', '\u{201d}']);
    if is_plain {
        Ok(text)
    } else {
        Err(format!("`{key}`: expected one line without quotes and without a final period"))
    }
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
