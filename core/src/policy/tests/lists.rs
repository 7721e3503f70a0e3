//! Takes phrases, custom categories and shadows, right and wrong.

use super::{Policy, Profile, json, refused, refused_at_top, taken, taken_at_top, toml};

const INVALID: &str = "policy_invalid";
const BELOW: &str = "policy_below_floor";

/// A list with one phrase per line from line 2 on, in both formats.
fn phrases(count: usize, phrase: &str) -> (String, String) {
    let list = vec![format!("\"{phrase}\""); count].join(",\n");
    (format!("allow = [\n{list}\n]\n"), format!("{{ \"allow\": [\n{list}\n]}}"))
}

/// `custom` with one table; its keys start at line 2 in both formats. `value`s are written the same in both.
fn custom(keys: &[(&str, &str)]) -> (String, String) {
    let in_toml: Vec<_> = keys.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    let in_json: Vec<_> = keys.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    (format!("[[custom]]\n{}", in_toml.concat()), format!("{{ \"custom\": [ {{\n{}\n}} ] }}", in_json.join(",\n")))
}

fn refused_custom(keys: &[(&str, &str)], line: usize, message: &str) {
    let (in_toml, in_json) = custom(keys);
    refused((&in_toml, line), (&in_json, line), INVALID, message);
}

const ID: (&str, &str) = ("id", "\"custom/exam-week\"");
const TIER: (&str, &str) = ("tier", "2");
const TERMS: (&str, &str) = ("terms", "[\"exam week\"]");

#[test]
fn allow_is_a_list_of_strings() {
    refused_at_top("allow", "\"a\"", INVALID, "`allow`: expected a list of strings, found a string");
    let message = "`allow[1]`: expected a string, found `2`";
    refused(("allow = [\n\"a\",\n2,\n]", 3), ("{\"allow\": [\n\"a\",\n2\n]}", 3), INVALID, message);
    assert_eq!(taken_at_top("allow", "[\"a\", \"b c\"]").allow, ["a", "b c"]);
    assert_eq!(taken_at_top("allow", "[]"), Policy::default());
}

#[test]
fn a_phrase_has_1_to_80_characters() {
    let expected = "expected a phrase of 1 to 80 characters";
    for (phrase, found) in [(String::new(), "0"), ("é".repeat(81), "81"), ("  ".to_owned(), "only blanks")] {
        let (in_toml, in_json) = phrases(1, &phrase);
        refused((&in_toml, 2), (&in_json, 2), INVALID, &format!("`allow[0]`: {expected}, found {found}"));
    }
    for phrase in ["x".to_owned(), "é".repeat(80)] {
        let (in_toml, in_json) = phrases(1, &phrase);
        assert_eq!(taken(&in_toml, &in_json).allow, [phrase]);
    }
}

#[test]
fn there_are_at_most_1000_phrases() {
    let (in_toml, in_json) = phrases(1001, "a");
    refused((&in_toml, 1), (&in_json, 1), INVALID, "`allow`: expected at most 1000 phrases, found 1001");
    let (in_toml, in_json) = phrases(1000, "a");
    assert_eq!(taken(&in_toml, &in_json).allow.len(), 1000);
}

#[test]
fn a_custom_category_is_read() {
    let (in_toml, in_json) = custom(&[ID, TIER, ("refer", "true"), TERMS]);
    let policy = taken(&in_toml, &in_json);
    let found: Vec<_> = policy.custom.iter().map(|c| (c.id.as_str(), c.tier, c.refer, c.terms.len())).collect();
    assert_eq!(found, [("custom/exam-week", 2, true, 1)]);
    let (in_toml, in_json) = custom(&[TERMS, ID, TIER]);
    assert_eq!(taken(&in_toml, &in_json).custom.first().map(|c| c.refer), Some(false));
}

#[test]
fn a_custom_id_has_its_form() {
    let message =
        "`custom[0].id`: expected `custom/` and then lower-case letters, digits and hyphens, found another form";
    for id in
        ["custom/", "custom/Exam", "custom/a b", "custom/a/b", "custom/é", "exam", "self-harm/plan", " custom/a", ""]
    {
        refused_custom(&[TIER, ("id", &format!("\"{id}\"")), TERMS], 3, message);
    }
    for id in ["custom/a", "custom/-", "custom/2-be"] {
        let (in_toml, in_json) = custom(&[("id", &format!("\"{id}\"")), TIER, TERMS]);
        assert_eq!(taken(&in_toml, &in_json).custom.len(), 1, "{id}");
    }
    refused_custom(&[TIER, ("id", "7"), TERMS], 3, "`custom[0].id`: expected a string, found `7`");
}

#[test]
fn a_custom_tier_is_1_2_or_3() {
    for value in ["0", "4"] {
        let message = format!("`custom[0].tier`: expected an integer from 1 to 3, found `{value}`");
        refused_custom(&[ID, ("tier", value), TERMS], 3, &message);
    }
    refused_custom(
        &[ID, ("tier", "\"2\""), TERMS],
        3,
        "`custom[0].tier`: expected an integer from 1 to 3, found a string",
    );
    for value in ["1", "3"] {
        let (in_toml, in_json) = custom(&[ID, ("tier", value), TERMS]);
        taken(&in_toml, &in_json);
    }
}

#[test]
fn a_custom_referral_is_a_flag() {
    let message = "`custom[0].refer`: expected `true` or `false`, found `1`";
    refused_custom(&[ID, ("refer", "1"), TIER, TERMS], 3, message);
}

#[test]
fn custom_terms_are_phrases_and_not_none() {
    refused_custom(&[ID, TIER, ("terms", "[]")], 4, "`custom[0].terms`: expected at least one phrase, found none");
    refused_custom(&[ID, TIER, ("terms", "\"a\"")], 4, "`custom[0].terms`: expected a list of strings, found a string");
    let message = "`custom[0].terms[1]`: expected a phrase of 1 to 80 characters, found 0";
    refused_custom(&[ID, TIER, ("terms", "[\"a\",\n\"\"]")], 5, message);
    let message = "`custom[0].terms[0]`: expected a string, found `true`";
    refused_custom(&[ID, TIER, ("terms", "[true]")], 4, message);
}

#[test]
fn a_custom_category_has_four_keys_and_needs_three() {
    let message = "`custom[0].term`: expected one of `id`, `tier`, `refer`, `terms`, found an unknown key";
    refused_custom(&[ID, TIER, ("term", "[\"a\"]")], 4, message);
    refused_custom(&[TIER, TERMS], 1, "`custom[0].id`: expected a value, found no such key");
    refused_custom(&[ID, TERMS], 1, "`custom[0].tier`: expected a value, found no such key");
    refused_custom(&[ID, TIER], 1, "`custom[0].terms`: expected a value, found no such key");
}

#[test]
fn the_second_custom_category_has_its_own_line() {
    let in_toml =
        "[[custom]]\nid = \"custom/a\"\ntier = 1\nterms = [\"a\"]\n\n[[custom]]\nid = \"custom/b\"\ntier = 1\n";
    let in_json = "{\"custom\": [\n{\"id\": \"custom/a\", \"tier\": 1, \"terms\": [\"a\"]},\n{\"id\": \"custom/b\", \"tier\": 1}\n]}";
    refused((in_toml, 6), (in_json, 3), INVALID, "`custom[1].terms`: expected a value, found no such key");
}

#[test]
fn custom_is_a_list_of_tables() {
    refused_at_top("custom", "3", INVALID, "`custom`: expected a list of tables, found `3`");
    refused_at_top("custom", "[3]", INVALID, "`custom[0]`: expected a table, found `3`");
    let message = "`custom`: expected a list of tables, found a table";
    refused(("[custom]\ntier = 1", 1), ("{\"custom\": {\n\"tier\": 1}}", 1), INVALID, message);
}

#[test]
fn a_custom_id_stands_once() {
    let one = "{ id = \"custom/a\", tier = 1, terms = [\"a\"] }";
    let in_json = one.replace(" = ", ": ").replace("id:", "\"id\":").replace("tier:", "\"tier\":");
    let in_json = in_json.replace("terms:", "\"terms\":");
    let in_json = format!("{{\n\"custom\": [{in_json}, {in_json}]}}");
    let in_toml = format!("\ncustom = [{one}, {one}]");
    refused((&in_toml, 2), (&in_json, 2), INVALID, "`custom[1].id`: expected each id once, found an id again");
}

#[test]
fn custom_categories_have_at_most_1000_terms_in_all() {
    let policy = |first: usize, second: usize| {
        let table = |id: &str, n: usize| {
            format!("[[custom]]\nid = \"custom/{id}\"\ntier = 1\nterms = [{}]\n", vec!["\"a\""; n].join(", "))
        };
        format!("\n{}{}", table("a", first), table("b", second))
    };
    let refusal = toml(&policy(500, 501));
    let message = "p.toml:2: `custom`: expected at most 1000 phrases, found 1001";
    assert_eq!(refusal.map(|r| (r.code, r.line, r.message)), Some((INVALID, Some(2), message.to_owned())));
    assert_eq!(toml(&policy(500, 500)), None);
}

#[test]
fn a_shadow_is_a_policy_with_the_same_keys() {
    let in_toml = "[shadow]\nname = \"stricter\"\nconversation.crisis_turns = 9\ncategory.distress.min_tier = 2\n";
    let in_json = r#"{"shadow": {"name": "stricter", "conversation": {"crisis_turns": 9}, "category": {"distress": {"min_tier": 2}}}}"#;
    let policy = taken(in_toml, in_json);
    assert_eq!(policy.conversation.crisis_turns, 6);
    let shadow = policy.shadow.as_deref();
    assert_eq!(shadow.map(|s| (s.name.as_str(), s.conversation.crisis_turns)), Some(("stricter", 9)));
}

#[test]
fn a_shadow_starts_from_the_profile_around_it_unless_it_names_one() {
    let policy = taken("extends = \"school\"\n[shadow]\n", r#"{"shadow": {}, "extends": "school"}"#);
    assert_eq!(policy.shadow.as_deref(), Some(&Policy::profile(Profile::School)));
    let in_toml = "extends = \"school\"\nshadow.extends = \"coaching\"";
    let policy = taken(in_toml, r#"{"extends": "school", "shadow": {"extends": "coaching"}}"#);
    assert_eq!(policy.shadow.as_deref(), Some(&Policy::profile(Profile::Coaching)));
}

#[test]
fn mistakes_in_a_shadow_say_so() {
    let cases = [
        ("shadow.conversation", "crisis_turns", "5", BELOW, "expected at least 6 (the floor), found `5`"),
        ("shadow.age", "senior_from", "90", INVALID, "expected an integer from 60 to 80, found `90`"),
        ("shadow.category.\"abuse/child\"", "max_tier", "2", BELOW, "expected 3 (the floor), found `2`"),
        ("shadow", "name", "1", INVALID, "expected a string, found `1`"),
        ("shadow", "shadow", "1", INVALID, "expected no shadow inside a shadow, found one"),
    ];
    for (table, key, value, code, message) in cases {
        super::refused_in_table(table, key, value, code, &format!("`{table}.{key}`: {message}"));
    }
    let message =
        "`shadow.extends`: expected one of `companion`, `coaching`, `school`, `elder_care`, found another name";
    super::refused_in_table("shadow", "extends", "\"none\"", INVALID, message);
}

#[test]
fn messages_hold_no_phrase() {
    let secret = "call mrs smith".repeat(9);
    for text in [toml(&format!("allow = [\"{secret}\"]")), json(&format!("{{\"allow\": [\"{secret}\"]}}"))] {
        assert_eq!(text.map(|r| r.message.contains("smith")), Some(false));
    }
}
