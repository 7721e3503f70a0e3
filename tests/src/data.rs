//! Takes the folder of public data beside the checkout; gives its rows. Rows are read, counted and never printed.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A row; labels that a set does not have are absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names are those of the sets")]
pub struct Row {
    pub id: serde_json::Value,
    pub text: Option<String>,
    pub severity: Option<u8>,
    pub turns: Vec<RowTurn>,
}

/// A turn of a row.
#[derive(Debug, Clone, Deserialize)]
pub struct RowTurn {
    /// What is said.
    pub text: String,
}

/// The folder, when it is there.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    path.is_dir().then_some(path)
}

/// Rows of a set, for example `dev/clinc`.
///
/// # Errors
/// A message with the file.
pub fn rows(folder: &Path, set: &str) -> Result<Vec<Row>, String> {
    let path = folder.join(format!("{set}.jsonl"));
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let parse =
        |(i, line): (usize, &str)| serde_json::from_str(line).map_err(|e| format!("{}:{}: {e}", path.display(), i + 1));
    text.lines().filter(|l| !l.trim().is_empty()).enumerate().map(parse).collect()
}

/// All texts of a row.
pub fn texts(row: &Row) -> impl Iterator<Item = &str> {
    row.text.as_deref().into_iter().chain(row.turns.iter().map(|t| t.text.as_str()))
}
