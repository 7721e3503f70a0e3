//! Takes policies built in code and the profiles; checks, categories and hashes.

use std::collections::BTreeSet;

use super::super::limits::{FLAGS, NUMBERS};
use super::super::{CategoryRules, CustomCategory};
use super::{Policy, Profile};

/// What `validate` said: code and message.
fn said(policy: &Policy) -> Option<(&'static str, String)> {
    policy.validate().err().map(|e| {
        assert_eq!((e.file(), e.line()), (None, None), "a policy built in code has no place");
        (e.code(), e.to_string())
    })
}

fn changed(change: impl FnOnce(&mut Policy)) -> Policy {
    let mut policy = Policy::default();
    change(&mut policy);
    policy
}

#[test]
fn every_profile_is_its_file_and_valid() {
    for profile in Profile::ALL {
        let read = Policy::from_toml(profile.source(), profile.as_str());
        assert_eq!(read, Ok(Policy::profile(profile)));
        assert_eq!(Policy::profile(profile).validate(), Ok(()));
        assert_eq!(
            (Policy::profile(profile).name.as_str(), Policy::profile(profile).extends),
            (profile.as_str(), profile)
        );
        assert_eq!(Profile::parse(profile.as_str()), Ok(profile));
    }
    assert_eq!(Policy::default(), Policy::profile(Profile::Companion));
    assert_eq!(Profile::parse("Companion").err().map(|e| e.code()), Some("policy_invalid"));
}

#[test]
fn every_profile_sets_every_key() {
    for profile in Profile::ALL {
        let keys = NUMBERS.iter().map(|number| number.path).chain(FLAGS.iter().map(|flag| flag.path));
        for key in keys.filter_map(|path| path.split('.').nth(1)) {
            let sets = profile.source().lines().filter(|line| line.starts_with(&format!("{key} = "))).count();
            assert_eq!(sets, 1, "{key} in {}", profile.as_str());
        }
    }
}

#[test]
fn profiles_differ_as_they_should() {
    let of = |profile| {
        let rules = Policy::profile(profile).response;
        let flags = [
            rules.suggest_guardian,
            rules.suggest_trusted_contact,
            rules.safeguarding_review,
            rules.pause_payment_advice,
        ];
        (rules.review_from_tier, flags)
    };
    assert_eq!(of(Profile::Companion), (3, [false, true, true, true]));
    assert_eq!(of(Profile::Coaching), (3, [false, true, true, false]));
    assert_eq!(of(Profile::School), (2, [true, false, true, false]));
    assert_eq!(of(Profile::ElderCare), (3, [false, true, true, true]));
}

#[test]
fn defaults_are_those_of_the_specification() {
    let policy = Policy::default();
    let values: Vec<u32> = NUMBERS.iter().map(|number| (number.get)(&policy)).collect();
    assert_eq!(values, [1_048_576, 6, 30, 720, 3, 20, 120, 65, 3]);
    assert!(policy.refer.past_self_harm);
}

#[test]
fn numbers_built_in_code_are_checked() {
    let cases = [
        (changed(|p| p.input.max_text_bytes = 0), "policy_invalid", "`input.max_text_bytes`"),
        (changed(|p| p.input.max_text_bytes = usize::MAX), "policy_invalid", "`input.max_text_bytes`"),
        (changed(|p| p.conversation.crisis_turns = 5), "policy_below_floor", "`conversation.crisis_turns`"),
        (changed(|p| p.conversation.crisis_minutes = 29), "policy_below_floor", "`conversation.crisis_minutes`"),
        (changed(|p| p.conversation.session_idle_minutes = 0), "policy_invalid", "`conversation.session_idle_minutes`"),
        (
            changed(|p| p.conversation.adding_up_constructs = 4),
            "policy_below_floor",
            "`conversation.adding_up_constructs`",
        ),
        (changed(|p| p.conversation.adding_up_constructs = 1), "policy_invalid", "`conversation.adding_up_constructs`"),
        (changed(|p| p.conversation.adding_up_turns = 19), "policy_below_floor", "`conversation.adding_up_turns`"),
        (changed(|p| p.conversation.adding_up_minutes = 119), "policy_below_floor", "`conversation.adding_up_minutes`"),
        (changed(|p| p.age.senior_from = 18), "policy_invalid", "`age.senior_from`"),
        (changed(|p| p.response.review_from_tier = 1), "policy_invalid", "`response.review_from_tier`"),
        (changed(|p| p.response.review_from_tier = 4), "policy_invalid", "`response.review_from_tier`"),
    ];
    for (policy, code, path) in cases {
        let said = said(&policy);
        assert_eq!(said.as_ref().map(|s| (s.0, s.1.starts_with(path))), Some((code, true)), "{said:?}");
    }
}

#[test]
fn categories_built_in_code_are_checked() {
    let with = |id: &str, rules: CategoryRules| {
        let policy = changed(|p| {
            p.category.insert(id.to_owned(), rules);
        });
        said(&policy).map(|s| s.0)
    };
    let max = |tier| CategoryRules { max_tier: Some(tier), ..CategoryRules::default() };
    let min = |tier| CategoryRules { min_tier: Some(tier), ..CategoryRules::default() };
    let confidence = |c| CategoryRules { min_confidence: Some(c), ..CategoryRules::default() };
    for wrong in [max(0), max(4), min(0), min(4), confidence(1.5), confidence(-0.5), confidence(f64::NAN)] {
        assert_eq!(with("distress", wrong), Some("policy_invalid"), "{wrong:?}");
        assert_eq!(with("abuse/child", wrong), Some("policy_invalid"), "{wrong:?}");
    }
    for lower in [max(2), max(1), confidence(0.001)] {
        assert_eq!(with("self-harm/nssi", lower), Some("policy_below_floor"), "{lower:?}");
        assert_eq!(with("distress", lower), None, "{lower:?}");
    }
    for fine in [max(3), min(3), min(1), confidence(0.0), confidence(-0.0)] {
        assert_eq!(with("self-harm/nssi", fine), None, "{fine:?}");
    }
}

#[test]
fn lists_built_in_code_are_checked() {
    let custom = |id: &str, tier: u8, terms: &[&str]| {
        let terms = terms.iter().map(|term| (*term).to_owned()).collect();
        changed(|p| p.custom.push(CustomCategory::new(id, tier, terms)))
    };
    assert_eq!(said(&custom("custom/a", 3, &["a"])), None);
    let cases = [
        (custom("a", 3, &["a"]), "`custom[0].id`"),
        (custom("custom/a", 0, &["a"]), "`custom[0].tier`"),
        (custom("custom/a", 4, &["a"]), "`custom[0].tier`"),
        (custom("custom/a", 3, &[]), "`custom[0].terms`"),
        (custom("custom/a", 3, &["a", ""]), "`custom[0].terms[1]`"),
        (changed(|p| p.allow.push(String::new())), "`allow[0]`"),
        (changed(|p| p.allow = vec!["a".to_owned(); 1001]), "`allow`"),
    ];
    for (policy, path) in cases {
        let said = said(&policy);
        assert_eq!(said.as_ref().map(|s| (s.0, s.1.starts_with(path))), Some(("policy_invalid", true)), "{said:?}");
    }
    let mut twice = custom("custom/a", 3, &["a"]);
    twice.custom.extend(twice.custom.clone());
    assert_eq!(said(&twice).map(|s| s.0), Some("policy_invalid"));
}

#[test]
fn shadows_built_in_code_are_checked() {
    let below = changed(|p| p.shadow = Some(Box::new(changed(|s| s.conversation.crisis_turns = 5))));
    let message = "`shadow.conversation.crisis_turns`: expected at least 6 (the floor), found `5`";
    assert_eq!(said(&below), Some(("policy_below_floor", message.to_owned())));
    let nested = changed(|s| s.shadow = Some(Box::default()));
    assert_eq!(said(&nested), None);
    let nested = changed(|p| p.shadow = Some(Box::new(nested)));
    assert_eq!(said(&nested).map(|s| s.0), Some("policy_invalid"));
}

#[test]
fn overrides_are_for_known_categories() {
    let known = ["self-harm/intent", "self-harm/plan", "distress", "hate"];
    let check = |id: &str, known: &[&str]| {
        let policy = changed(|p| {
            p.custom.push(CustomCategory::new("custom/exam", 1, vec!["exam".to_owned()]));
            p.category.insert(id.to_owned(), CategoryRules::default());
        });
        policy.check_categories(known).err().map(|e| (e.code(), e.to_string()))
    };
    for id in known.into_iter().chain(["custom/exam"]) {
        assert_eq!(check(id, &known), None, "{id}");
    }
    for (id, nearest) in [
        ("self-harm/intnt", "self-harm/intent"),
        ("self-harm/plans", "self-harm/plan"),
        ("distres", "distress"),
        ("custom/exams", "custom/exam"),
        ("", "hate"),
    ] {
        let path = super::super::limits::key(id);
        let message =
            format!("`category.{path}`: expected a known category, nearest is `{nearest}`, found an unknown id");
        assert_eq!(check(id, &known), Some(("policy_invalid", message)));
    }
    assert_eq!(Policy::default().check_categories(&[]), Ok(()));
}

#[test]
fn overrides_of_a_shadow_are_for_known_categories() {
    let shadow = changed(|p| {
        p.category.insert("distres".to_owned(), CategoryRules::default());
    });
    let policy = changed(|p| p.shadow = Some(Box::new(shadow)));
    let found = policy.check_categories(&["distress"]).err().map(|e| e.to_string());
    let due = "`shadow.category.distres`: expected a known category, nearest is `distress`, found an unknown id";
    assert_eq!(found.as_deref(), Some(due));
}

#[test]
fn different_policies_have_different_hashes() {
    let rules =
        |change: fn(&mut CategoryRules)| changed(|p| change(p.category.entry("distress".to_owned()).or_default()));
    let custom = |terms: &[&str]| {
        let terms = terms.iter().map(|term| (*term).to_owned()).collect();
        changed(|p| p.custom.push(CustomCategory::new("custom/a", 1, terms)))
    };
    let mut policies: Vec<Policy> = Profile::ALL.map(Policy::profile).to_vec();
    for number in &NUMBERS {
        policies.push(changed(|p| (number.set)(p, (number.get)(p) - 1)));
    }
    for flag in FLAGS.iter().filter(|flag| flag.path != "response.pause_payment_advice") {
        policies.push(changed(|p| (flag.set)(p, !(flag.get)(p))));
    }
    policies.extend([
        changed(|p| p.response.pause_payment_advice = false),
        changed(|p| p.name.push('x')),
        rules(|_| {}),
        rules(|r| r.max_tier = Some(2)),
        rules(|r| r.min_tier = Some(2)),
        rules(|r| r.min_confidence = Some(0.5)),
        rules(|r| r.review = Some(true)),
        rules(|r| r.review = Some(false)),
        changed(|p| p.allow = vec!["ab".to_owned()]),
        changed(|p| p.allow = vec!["a".to_owned(), "b".to_owned()]),
        changed(|p| p.allow = vec!["b".to_owned(), "a".to_owned()]),
        custom(&["a"]),
        custom(&["a", "b"]),
        changed(|p| p.shadow = Some(Box::default())),
    ]);
    let hashes: BTreeSet<String> = policies.iter().map(Policy::version_hash).collect();
    assert_eq!(hashes.len(), policies.len());
    for hash in hashes {
        assert!(hash.len() == 16 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{hash}");
    }
}

#[test]
fn equal_policies_have_equal_hashes() {
    let in_toml =
        Policy::from_toml("[age]\nsenior_from = 70\n[category.distress]\nmin_tier = 2\nmin_confidence = 0.5", "p");
    let in_json = r#"{"category": {"distress": {"min_confidence": 5e-1, "min_tier": 2}}, "age": {"senior_from": 70}}"#;
    let hash = |policy: Result<Policy, crate::error::Error>| policy.map(|p| p.version_hash());
    assert_eq!(hash(in_toml), hash(Policy::from_json(in_json, "p")));
    let zero = |c: f64| changed(|p| p.category.entry("hate".to_owned()).or_default().min_confidence = Some(c));
    assert_eq!(zero(0.0), zero(-0.0));
    assert_eq!(zero(0.0).version_hash(), zero(-0.0).version_hash());
}

/// Logs and snapshots of hosts hold this number; a new key changes it, and the change log says so.
#[test]
fn the_hash_is_the_same_in_every_version() {
    assert_eq!(Policy::default().version_hash(), "504c21c2ea92ee17");
}
