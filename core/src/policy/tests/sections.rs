//! Takes every key with a number or a flag, and the names; each wrong once by type, range and spelling, and right at its edges.

use super::{Policy, Profile, refused_at_top, refused_in_table, taken_at_top, taken_in_table};

const INVALID: &str = "policy_invalid";

/// Table, key, range as the messages say it, what lies just outside of it, what is still taken.
type NumberCase = (&'static str, &'static str, &'static str, [i64; 2], [i64; 2]);

const NUMBERS: [NumberCase; 9] = [
    ("input", "max_text_bytes", "256 to 16777216", [255, 16_777_217], [256, 16_777_216]),
    ("conversation", "crisis_turns", "1 to 100", [0, 101], [6, 100]),
    ("conversation", "crisis_minutes", "1 to 1440", [0, 1441], [30, 1440]),
    ("conversation", "session_idle_minutes", "5 to 10080", [4, 10_081], [30, 10_080]),
    ("conversation", "adding_up_constructs", "2 to 10", [1, 11], [2, 3]),
    ("conversation", "adding_up_turns", "3 to 200", [2, 201], [20, 200]),
    ("conversation", "adding_up_minutes", "5 to 1440", [4, 1441], [120, 1440]),
    ("age", "senior_from", "60 to 80", [59, 81], [60, 80]),
    ("response", "review_from_tier", "2 to 3", [1, 4], [2, 3]),
];

const FLAGS: [(&str, &str); 5] = [
    ("refer", "past_self_harm"),
    ("response", "suggest_guardian"),
    ("response", "suggest_trusted_contact"),
    ("response", "safeguarding_review"),
    ("response", "pause_payment_advice"),
];

#[test]
fn a_number_of_another_type_is_refused() {
    for (table, key, range, _, _) in NUMBERS {
        for (value, found) in [("\"6\"", "a string"), ("true", "`true`"), ("[6]", "a list"), ("6.5", "`6.5`")] {
            let message = format!("`{table}.{key}`: expected an integer from {range}, found {found}");
            refused_in_table(table, key, value, INVALID, &message);
        }
    }
}

#[test]
fn a_number_out_of_range_is_refused() {
    for (table, key, range, outside, _) in NUMBERS {
        for value in outside.into_iter().chain([-1, 4_294_967_302, i64::MAX, i64::MIN]) {
            let message = format!("`{table}.{key}`: expected an integer from {range}, found `{value}`");
            refused_in_table(table, key, &value.to_string(), INVALID, &message);
        }
    }
}

#[test]
fn a_number_at_the_edge_is_taken() {
    for (table, key, _, _, inside) in NUMBERS {
        for value in inside {
            let policy = taken_in_table(table, key, &value.to_string());
            let path = format!("{table}.{key}");
            let number = super::super::limits::NUMBERS.iter().find(|number| number.path == path);
            assert_eq!(number.map(|number| i64::from((number.get)(&policy))), Some(value), "{path}");
        }
    }
}

#[test]
fn a_flag_of_another_type_is_refused() {
    for (table, key) in FLAGS {
        for (value, found) in [("1", "`1`"), ("\"true\"", "a string"), ("[]", "a list")] {
            let message = format!("`{table}.{key}`: expected `true` or `false`, found {found}");
            refused_in_table(table, key, value, INVALID, &message);
        }
    }
}

#[test]
fn a_flag_is_taken_both_ways() {
    for (table, key) in FLAGS {
        for value in [true, false] {
            let policy = taken_in_table(table, key, &value.to_string());
            let path = format!("{table}.{key}");
            let flag = super::super::limits::FLAGS.iter().find(|flag| flag.path == path);
            assert_eq!(flag.map(|flag| (flag.get)(&policy)), Some(value), "{path}");
        }
    }
}

#[test]
fn these_tables_of_cases_are_complete() {
    use super::super::limits;
    let numbers = NUMBERS.map(|(table, key, ..)| format!("{table}.{key}"));
    assert_eq!(numbers, limits::NUMBERS.map(|number| number.path));
    let flags = FLAGS.map(|(table, key)| format!("{table}.{key}"));
    assert_eq!(flags, limits::FLAGS.map(|flag| flag.path));
}

#[test]
fn setting_a_key_changes_no_other() {
    let mut policy = taken_in_table("conversation", "crisis_turns", "7");
    assert_eq!(policy.conversation.crisis_turns, 7);
    policy.conversation.crisis_turns = 6;
    assert_eq!(policy, Policy::default());
}

#[test]
fn an_unknown_neighbour_is_refused() {
    let keys = [
        ("input", "max_text_byte", "`max_text_bytes`"),
        (
            "conversation",
            "crisis_turn",
            "`crisis_turns`, `crisis_minutes`, `session_idle_minutes`, `adding_up_constructs`, `adding_up_turns`, \
             `adding_up_minutes`",
        ),
        ("refer", "past", "`past_self_harm`"),
        ("age", "senior", "`senior_from`"),
        (
            "response",
            "guardian",
            "`review_from_tier`, `suggest_guardian`, `suggest_trusted_contact`, `safeguarding_review`, \
             `pause_payment_advice`",
        ),
    ];
    for (table, key, known) in keys {
        let message = format!("`{table}.{key}`: expected one of {known}, found an unknown key");
        refused_in_table(table, key, "1", INVALID, &message);
    }
}

#[test]
fn an_unknown_key_at_the_top_is_refused() {
    let known = "`name`, `extends`, `sensitivity`, `input`, `conversation`, `refer`, `age`, `response`, `category`, `allow`, \
                 `custom`, `shadow`";
    for key in ["names", "extend", "inputs", "conversations", "ages", "categories", "allowed", "customs", "shadows"] {
        let message = format!("`{key}`: expected one of {known}, found an unknown key");
        refused_at_top(key, "1", INVALID, &message);
    }
}

#[test]
fn a_sensitivity_is_one_of_three() {
    for sensitivity in crate::Sensitivity::ALL {
        let text = format!("sensitivity = \"{}\"", sensitivity.as_str());
        let policy = crate::Policy::from_toml(&text, "p.toml").unwrap();
        assert_eq!(policy.sensitivity, sensitivity);
        let is_default = sensitivity == crate::Sensitivity::default();
        assert_eq!(policy.version_hash() == crate::Policy::default().version_hash(), is_default);
    }
    let message = "`sensitivity`: expected one of `high_recall`, `balanced`, `high_precision`, found another name";
    refused_at_top("sensitivity", "\"highest\"", INVALID, message);
    refused_at_top("sensitivity", "1", INVALID, "`sensitivity`: expected a string, found `1`");
}

#[test]
fn a_key_of_another_table_is_unknown() {
    let message = "`age.past_self_harm`: expected one of `senior_from`, found an unknown key";
    refused_in_table("age", "past_self_harm", "true", INVALID, message);
}

#[test]
fn a_table_of_another_type_is_refused() {
    for table in ["input", "conversation", "refer", "age", "response", "category", "shadow"] {
        for (value, found) in [("3", "`3`"), ("[1]", "a list"), ("\"x\"", "a string")] {
            refused_at_top(table, value, INVALID, &format!("`{table}`: expected a table, found {found}"));
        }
    }
}

#[test]
fn an_empty_table_changes_nothing() {
    for table in ["input", "conversation", "refer", "age", "response", "category"] {
        assert_eq!(super::taken(&format!("[{table}]"), &format!("{{\"{table}\": {{}}}}")), Policy::default());
    }
}

#[test]
fn a_name_is_a_string() {
    refused_at_top("name", "3", INVALID, "`name`: expected a string, found `3`");
    assert_eq!(taken_at_top("name", "\"night shift\"").name, "night shift");
}

#[test]
fn extends_names_a_profile() {
    let names = "`companion`, `coaching`, `school`, `elder_care`";
    refused_at_top("extends", "3", INVALID, "`extends`: expected a string, found `3`");
    let message = format!("`extends`: expected one of {names}, found another name");
    for value in ["\"schools\"", "\"School\"", "\"\""] {
        refused_at_top("extends", value, INVALID, &message);
    }
    for profile in Profile::ALL {
        let value = format!("\"{}\"", profile.as_str());
        assert_eq!(taken_at_top("extends", &value), Policy::profile(profile));
    }
}

#[test]
fn extends_is_the_start_wherever_it_stands() {
    let json = r#"{"response": {"suggest_guardian": false}, "extends": "school"}"#;
    let policy = super::taken("response.suggest_guardian = false\nextends = \"school\"\n", json);
    assert_eq!((policy.response.review_from_tier, policy.response.suggest_guardian), (2, false));
    assert_eq!(policy.name, "school");
}
