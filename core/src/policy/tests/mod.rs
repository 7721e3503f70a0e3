//! Takes policies, right and wrong; holds the reader to its answers. No rule of detection is needed here.

mod build;
mod floors;
mod lists;
mod sections;
mod syntax;

use super::{Policy, Profile};
use crate::error::Error;

/// What a reader said: code, line, message with place; or nothing when it took the policy.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    code: &'static str,
    line: Option<usize>,
    message: String,
}

fn refusal(result: Result<Policy, Error>) -> Option<Refusal> {
    result.err().map(|e| Refusal { code: e.code(), line: e.line(), message: e.to_string() })
}

fn toml(text: &str) -> Option<Refusal> {
    refusal(Policy::from_toml(text, "p.toml"))
}

fn json(text: &str) -> Option<Refusal> {
    refusal(Policy::from_json(text, "p.json"))
}

/// The same refusal is due in both formats, each at its own line.
fn refused(in_toml: (&str, usize), in_json: (&str, usize), code: &'static str, message: &str) {
    let due = |file: &str, line: usize| {
        let message = format!("{file}:{line}: {message}");
        Some(Refusal { code, line: Some(line), message })
    };
    assert_eq!(toml(in_toml.0), due("p.toml", in_toml.1), "{}", in_toml.0);
    assert_eq!(json(in_json.0), due("p.json", in_json.1), "{}", in_json.0);
    for text in [toml(in_toml.0), json(in_json.0)].into_iter().flatten().map(|r| r.message) {
        assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
    }
}

/// Both formats are taken, give the same policy and the same hash, and `validate` agrees.
fn taken(in_toml: &str, in_json: &str) -> Policy {
    let from_toml = Policy::from_toml(in_toml, "p.toml");
    assert_eq!(from_toml, Policy::from_json(in_json, "p.json"), "{in_toml}");
    let policy = from_toml.unwrap_or_default();
    assert_eq!(toml(in_toml), None, "{in_toml}");
    assert_eq!(policy.validate(), Ok(()), "{in_toml}");
    policy
}

/// One key of a table in both formats; the key is in line 4. `value` is written the same in both.
fn in_table(table: &str, key: &str, value: &str) -> (String, String) {
    let toml = format!("# a policy\n[{table}]\n\n{key} = {value}\n");
    let open: Vec<String> = table_parts(table).iter().map(|part| format!("\"{part}\": {{")).collect();
    let close = "}".repeat(open.len());
    let json = format!("{{\n{}\n\n\"{key}\": {value}\n{close}\n}}\n", open.join(" "));
    (toml, json)
}

/// `category."self-harm/plan"` as `category` and `self-harm/plan`.
fn table_parts(table: &str) -> Vec<String> {
    table.split('.').map(|part| part.trim_matches('"').to_owned()).collect()
}

/// `in_table`, and refused at line 4.
fn refused_in_table(table: &str, key: &str, value: &str, code: &'static str, message: &str) {
    let (toml, json) = in_table(table, key, value);
    refused((&toml, 4), (&json, 4), code, message);
}

fn taken_in_table(table: &str, key: &str, value: &str) -> Policy {
    let (toml, json) = in_table(table, key, value);
    taken(&toml, &json)
}

/// One key at the top in both formats; the key is in line 3.
fn refused_at_top(key: &str, value: &str, code: &'static str, message: &str) {
    let toml = format!("\n# a policy\n{key} = {value}\n");
    let json = format!("{{\n\n\"{key}\": {value}\n}}");
    refused((&toml, 3), (&json, 3), code, message);
}

fn taken_at_top(key: &str, value: &str) -> Policy {
    taken(&format!("{key} = {value}"), &format!("{{\"{key}\": {value}}}"))
}
