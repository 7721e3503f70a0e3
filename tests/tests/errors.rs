//! Policies and snapshots that must be refused, with the code and line that every language reports, and those beside them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use safeturn::{Conversation, Guard, Policy};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorCase {
    id: String,
    toml: Option<String>,
    json: Option<String>,
    error: Option<String>,
    line: Option<usize>,
    #[serde(rename = "why")]
    _why: String,
}

#[test]
fn policies_are_refused_with_code_and_line() {
    let cases: Vec<ErrorCase> = serde_json::from_str(include_str!("../conformance/policies.json")).unwrap();
    assert!(cases.len() >= 20);
    for case in cases {
        let read = match (&case.toml, &case.json) {
            (Some(text), _) => Policy::from_toml(text, "policy.toml"),
            (None, Some(text)) => Policy::from_json(text, "policy.json"),
            (None, None) => panic!("{}: no policy", case.id),
        };
        let error = read.and_then(Guard::with_policy).err();
        assert_eq!(error.as_ref().map(|e| e.code().to_owned()), case.error, "{}: {error:?}", case.id);
        if case.line.is_some() {
            assert_eq!(error.and_then(|e| e.line()), case.line, "{}", case.id);
        }
    }
}

#[test]
fn snapshots_are_refused_with_their_code() {
    let cases: Vec<ErrorCase> = serde_json::from_str(include_str!("../conformance/snapshots.json")).unwrap();
    for case in cases {
        let error = Conversation::from_json(&case.json.unwrap()).err().map(|e| e.code().to_owned());
        assert_eq!(error, case.error, "{}", case.id);
    }
}
