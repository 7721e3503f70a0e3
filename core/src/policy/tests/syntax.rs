//! Takes files that are no TOML or JSON, and odd ones that are; lines must be right or absent.

use super::{Policy, json, refused, taken, toml};

const INVALID: &str = "policy_invalid";

#[test]
fn wrong_toml_has_its_line() {
    for (text, line) in [
        ("name = \"a\"\nage = \n", 2),
        ("[input\n", 1),
        ("\n\nname = \"a\"\nname = \"b\"\n", 4),
        ("[age]\nsenior_from = 65\n[age]\n", 3),
        ("x = \"", 1),
    ] {
        let found =
            toml(text).map(|r| (r.code, r.line, r.message.starts_with(&format!("p.toml:{line}: expected valid TOML"))));
        assert_eq!(found, Some((INVALID, Some(line), true)), "{text:?}");
        assert_eq!(toml(text).map(|r| r.message.contains('\n') || r.message.ends_with('.')), Some(false));
    }
}

#[test]
fn wrong_json_has_its_line() {
    for (text, line) in [
        ("{\n\"name\": \"a\",\n}", 3),
        ("{\n\"name\" \"a\"\n}", 2),
        ("", 1),
        ("{\n\"age\": {\n", 3),
        ("{} x", 1),
        ("{\"name\": \"\\ud800\"}", 1),
        ("{\"input\": {\"max_text_bytes\": 1e999}}", 1),
    ] {
        let found =
            json(text).map(|r| (r.code, r.line, r.message.starts_with(&format!("p.json:{line}: expected valid JSON"))));
        assert_eq!(found, Some((INVALID, Some(line), true)), "{text:?}");
        assert_eq!(json(text).map(|r| r.message.contains(" line ") || r.message.ends_with('.')), Some(false));
    }
}

#[test]
fn json_is_a_table_at_the_top() {
    for (text, found) in [("[]", "a list"), ("null", "null"), ("\n 3 ", "`3`"), ("\"x\"", "a string")] {
        let message = json(text).map(|r| r.message);
        let line = if text.starts_with('\n') { 2 } else { 1 };
        assert_eq!(message, Some(format!("p.json:{line}: `policy`: expected a table, found {found}")));
    }
}

#[test]
fn null_and_dates_are_no_value() {
    let null = json("{\n\"name\":\nnull}").map(|r| (r.line, r.message));
    assert_eq!(null, Some((Some(3), "p.json:3: `name`: expected a string, found null".to_owned())));
    let date = toml("name = 2026-03-01").map(|r| r.message);
    assert_eq!(date, Some("p.toml:1: `name`: expected a string, found a date or time".to_owned()));
}

#[test]
fn a_key_stands_once_in_json_too() {
    let message = "`age`: expected each key once, found senior_from again";
    let again = json("{\"age\": {\n\"senior_from\": 65,\n\"senior_from\": 70}}");
    assert_eq!(again.map(|r| (r.code, r.line, r.message)), Some((INVALID, Some(3), format!("p.json:3: {message}"))));
}

#[test]
fn the_first_mistake_in_the_file_is_told() {
    let in_toml = "[response]\nreview_from_tier = 9\n[age]\nsenior_from = 9\n";
    let in_json = "{\"response\":\n{\"review_from_tier\": 9},\n\"age\": {\"senior_from\": 9}}";
    let message = "`response.review_from_tier`: expected an integer from 2 to 3, found `9`";
    refused((in_toml, 2), (in_json, 2), INVALID, message);
}

#[test]
fn line_ends_of_windows_count_once() {
    let in_toml = "# a\r\n\r\n[age]\r\nsenior_from = 9\r\n";
    let in_json = "{\r\n\r\n\"age\":\r\n{\"senior_from\": 9}}";
    refused((in_toml, 4), (in_json, 4), INVALID, "`age.senior_from`: expected an integer from 60 to 80, found `9`");
}

#[test]
fn strings_over_lines_and_with_marks_do_not_shift_lines() {
    let in_toml = "name = \"\"\"one\ntwo\n\"\"\"\nallow = ['\"', '\\', '[{,']\n[age]\nsenior_from = 9";
    let in_json = "{\"name\": \"one\\ntwo\\n\", \"allow\": [\"\\\"\", \"\\\\\",\n\"[{,\", \"\\u007b\"],\n\"age\": {\"senior_from\": 9}}";
    refused((in_toml, 6), (in_json, 3), INVALID, "`age.senior_from`: expected an integer from 60 to 80, found `9`");
}

#[test]
fn strings_are_read_with_their_escapes() {
    let policy =
        taken(r#"allow = ['a"b', '\', 'é😀', "x\ty"]"#, r#"{"allow": ["a\"b", "\\", "\u00e9\ud83d\ude00", "x\ty"]}"#);
    assert_eq!(policy.allow, ["a\"b", "\\", "é😀", "x\ty"]);
}

#[test]
fn integers_are_read_as_each_format_writes_them() {
    let policy = Policy::from_toml("input.max_text_bytes = 0x10_00", "p.toml");
    assert_eq!(policy.map(|p| p.input.max_text_bytes), Ok(4096));
    for text in ["input.max_text_bytes = 99999999999999999999", "input.max_text_bytes = 1e3"] {
        assert_eq!(toml(text).map(|r| (r.code, r.line)), Some((INVALID, Some(1))), "{text}");
    }
    let wide = json("{\"input\": {\"max_text_bytes\": 99999999999999999999}}");
    assert_eq!(wide.map(|r| (r.code, r.line)), Some((INVALID, Some(1))));
}

#[test]
fn odd_keys_stay_on_one_line() {
    let refusal = toml("\"a\\nb.c\" = 1").map(|r| r.message.starts_with("p.toml:1: `\"a\\nb.c\"`: expected one of"));
    assert_eq!(refusal, Some(true));
    let refusal = json("{\"age\": {\"\": 1}}").map(|r| r.message);
    assert_eq!(refusal, Some("p.json:1: `age.\"\"`: expected one of `senior_from`, found an unknown key".to_owned()));
}

#[test]
fn a_deep_file_is_refused_and_not_a_crash() {
    let deep = 100_000;
    let lists = format!("{{\"allow\": {}", "[".repeat(deep));
    let tables = "{\"shadow\":".repeat(deep);
    for text in [lists, tables] {
        assert_eq!(json(&text).map(|r| r.code), Some(INVALID));
    }
    let lists = format!("allow = {}", "[".repeat(deep));
    let keys = format!("{}x = 1", "shadow.".repeat(deep));
    let header = format!("[{}x]", "shadow.".repeat(deep));
    for text in [lists, keys, header] {
        assert_eq!(toml(&text).map(|r| r.code), Some(INVALID));
    }
}

#[test]
fn an_empty_file_is_the_profile_companion() {
    assert_eq!(taken("", "{}"), Policy::default());
    assert_eq!(taken("\n# nothing\n", " {\n}\n"), Policy::default());
}
