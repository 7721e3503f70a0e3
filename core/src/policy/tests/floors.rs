//! Takes overrides and durations; what SPEC.md guarantees cannot be chosen away, and what stands just beside it can.

use super::{Policy, refused, refused_in_table, taken, taken_in_table};

const INVALID: &str = "policy_invalid";
const BELOW: &str = "policy_below_floor";

/// Every category that no policy may lower.
const FLOORED: [&str; 12] = [
    "self-harm/passive-ideation",
    "self-harm/ideation",
    "self-harm/method",
    "self-harm/intent",
    "self-harm/plan",
    "self-harm/behavior",
    "self-harm/nssi",
    "self-harm/hopelessness",
    "abuse/child",
    "medical/emergency",
    "sexual/minors",
    "exploitation/minor",
];

/// Near misses by name.
const OPEN: [&str; 6] =
    ["distress", "abuse/elder", "medical/fall", "sexual", "exploitation/financial", "eating-disorder"];

fn table(id: &str) -> String {
    format!("category.\"{id}\"")
}

/// The id as it stands in a dotted path: quoted only where it must be.
fn path(id: &str) -> String {
    if id.contains('/') { table(id) } else { format!("category.{id}") }
}

#[test]
fn durations_hold_what_the_specification_says() {
    let cases = [
        ("crisis_turns", "at least 6", 1, 5, 6),
        ("crisis_minutes", "at least 30", 1, 29, 30),
        ("session_idle_minutes", "at least 30", 5, 29, 30),
        ("adding_up_turns", "at least 20", 3, 19, 20),
        ("adding_up_minutes", "at least 120", 5, 119, 120),
        ("adding_up_constructs", "at most 3", 10, 4, 3),
    ];
    for (key, floor, far, near, at) in cases {
        for found in [far, near] {
            let message = format!("`conversation.{key}`: expected {floor} (the floor), found `{found}`");
            refused_in_table("conversation", key, &found.to_string(), BELOW, &message);
        }
        taken_in_table("conversation", key, &at.to_string());
    }
}

#[test]
fn max_tier_cannot_lower_what_is_guarded() {
    for id in FLOORED {
        for found in ["1", "2"] {
            let message = format!("`{}.max_tier`: expected 3 (the floor), found `{found}`", path(id));
            refused_in_table(&table(id), "max_tier", found, BELOW, &message);
        }
        taken_in_table(&table(id), "max_tier", "3");
    }
}

#[test]
fn min_confidence_cannot_silence_what_is_guarded() {
    for id in FLOORED {
        for (value, found) in [("0.001", "0.001"), ("1", "1"), ("1e-300", &format!("{}", 1e-300))] {
            let message = format!("`{}.min_confidence`: expected 0 (the floor), found `{found}`", path(id));
            refused_in_table(&table(id), "min_confidence", value, BELOW, &message);
        }
        for value in ["0", "0.0"] {
            taken_in_table(&table(id), "min_confidence", value);
        }
    }
}

#[test]
fn a_whole_family_of_that_name_is_guarded() {
    for id in ["self-harm", "self-harm/something-new", "self-harm/"] {
        let policy = with_max_tier(id, 2);
        assert_eq!(policy.validate().err().map(|e| e.code()), Some(BELOW), "{id}");
    }
    for id in ["self-harmony", "self-harm-stories/fiction", "abuse", "abuse/child-in-care"] {
        assert_eq!(with_max_tier(id, 2).validate(), Ok(()), "{id}");
    }
}

fn with_max_tier(id: &str, tier: u8) -> Policy {
    let mut policy = Policy::default();
    policy.category.entry(id.to_owned()).or_default().max_tier = Some(tier);
    policy
}

#[test]
fn guarded_categories_can_be_raised_and_reviewed() {
    for id in FLOORED {
        let policy = taken_in_table(&table(id), "min_tier", "3");
        assert_eq!(policy.category.get(id).and_then(|rules| rules.min_tier), Some(3));
        for value in ["true", "false"] {
            taken_in_table(&table(id), "review", value);
        }
    }
}

#[test]
fn other_categories_can_be_lowered() {
    for id in OPEN {
        for (key, value) in [("max_tier", "1"), ("max_tier", "3"), ("min_tier", "1"), ("min_confidence", "1")] {
            taken_in_table(&table(id), key, value);
        }
        let policy = taken_in_table(&table(id), "min_confidence", "0.25");
        assert_eq!(policy.category.get(id).and_then(|rules| rules.min_confidence), Some(0.25));
    }
}

#[test]
fn a_tier_is_1_2_or_3() {
    for key in ["max_tier", "min_tier"] {
        for value in ["0", "4", "-1", "258"] {
            let message = format!("`category.distress.{key}`: expected an integer from 1 to 3, found `{value}`");
            refused_in_table("category.distress", key, value, INVALID, &message);
        }
        for (value, found) in [("\"2\"", "a string"), ("true", "`true`"), ("2.5", "`2.5`")] {
            let message = format!("`category.distress.{key}`: expected an integer from 1 to 3, found {found}");
            refused_in_table("category.distress", key, value, INVALID, &message);
        }
    }
}

#[test]
fn a_tier_out_of_range_is_no_question_of_floors() {
    let message = "`category.\"abuse/child\".max_tier`: expected an integer from 1 to 3, found `0`";
    refused_in_table("category.\"abuse/child\"", "max_tier", "0", INVALID, message);
}

#[test]
fn a_confidence_is_from_0_to_1() {
    for id in ["distress", "abuse/child"] {
        for (value, found) in [("-0.001", "`-0.001`"), ("1.001", "`1.001`"), ("2", "`2`"), ("true", "`true`")] {
            let message = format!("`{}.min_confidence`: expected a number from 0 to 1, found {found}", path(id));
            refused_in_table(&table(id), "min_confidence", value, INVALID, &message);
        }
    }
    for value in ["nan", "inf", "-inf"] {
        let text = format!("category.distress.min_confidence = {value}");
        assert_eq!(super::toml(&text).map(|r| (r.code, r.line)), Some((INVALID, Some(1))), "{value}");
    }
}

#[test]
fn review_is_a_flag() {
    let message = "`category.distress.review`: expected `true` or `false`, found `1`";
    refused_in_table("category.distress", "review", "1", INVALID, message);
}

#[test]
fn an_override_has_four_keys() {
    let known = "`max_tier`, `min_tier`, `min_confidence`, `review`";
    let message = format!("`category.distress.tier`: expected one of {known}, found an unknown key");
    refused_in_table("category.distress", "tier", "2", INVALID, &message);
}

#[test]
fn min_tier_is_at_most_max_tier() {
    let message = "`category.distress`: expected `min_tier` at most `max_tier`, found `3` and `2`";
    let in_toml = "[category.distress]\nmin_tier = 3\nmax_tier = 2\n";
    let in_json = "{\"category\": {\"distress\": {\n\"min_tier\": 3,\n\n\"max_tier\": 2}}}";
    refused((in_toml, 3), (in_json, 4), INVALID, message);
    taken(
        "category.distress = { min_tier = 2, max_tier = 2 }",
        r#"{"category":{"distress":{"max_tier":2,"min_tier":2}}}"#,
    );
}

#[test]
fn an_override_is_a_table() {
    refused_in_table("category", "distress", "2", INVALID, "`category.distress`: expected a table, found `2`");
}
