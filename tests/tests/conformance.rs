//! Runs every case under `conformance/cases`; the reference for the runners of the other languages.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use safeturn::Guard;
use safeturn_tests::case::{Case, CaseKind};

/// Fewest cases that there must be; a runner that finds fewer has not found them all.
const AT_LEAST: usize = 500;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
}

fn all_cases() -> Vec<(PathBuf, Case)> {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/cases"), &mut paths);
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let list: Vec<Case> = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        cases.extend(list.into_iter().map(|c| (path.clone(), c)));
    }
    cases
}

#[test]
fn every_case_holds() {
    let guard = Guard::new().unwrap();
    let cases = all_cases();
    let mut failed = Vec::new();
    for (path, case) in &cases {
        let failures = case.check(&guard).unwrap();
        if !failures.is_empty() {
            failed.push(format!("{} {}: {} ({})", path.display(), case.id, failures.join("; "), case.why));
        }
    }
    assert!(failed.is_empty(), "{} of {} cases fail:\n{}", failed.len(), cases.len(), failed.join("\n"));
    assert!(cases.len() >= AT_LEAST, "only {} cases were found", cases.len());
    println!("{} conformance cases hold", cases.len());
}

#[test]
fn ids_are_unique_and_every_group_has_near_misses() {
    let cases = all_cases();
    let ids: BTreeSet<&str> = cases.iter().map(|(_, c)| c.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len());
    let groups = |kind: CaseKind| -> BTreeSet<&str> {
        cases.iter().filter(|(_, c)| c.kind == kind).map(|(_, c)| c.group.as_str()).collect()
    };
    assert_eq!(groups(CaseKind::Positive), groups(CaseKind::NearMiss));
}
