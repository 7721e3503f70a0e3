//! Takes values of a policy; says which are out of range or below the floor. The reader and `validate` both ask here.
//!
//! INVARIANT: what may not be chosen is what SPEC.md guarantees (section 2 for durations, section 6 for categories).

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind};

use super::{CategoryRules, CustomCategory, Policy};

/// A key with a number: where it stands, what it may be, what SPEC.md holds it to.
pub(super) struct Number {
    pub(super) path: &'static str,
    low: u32,
    high: u32,
    floor: Floor,
    pub(super) get: fn(&Policy) -> u32,
    pub(super) set: fn(&mut Policy, u32),
}

/// The part of a range that is left to policy.
enum Floor {
    Open,
    AtLeast(u32),
    AtMost(u32),
}

/// A key with `true` or `false`.
pub(super) struct Flag {
    pub(super) path: &'static str,
    pub(super) get: fn(&Policy) -> bool,
    pub(super) set: fn(&mut Policy, bool),
}

/// Every key with a number, outside categories.
pub(super) const NUMBERS: [Number; 9] = [
    Number {
        path: "input.max_text_bytes",
        low: 256,
        high: 16_777_216,
        floor: Floor::Open,
        get: |p| u32::try_from(p.input.max_text_bytes).unwrap_or(u32::MAX),
        set: |p, n| p.input.max_text_bytes = usize::try_from(n).unwrap_or(usize::MAX),
    },
    Number {
        path: "conversation.crisis_turns",
        low: 1,
        high: 100,
        floor: Floor::AtLeast(6),
        get: |p| p.conversation.crisis_turns,
        set: |p, n| p.conversation.crisis_turns = n,
    },
    Number {
        path: "conversation.crisis_minutes",
        low: 1,
        high: 1440,
        floor: Floor::AtLeast(30),
        get: |p| p.conversation.crisis_minutes,
        set: |p, n| p.conversation.crisis_minutes = n,
    },
    Number {
        path: "conversation.session_idle_minutes",
        low: 5,
        high: 10_080,
        // A session that ended sooner would cut short the half hour for which tier 3 lasts.
        floor: Floor::AtLeast(30),
        get: |p| p.conversation.session_idle_minutes,
        set: |p, n| p.conversation.session_idle_minutes = n,
    },
    Number {
        path: "conversation.adding_up_constructs",
        low: 2,
        high: 10,
        floor: Floor::AtMost(3),
        get: |p| u32::from(p.conversation.adding_up_constructs),
        set: |p, n| p.conversation.adding_up_constructs = narrow(n),
    },
    Number {
        path: "conversation.adding_up_turns",
        low: 3,
        high: 200,
        floor: Floor::AtLeast(20),
        get: |p| p.conversation.adding_up_turns,
        set: |p, n| p.conversation.adding_up_turns = n,
    },
    Number {
        path: "conversation.adding_up_minutes",
        low: 5,
        high: 1440,
        floor: Floor::AtLeast(120),
        get: |p| p.conversation.adding_up_minutes,
        set: |p, n| p.conversation.adding_up_minutes = n,
    },
    Number {
        path: "age.senior_from",
        low: 60,
        high: 80,
        floor: Floor::Open,
        get: |p| u32::from(p.age.senior_from),
        set: |p, n| p.age.senior_from = narrow(n),
    },
    Number {
        path: "response.review_from_tier",
        low: 2,
        high: 3,
        floor: Floor::Open,
        get: |p| u32::from(p.response.review_from_tier),
        set: |p, n| p.response.review_from_tier = narrow(n),
    },
];

/// Every key with `true` or `false`, outside categories.
pub(super) const FLAGS: [Flag; 5] = [
    Flag { path: "refer.past_self_harm", get: |p| p.refer.past_self_harm, set: |p, on| p.refer.past_self_harm = on },
    Flag {
        path: "response.suggest_guardian",
        get: |p| p.response.suggest_guardian,
        set: |p, on| p.response.suggest_guardian = on,
    },
    Flag {
        path: "response.suggest_trusted_contact",
        get: |p| p.response.suggest_trusted_contact,
        set: |p, on| p.response.suggest_trusted_contact = on,
    },
    Flag {
        path: "response.safeguarding_review",
        get: |p| p.response.safeguarding_review,
        set: |p, on| p.response.safeguarding_review = on,
    },
    Flag {
        path: "response.pause_payment_advice",
        get: |p| p.response.pause_payment_advice,
        set: |p, on| p.response.pause_payment_advice = on,
    },
];

/// Categories that no override may lower, beside the family `self-harm`.
const FLOORED: [&str; 4] = ["abuse/child", "medical/emergency", "sexual/minors", "exploitation/minor"];

const MAX_PHRASES: usize = 1000;
const MAX_PHRASE_CHARS: usize = 80;

impl Number {
    /// What the key takes, for messages.
    pub(super) fn expected(&self) -> String {
        format!("an integer from {} to {}", self.low, self.high)
    }

    /// The number, when the key takes it. `path` is the full one, for messages.
    pub(super) fn check(&self, path: &str, found: i64) -> Result<u32, Error> {
        let inside = u32::try_from(found).ok().filter(|n| (self.low..=self.high).contains(n));
        let n = inside.ok_or_else(|| invalid(path, &self.expected(), &format!("`{found}`")))?;
        match self.floor {
            Floor::AtLeast(floor) if n < floor => Err(below(path, &format!("at least {floor}"), &n.to_string())),
            Floor::AtMost(floor) if n > floor => Err(below(path, &format!("at most {floor}"), &n.to_string())),
            Floor::Open | Floor::AtLeast(_) | Floor::AtMost(_) => Ok(n),
        }
    }
}

/// All checks, for a policy without lines.
pub(super) fn check(policy: &Policy) -> Result<(), Error> {
    check_under("", policy)?;
    match &policy.shadow {
        Some(shadow) if shadow.shadow.is_some() => Err(nested_shadow("shadow.shadow")),
        Some(shadow) => check_under("shadow.", shadow),
        None => Ok(()),
    }
}

fn check_under(prefix: &str, policy: &Policy) -> Result<(), Error> {
    for number in &NUMBERS {
        number.check(&format!("{prefix}{}", number.path), i64::from((number.get)(policy)))?;
    }
    for (id, rules) in &policy.category {
        check_category(&format!("{prefix}category.{}", key(id)), id, rules)?;
    }
    check_phrases(&format!("{prefix}allow"), &policy.allow)?;
    check_custom(&format!("{prefix}custom"), &policy.custom)?;
    policy.custom.iter().enumerate().try_for_each(|(i, custom)| {
        let path = format!("{prefix}custom[{i}]");
        check_id(&format!("{path}.id"), &custom.id)?;
        check_tier(&format!("{path}.tier"), i64::from(custom.tier))?;
        check_terms(&format!("{path}.terms"), &custom.terms)
    })
}

/// The tier, when it is one.
pub(super) fn check_tier(path: &str, found: i64) -> Result<u8, Error> {
    let tier = u8::try_from(found).ok().filter(|n| (1..=3).contains(n));
    tier.ok_or_else(|| invalid(path, "an integer from 1 to 3", &format!("`{found}`")))
}

/// Overrides of one category, complete or half read.
pub(super) fn check_category(path: &str, id: &str, rules: &CategoryRules) -> Result<(), Error> {
    for (name, tier) in [("max_tier", rules.max_tier), ("min_tier", rules.min_tier)] {
        tier.map_or(Ok(0), |tier| check_tier(&format!("{path}.{name}"), i64::from(tier)))?;
    }
    if let Some(found) = rules.min_confidence.filter(|c| !(0.0..=1.0).contains(c)) {
        return Err(invalid(&format!("{path}.min_confidence"), "a number from 0 to 1", &format!("`{found}`")));
    }
    if is_floored(id) {
        if let Some(found) = rules.max_tier.filter(|tier| *tier < 3) {
            return Err(below(&format!("{path}.max_tier"), "3", &found.to_string()));
        }
        if let Some(found) = rules.min_confidence.filter(|c| *c > 0.0) {
            return Err(below(&format!("{path}.min_confidence"), "0", &found.to_string()));
        }
    }
    match (rules.min_tier, rules.max_tier) {
        (Some(min), Some(max)) if min > max => {
            Err(invalid(path, "`min_tier` at most `max_tier`", &format!("`{min}` and `{max}`")))
        }
        _ => Ok(()),
    }
}

fn is_floored(id: &str) -> bool {
    id.split('/').next() == Some("self-harm") || FLOORED.contains(&id)
}

/// Number and length of the phrases of a list.
pub(super) fn check_phrases(path: &str, phrases: &[String]) -> Result<(), Error> {
    check_count(path, phrases.len())?;
    phrases.iter().enumerate().try_for_each(|(i, phrase)| check_phrase(&format!("{path}[{i}]"), phrase))
}

/// Length of a phrase; blanks alone would match everywhere.
pub(super) fn check_phrase(path: &str, phrase: &str) -> Result<(), Error> {
    let expected = format!("a phrase of 1 to {MAX_PHRASE_CHARS} characters");
    match phrase.chars().count() {
        1..=MAX_PHRASE_CHARS if phrase.trim().is_empty() => Err(invalid(path, &expected, "only blanks")),
        1..=MAX_PHRASE_CHARS => Ok(()),
        found => Err(invalid(path, &expected, &found.to_string())),
    }
}

pub(super) fn check_terms(path: &str, terms: &[String]) -> Result<(), Error> {
    if terms.is_empty() {
        return Err(invalid(path, "at least one phrase", "none"));
    }
    check_phrases(path, terms)
}

/// What holds for custom categories together.
pub(super) fn check_custom(path: &str, all: &[CustomCategory]) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    if let Some((i, _)) = all.iter().enumerate().find(|(_, custom)| !seen.insert(&custom.id)) {
        return Err(invalid(&format!("{path}[{i}].id"), "each id once", "an id again"));
    }
    check_count(path, all.iter().map(|custom| custom.terms.len()).sum())
}

fn check_count(path: &str, found: usize) -> Result<(), Error> {
    let expected = format!("at most {MAX_PHRASES} phrases");
    if found > MAX_PHRASES { Err(invalid(path, &expected, &found.to_string())) } else { Ok(()) }
}

pub(super) fn check_id(path: &str, id: &str) -> Result<(), Error> {
    let in_form = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match id.strip_prefix("custom/") {
        Some(rest) if !rest.is_empty() && rest.chars().all(in_form) => Ok(()),
        _ => Err(invalid(path, "`custom/` and then lower-case letters, digits and hyphens", "another form")),
    }
}

pub(super) fn check_categories(policy: &Policy, known: &[&str]) -> Result<(), Error> {
    check_ids("", policy, known)?;
    policy.shadow.iter().try_for_each(|shadow| check_ids("shadow.", shadow, known))
}

fn check_ids(prefix: &str, policy: &Policy, known: &[&str]) -> Result<(), Error> {
    let known: Vec<&str> = known.iter().copied().chain(policy.custom.iter().map(|custom| custom.id.as_str())).collect();
    let Some(id) = policy.category.keys().find(|id| !known.contains(&id.as_str())) else { return Ok(()) };
    let nearest = known.iter().min_by_key(|name| distance(id, name));
    let expected =
        nearest.map_or("a known category".to_owned(), |name| format!("a known category, nearest is `{name}`"));
    Err(invalid(&format!("{prefix}category.{}", key(id)), &expected, "an unknown id"))
}

/// Edits between two names: insert, delete, replace.
fn distance(a: &str, b: &str) -> usize {
    let mut above: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut row = vec![left];
        for (pair, other) in above.windows(2).zip(b.chars()) {
            if let [diagonal, up] = pair {
                left = (diagonal + usize::from(letter != other)).min(up + 1).min(left + 1);
                row.push(left);
            }
        }
        above = row;
    }
    above.last().copied().unwrap_or_default()
}

/// A key as it stands in a dotted path.
pub(super) fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { format!("{name:?}") }
}

/// For numbers that `check` has let through, and whose range fits.
fn narrow(n: u32) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

pub(super) fn nested_shadow(path: &str) -> Error {
    invalid(path, "no shadow inside a shadow", "one")
}

pub(super) fn invalid(path: &str, expected: &str, found: &str) -> Error {
    Error::new(ErrorKind::PolicyInvalid, format!("`{path}`: expected {expected}, found {found}"))
}

fn below(path: &str, floor: &str, found: &str) -> Error {
    Error::new(ErrorKind::PolicyBelowFloor, format!("`{path}`: expected {floor} (the floor), found `{found}`"))
}
