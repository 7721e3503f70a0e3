//! Runs every case under `conformance/fit`; the reference for the runners of the other languages.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use safeturn_tests::fit::FitCase;

/// Fewest cases that there must be; a runner that finds fewer has not found them all.
const AT_LEAST: usize = 120;

fn all_cases() -> Vec<FitCase> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/fit");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| -> Vec<FitCase> {
        let text = std::fs::read_to_string(&path).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    paths.into_iter().flat_map(read).collect()
}

#[test]
fn every_fit_case_holds() {
    let cases = all_cases();
    let mut failed = Vec::new();
    for case in &cases {
        let failures = case.check();
        if !failures.is_empty() {
            failed.push(format!("{}: {} ({})", case.id, failures.join("; "), case.why));
        }
    }
    assert!(failed.is_empty(), "{} of {} cases fail:\n{}", failed.len(), cases.len(), failed.join("\n"));
    let ids: BTreeSet<&str> = cases.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len());
    assert!(cases.len() >= AT_LEAST, "only {} cases were found", cases.len());
    println!("{} fit cases hold", cases.len());
}
