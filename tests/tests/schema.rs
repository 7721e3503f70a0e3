//! Every verdict has the form that `conformance/verdict.schema.json` documents.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use safeturn::{Conversation, Guard, Policy, Turn};

fn validator() -> jsonschema::Validator {
    let schema = serde_json::from_str(include_str!("../conformance/verdict.schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn verdicts_fit_the_schema() {
    let validator = validator();
    let policy =
        "[shadow]\nextends = \"school\"\n[[custom]]\nid = \"custom/brand\"\ntier = 2\nterms = [\"blue lagoon\"]\n";
    let guards = [Guard::new().unwrap(), Guard::with_policy(Policy::from_toml(policy, "p.toml").unwrap()).unwrap()];
    let texts = [
        "",
        "hi",
        "i want to die",
        "im 12 and he hits me",
        "死にたい",
        "blue lagoon",
        "i don't want to die",
        "this is killing me lol",
    ];
    for guard in &guards {
        let mut conversation = Conversation::new();
        for text in texts {
            for turn in [Turn::user(text), Turn::assistant(text)] {
                let verdict = guard.check(&mut conversation, &turn);
                let json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
                let errors: Vec<String> = validator.iter_errors(&json).map(|e| e.to_string()).collect();
                assert!(errors.is_empty(), "{errors:?}");
                assert_eq!(serde_json::from_value::<safeturn::Verdict>(json).unwrap(), verdict);
            }
        }
    }
}

#[test]
fn the_schema_refuses_what_is_no_verdict() {
    let validator = validator();
    let verdict = Guard::new().unwrap().check_text("hi");
    let mut json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
    json["tier"] = 4.into();
    assert!(!validator.is_valid(&json));
    json["tier"] = 1.into();
    json["text"] = "hi".into();
    assert!(!validator.is_valid(&json));
}
